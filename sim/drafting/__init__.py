"""What a model drafts for people to read and change: a persona from notes, a line said better."""

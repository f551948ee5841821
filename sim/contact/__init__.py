"""The actors: a direction in, words out. Nothing here decides anything about the meeting."""

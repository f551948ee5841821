"""Where instructors write contacts: drafts, the form beside the file, checking, publishing, versions, and who is offered what."""

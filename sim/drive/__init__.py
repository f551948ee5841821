"""The test-drive: six scripted learners of known skill hold whole meetings with a contact, to show what the contact rewards.

The meetings are real ones: the same reading, rules, lines and marks as a person's. The learners know what a person could know
and nothing else. Pure: no database, no page, no clock; the same persona and seed give the same drive. `drive.drive` holds all
six, `drive.hold_one` one of `cast.CAST`; what they return stands in `result`, which alone is cheap to import.
"""

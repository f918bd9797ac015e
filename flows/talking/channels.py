"""The channels on which somebody else writes for the person, so that no phone of theirs holds the words.

What a channel sends and takes is not known here.
"""

WEB = "web"  # a page closes and is gone; a thread of messages stays on the phone
PAPER, MEETING, INTERVIEW = "paper", "meeting", "interview"
BESIDE = (PAPER, MEETING, INTERVIEW)  # written down by a staff member: nobody can be reached there
UNADDRESSED = (WEB, *BESIDE)  # their addresses are random: they lead to nobody

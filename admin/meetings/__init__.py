"""The pages of consultation meetings, and of testimonies that staff write down for people who sit beside them.

Who may open them stands in ``rights``; what an answer means is decided by the engine in ``flows``.
"""

from admin.meetings import entering, interviewing, listing, printing, writing

ONE = "/meetings/<int:meeting_id>"

ROUTES = (
    ("/meetings", "meetings", listing.meetings, ["GET"]),
    ("/meetings/new", "meeting_new", writing.new, ["GET", "POST"]),
    (ONE, "meeting", listing.meeting, ["GET"]),
    (f"{ONE}/edit", "meeting_edit", writing.edit, ["GET", "POST"]),
    (f"{ONE}/poster/<language>.pdf", "meeting_poster", printing.poster_of, ["GET"]),
    (f"{ONE}/form/<language>.pdf", "meeting_form", printing.form_of_meeting, ["GET"]),
    (f"{ONE}/enter", "meeting_enter", entering.enter, ["GET", "POST"]),
    (f"{ONE}/enter/look", "meeting_look", entering.look, ["POST"]),
    ("/interviews", "interviews", interviewing.interviews, ["GET", "POST"]),
    ("/interviews/<int:interview_id>", "interview", interviewing.interview, ["GET", "POST"]),
    ("/flows/<flow>/form/<language>.pdf", "flow_form", printing.form_of_flow, ["GET"]),
)

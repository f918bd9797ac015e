"""The pages of consultation meetings, and of testimonies that staff write down for people who sit beside them.

What an answer means is decided by the engine in ``flows``.
"""

from admin.meetings import entering, interviewing, listing, printing, writing
from admin.rights import MEMBERS, ORGANIZERS, READERS, Routes

ONE = "/meetings/<int:meeting_id>"

ROUTES: Routes = (
    ("/meetings", "meetings", listing.meetings, ["GET"], MEMBERS),
    ("/meetings/new", "meeting_new", writing.new, ["GET", "POST"], READERS),
    (ONE, "meeting", listing.meeting, ["GET"], MEMBERS),
    (f"{ONE}/edit", "meeting_edit", writing.edit, ["GET", "POST"], READERS),
    (f"{ONE}/poster/<language>.pdf", "meeting_poster", printing.poster_of, ["GET"], READERS),
    (f"{ONE}/form/<language>.pdf", "meeting_form", printing.form_of_meeting, ["GET"], READERS),
    (f"{ONE}/enter", "meeting_enter", entering.enter, ["GET", "POST"], READERS),
    (f"{ONE}/enter/look", "meeting_look", entering.look, ["POST"], READERS),
    ("/interviews", "interviews", interviewing.interviews, ["GET", "POST"], READERS),
    (
        "/interviews/<int:interview_id>",
        "interview",
        interviewing.interview,
        ["GET", "POST"],
        READERS,
    ),
    ("/flows/<flow>/form/<language>.pdf", "flow_form", printing.form_of_flow, ["GET"], ORGANIZERS),
)

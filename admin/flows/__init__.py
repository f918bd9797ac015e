"""The pages with which organizers write flows, try them, publish them and put them on walls.

They write drafts and versions and nothing of what people told.
"""

from admin.flows import editing, listing, playing, posters, publishing, starting
from admin.rights import ORGANIZERS, Routes

ONE = "/flows/<flow>"

ROUTES: Routes = (
    ("/flows", "flows", listing.flows, ["GET"], ORGANIZERS),
    ("/new-flow", "flow_new", starting.new, ["GET", "POST"], ORGANIZERS),
    (ONE, "flow", listing.flow, ["GET"], ORGANIZERS),
    (f"{ONE}/edit", "flow_edit", editing.edit, ["GET"], ORGANIZERS),
    (f"{ONE}/edit", "flow_save", editing.save, ["POST"], ORGANIZERS),
    (f"{ONE}/check", "flow_check", editing.check, ["POST"], ORGANIZERS),
    (f"{ONE}/discard", "flow_discard", editing.discard, ["POST"], ORGANIZERS),
    (f"{ONE}/play", "flow_play", playing.play, ["GET", "POST"], ORGANIZERS),
    (f"{ONE}/publish", "flow_publish", publishing.publish, ["GET", "POST"], ORGANIZERS),
    (f"{ONE}/versions/<int:version>", "flow_back", publishing.back, ["GET", "POST"], ORGANIZERS),
    (f"{ONE}/versions/<int:version>.yaml", "flow_version", listing.source, ["GET"], ORGANIZERS),
    (f"{ONE}/draft.yaml", "flow_draft", listing.draft, ["GET"], ORGANIZERS),
    (f"{ONE}/picture.svg", "flow_picture", listing.picture, ["GET"], ORGANIZERS),
    (f"{ONE}/posters", "flow_posters", posters.posters, ["GET"], ORGANIZERS),
    (f"{ONE}/posters/<language>.<kind>", "flow_poster", posters.poster_file, ["GET"], ORGANIZERS),
)

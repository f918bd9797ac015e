"""The pages with which organizers write flows, try them, publish them and put them on walls.

They write drafts and versions and nothing of what people told. Who may open them stands in ``rights``.
"""

from admin.flows import editing, listing, playing, posters, publishing, starting

ONE = "/flows/<flow>"

ROUTES = (
    ("/flows", "flows", listing.flows, ["GET"]),
    ("/new-flow", "flow_new", starting.new, ["GET", "POST"]),
    (ONE, "flow", listing.flow, ["GET"]),
    (f"{ONE}/edit", "flow_edit", editing.edit, ["GET"]),
    (f"{ONE}/edit", "flow_save", editing.save, ["POST"]),
    (f"{ONE}/check", "flow_check", editing.check, ["POST"]),
    (f"{ONE}/discard", "flow_discard", editing.discard, ["POST"]),
    (f"{ONE}/play", "flow_play", playing.play, ["GET", "POST"]),
    (f"{ONE}/publish", "flow_publish", publishing.publish, ["GET", "POST"]),
    (f"{ONE}/versions/<int:version>", "flow_back", publishing.back, ["GET", "POST"]),
    (f"{ONE}/versions/<int:version>.yaml", "flow_version", listing.source, ["GET"]),
    (f"{ONE}/draft.yaml", "flow_draft", listing.draft, ["GET"]),
    (f"{ONE}/picture.svg", "flow_picture", listing.picture, ["GET"]),
    (f"{ONE}/posters", "flow_posters", posters.posters, ["GET"]),
    (f"{ONE}/posters/<language>.<kind>", "flow_poster", posters.poster_file, ["GET"]),
)

"""The pages of broadcasts: what is said to many, whom it is for, how far it is, who got it. Nothing is sent here."""

from admin.broadcasts import listing, shown, steering, writing
from admin.rights import READERS, SENDERS, Routes

ONE = "/broadcasts/<int:broadcast_id>"
ROUTES: Routes = (
    ("/broadcasts", "broadcasts", listing.broadcasts, ["GET"], READERS),
    ("/broadcasts/new", "broadcast_new", writing.new, ["GET", "POST"], SENDERS),
    (ONE, "broadcast", shown.broadcast, ["GET"], READERS),
    (f"{ONE}/news", "broadcast_news", shown.news, ["GET"], READERS),
    (f"{ONE}/recipients", "broadcast_recipients", listing.recipients, ["GET"], READERS),
    (f"{ONE}/edit", "broadcast_edit", writing.edit, ["GET", "POST"], SENDERS),
    (f"{ONE}/test", "broadcast_test", steering.test, ["POST"], SENDERS),
    (f"{ONE}/schedule", "broadcast_schedule", steering.schedule, ["POST"], SENDERS),
    (f"{ONE}/<any(pause,resume,stop):press>", "broadcast_steer", steering.steer, ["POST"], SENDERS),
)

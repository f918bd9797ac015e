"""The page of alerts: what is wrong now and what to do, for who runs the service. It reads, and changes nothing."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin import troubles, vitals, words
from admin.desk import desk
from admin.rights import ORGANIZERS, Routes
from admin.vitals import Vitals
from storage import outbox


def alerts() -> ResponseReturnValue:
    """The page."""
    with desk().database.reading() as session:
        found = vitals.read(desk(), session)
    return render_template(
        "admin/alerts.html",
        troubles=troubles.troubles(found),
        facts=_facts(found),
        now=desk().now(),
    )


def _facts(found: Vitals) -> list[tuple[str, str]]:
    """How it stands, whether anything is wrong or not."""
    told = [
        (_("Messages that wait to be sent"), words.number(found.queued(*outbox.ANSWERS))),
        (_("Reminders and the like, for later"), words.number(found.queued(*outbox.UNASKED))),
        (_("Messages of broadcasts, for later"), words.number(found.queued(outbox.BROADCAST))),
        (_("Files and exports in the queue"), words.number(found.queued(*QUEUED))),
        (_("Messages that wait for a person to look"), words.number(found.marked)),
    ]
    if found.commit is not None:
        told.append((_("Time to keep a message on the disk"), words.milliseconds(found.commit)))
    for disk in found.disks:
        room = _("%(free)s of %(all)s", free=words.size(disk.free), all=words.size(disk.size))
        told.append((_("Room left for %(what)s", what=troubles.holds(disk)), room))
    return told


QUEUED = (outbox.FETCH, outbox.DISCARD, outbox.CLEAR, outbox.EXPORT)
ROUTES: Routes = (("/alerts", "alerts", alerts, ["GET"], ORGANIZERS),)

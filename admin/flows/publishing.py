"""Making a draft current, or an earlier version again: what it would change is shown first, and done only as shown.

Publishing checks anew inside the transaction that publishes; when anything stands against it, nothing is changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from admin.desk import desk
from admin.flows import changing
from admin.flows.changing import Meaning, Row
from admin.flows.common import Stand, hold, others, stand_of, today
from admin.flows.completeness import Spoken, spoken
from admin.flows.examining import Looked, look
from admin.interface import tongue_of
from admin.retelling import retold
from flows import CONSENT, Flow, examine
from flows.checks.catalog import clashes
from flows.checks.wording import unwritten
from storage import audit, drafts, library, moving
from storage.library import Published
from storage.moving import Affected

CHANGED = lazy_gettext(
    "Something has changed since this page was opened. Please look once more, then publish."
)
UNTICKED = lazy_gettext(
    "Nothing was published. Please tick the languages that are not complete, or complete them first."
)


@dataclass(frozen=True)
class Proposal:
    """What would be published, beside what is. ``back`` is the earlier version it is; None for the draft."""

    stand: Stand
    source: str
    looked: Looked
    flow: Flow | None
    clashing: tuple[str, ...]
    back: Published | None
    rows: list[Row]
    meaning: Meaning | None
    affected: Affected | None
    languages: tuple[Spoken, ...]
    labels: Mapping[str, str]

    @property
    def shown(self) -> str:
        """What a page shows, as it sends it back: the draft's saving, and the version that is current."""
        draft, current = self.stand.draft, self.stand.current
        revision = draft.revision if draft and not self.back else 0
        return f"{revision}:{current.hash if current else ''}"

    @property
    def lacking(self) -> tuple[Spoken, ...]:
        """The languages that want a tick; going back to what was there once wants none."""
        return () if self.back else tuple(one for one in self.languages if not one.complete)


def publish(flow: str) -> ResponseReturnValue:
    """The draft beside the current version; sent, it becomes the current one."""
    return _decide(flow, None)


def back(flow: str, version: int) -> ResponseReturnValue:
    """An earlier version beside the current one; sent, it is current again."""
    return _decide(flow, version)


def _decide(flow: str, version: int | None) -> ResponseReturnValue:
    if request.method != "POST":
        with desk().database.reading() as session:
            return _page(_proposal(session, flow, version))
    with desk().database.writing() as session:
        hold(session, flow)
        proposal = _proposal(session, flow, version)
        refusal = _refusal(proposal)
        if refusal or proposal.flow is None:
            return _page(proposal, refusal), 409
        _publish(session, proposal, proposal.flow)
    return redirect(url_for("admin.flow", flow=flow), 303)


def _proposal(session: Session, name: str, version: int | None) -> Proposal:
    stand = stand_of(session, name)
    earlier = next((one for one in stand.versions if one.id == version), None)
    if version is not None and earlier is None:
        abort(404)
    draft = stand.draft.source if stand.draft else ""
    source = library.source_of(session, earlier.id) if earlier else draft
    beside = others(session, name)
    looked = look(source, name, beside) if source else Looked(None, (), ())
    # What was published once stays publishable when a newer program checks more.
    new = desk().library.flow(session, earlier.id) if earlier else looked.flow
    before, old = _current(session, stand)
    return Proposal(
        stand,
        source,
        looked,
        new,
        tuple(retold(why) for why in clashes(new, beside)) if new else (),
        earlier,
        rows=changing.lines(before, source),
        meaning=changing.meaning(old, new, before, source) if new else None,
        affected=moving.affected(session, new, desk().library, today()) if new else None,
        languages=spoken(source, new) if new else (),
        labels=_labels(old, new),
    )


def _current(session: Session, stand: Stand) -> tuple[str, Flow | None]:
    """The text and the flow of the current version."""
    if stand.current is None:
        return "", None
    version_id = stand.current.id
    return library.source_of(session, version_id), desk().library.flow(session, version_id)


def _labels(*flows: Flow | None) -> Mapping[str, str]:
    """What questions ask, by id, in the language of the page; the last flow's word counts."""
    found = {CONSENT: _("The consent")}
    for flow in flows:
        for question in flow.questions if flow else ():
            found[question.id] = flow.say(question.label, tongue_of(flow)) if flow else ""
    return found


def _refusal(proposal: Proposal) -> str:
    """Why what was sent is not done; "" when nothing stands against it."""
    if request.form.get("shown") != proposal.shown:
        return str(CHANGED)
    if proposal.flow is None:
        return _("Nothing was published: there is something to mend first.")
    if proposal.back is None and _unwritten(proposal.source):
        return _("Nothing was published: texts in brackets are still to be written.")
    if proposal.clashing:
        return _("Nothing was published: another survey uses one of its words.")
    if not proposal.rows:
        return _("Nothing was published: this is the current version already.")
    ticked = set(request.form.getlist("although"))
    if any(one.code not in ticked for one in proposal.lacking):
        return str(UNTICKED)
    return ""


def _unwritten(source: str) -> bool:
    """Whether a draft still holds what was put there to be replaced."""
    document = examine(source).document
    return document is not None and bool(unwritten(document))


def _publish(session: Session, proposal: Proposal, flow: Flow) -> None:
    now, member = desk().now(), current_user.id
    subject = f"flow:{flow.name}"
    library.publish(session, flow, proposal.source, now, member)
    action = "roll back" if proposal.back else "publish"
    told: Mapping[str, object] = {"version": flow.version}
    if proposal.lacking:
        told = {**told, "incomplete": [one.code for one in proposal.lacking]}
    audit.record(session, now, action, subject, member, **told)
    if not proposal.back:
        drafts.drop(session, flow.name)
    if "migrate" in request.form:
        moved = moving.migrate(session, flow, desk().library, today())
        audit.record(session, now, "migrate", subject, member, version=flow.version, moved=moved)


def _page(proposal: Proposal, refusal: str = "") -> str:
    flow = proposal.flow
    return render_template(
        "admin/flows_publish.html",
        name=proposal.stand.name,
        title=flow.say(flow.title, tongue_of(flow)) if flow else proposal.stand.name,
        proposal=proposal,
        refusal=refusal,
        ticked=request.form.getlist("although"),
        migrate="migrate" in request.form,
    )

"""The page where a flow's text is written: shown, checked while it is typed, saved, uploaded, thrown away.

A text with mistakes is kept all the same; it only cannot be published. Nobody's words are written over another's.
"""

from dataclasses import dataclass

from flask import abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from admin.desk import desk
from admin.flows import changing, playing
from admin.flows.common import hold, others, source_of, stand_of, who
from admin.flows.examining import Looked, look, name_in
from admin.flows.incoming import Unusable, uploaded, written
from flows.checks.rules import FLOW_NAME
from storage import audit, drafts, library
from storage.drafts import Draft, Stale

MAX_REVISION = 2**31 - 2
WORDS = {  # what the page says by itself while it stands open
    "saving": lazy_gettext("Saving …"),
    "saved": lazy_gettext("Saved just now"),
    "changed": lazy_gettext("Saved; changed since"),
    "unsaved": lazy_gettext("Not saved yet"),
    "same": lazy_gettext("As saved"),
    "refused": lazy_gettext("Not saved."),
    "loggedOut": lazy_gettext("Not saved: you are logged out. Your text is still here."),
    "logIn": lazy_gettext("Log in in a new tab, then save again"),
    "tooLong": lazy_gettext("Not saved: the text is longer than 500 kB."),
    "failed": lazy_gettext("Not saved. Your text is still here: please try again."),
    "away": lazy_gettext("Not saved: no connection. Your text is still here."),
}


@dataclass(frozen=True)
class Theirs:
    """What somebody else has saved meanwhile, beside what was to be saved."""

    by: str
    draft: Draft | None
    rows: list[changing.Row]


def edit(flow: str) -> ResponseReturnValue:
    """The draft, or the published text where there is none."""
    with desk().database.reading() as session:
        stand = stand_of(session, flow)
        source = source_of(session, stand)
        return _page(session, flow, source, stand.draft.revision if stand.draft else 0)


def save(flow: str) -> ResponseReturnValue:
    """Keep what was written, or what was uploaded, as the draft."""
    if not FLOW_NAME.fullmatch(flow):
        abort(404)
    typed = request.form.get("source", "").replace("\r\n", "\n")
    revision = _revision()
    try:
        text = _sent(flow, typed)
    except Unusable as reason:
        if _by_script():
            return jsonify(refused=str(reason)), 422
        return _again(flow, typed, revision, refused=str(reason)), 422
    try:
        with desk().database.writing() as session:
            now = desk().now()
            kept = drafts.save(session, flow, text, revision, now, current_user.id)
            subject = f"flow:{flow}"
            audit.record(
                session, now, "draft saved", subject, current_user.id, revision=kept.revision
            )
    except Stale as stale:
        return _meanwhile(flow, text, stale), 409
    if _by_script():
        return jsonify(revision=kept.revision)
    return redirect(url_for("admin.flow_edit", flow=flow), 303)


def check(flow: str) -> ResponseReturnValue:
    """What there is to say about a text that is being typed; nothing is kept."""
    try:
        text = written(request.form.get("source", ""))
    except Unusable as reason:
        return jsonify(refused=str(reason)), 422
    with desk().database.reading() as session:
        looked = look(text, flow, others(session, flow))
    return jsonify(
        mistakes=looked.mistakes,
        hints=looked.hints,
        findings=[{**vars(finding), "where": finding.where} for finding in looked.told],
        tally=looked.tally,
    )


def discard(flow: str) -> ResponseReturnValue:
    """Throw the draft away that the page showed; the published version stays as it is."""
    with desk().database.writing() as session:
        hold(session, flow)
        stand = stand_of(session, flow)
        if stand.draft is None or stand.draft.revision != _revision():
            return redirect(url_for("admin.flow", flow=flow), 303)
        drafts.drop(session, flow)
        audit.record(session, desk().now(), "draft discarded", f"flow:{flow}", current_user.id)
    if stand.versions:
        return redirect(url_for("admin.flow", flow=flow), 303)
    return redirect(url_for("admin.flows"), 303)


def _by_script() -> bool:
    """Whether the page stays open and wants only to know what came of it."""
    return request.accept_mimetypes.best == "application/json"


def _revision() -> int:
    """The saving that this one follows. Nonsense stands for none: then another's draft refuses it."""
    given = request.form.get("revision", "")
    found = int(given) if given.isascii() and given.isdigit() and len(given) < 11 else 0
    return min(found, MAX_REVISION)


def _sent(flow: str, typed: str) -> str:
    """The text to keep; raises Unusable."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return written(typed)
    text = uploaded(file.stream)
    if (name := name_in(text)) not in ("", flow):
        raise Unusable(
            _(
                "This file holds the survey %(name)s, not %(flow)s. Begin a new survey with it, "
                "or write flow: %(flow)s in its first lines.",
                name=name,
                flow=flow,
            )
        )
    return text


def _again(flow: str, typed: str, revision: int, refused: str) -> str:
    with desk().database.reading() as session:
        return _page(session, flow, typed, revision, refused=refused)


def _meanwhile(flow: str, mine: str, stale: Stale) -> str:
    """The page with both texts: hers in the editor, the other's as a difference."""
    current = stale.current
    with desk().database.reading() as session:
        if current:
            by, text = who(session, current.saved_by), current.source
        else:
            versions = library.versions(session, flow)
            by = who(session, versions[0].published_by) if versions else ""
            text = library.source_of(session, versions[0].id) if versions else ""
        theirs = Theirs(by, current, changing.lines(text, mine))
        return _page(session, flow, mine, current.revision if current else 0, theirs=theirs)


def _page(
    session: Session,
    flow: str,
    source: str,
    revision: int,
    theirs: Theirs | None = None,
    refused: str = "",
) -> str:
    looked: Looked = look(source, flow, others(session, flow))
    draft = drafts.get(session, flow)
    return render_template(
        "admin/flows_edit.html",
        name=flow,
        source=source,
        revision=revision,
        looked=looked,
        draft=draft,
        saved_by=who(session, draft.saved_by) if draft else "",
        published=bool(library.versions(session, flow)),
        theirs=theirs,
        refused=refused,
        phone=playing.first(flow, looked),
        words={name: str(said) for name, said in WORDS.items()},
    )

"""The list of flows, the page of one, and what of it can be taken away: its text, its picture. Nothing is changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from admin.desk import desk
from admin.flows.common import Stand, others, source_of, stand_of, who
from admin.flows.completeness import Spoken, spoken
from admin.flows.examining import look
from admin.interface import tongue_of
from flows import CONSENT, Flow
from flows.picture import picture as drawn
from storage import drafts, library, moving
from storage.funnel import Reached
from storage.tallies import told
from storage.testimonies import Filter


@dataclass(frozen=True)
class Listed:
    """A flow as the list and the head of its page show it. ``mistakes`` are those of the draft."""

    stand: Stand
    title: str
    languages: tuple[Spoken, ...]
    keywords: tuple[str, ...]
    under_way: Mapping[int, int]
    mistakes: int = 0
    unlisted: bool = False
    people: Mapping[int | None, str] = field(default_factory=dict)

    @property
    def open(self) -> int:
        """How many interviews are under way, on all versions."""
        return sum(self.under_way.values())


@dataclass(frozen=True)
class Stage:
    """One row of the funnel: a question and what became of those who reached it."""

    id: str
    label: str
    reached: Reached


def flows() -> ResponseReturnValue:
    """All that are published or being written, by name."""
    with desk().database.reading() as session:
        names = {one.flow for one in library.current_versions(session)}
        names |= {one.flow for one in drafts.all_of(session)}
        listed = [_listed(session, stand_of(session, name))[0] for name in sorted(names)]
    return render_template("admin/flows.html", listed=listed)


def flow(flow: str) -> ResponseReturnValue:
    """One flow: its versions, its languages, and how far people come."""
    with desk().database.reading() as session:
        stand = stand_of(session, flow)
        listed, shown = _listed(session, stand)
        reached = _reached(session, shown) if shown else {}
    stages = [Stage(name, _label(shown, name), one) for name, one in reached.items() if shown]
    return render_template(
        "admin/flows_one.html", name=flow, listed=listed, stages=stages, language=_language(shown)
    )


def picture(flow: str) -> ResponseReturnValue:
    """The flow as a picture, in one of its languages, with how far people come."""
    with desk().database.reading() as session:
        _, shown = _listed(session, stand_of(session, flow))
        if shown is None:
            abort(404)
        reached = _reached(session, shown)
    return Response(
        drawn(shown, _language(shown), reached), content_type="image/svg+xml; charset=utf-8"
    )


def _reached(session: Session, shown: Flow) -> dict[str, Reached]:
    asked = ("funnel", shown.name, shown.version)
    return desk().counts.get(
        asked, lambda: told.Begun(session, Filter(flow=shown.name)).funnel(shown)
    )


def source(flow: str, version: int) -> ResponseReturnValue:
    """The text of a version, as a file."""
    with desk().database.reading() as session:
        stand = stand_of(session, flow)
        if version not in {one.id for one in stand.versions}:
            abort(404)
        return _file(library.source_of(session, version), f"{flow}.yaml")


def draft(flow: str) -> ResponseReturnValue:
    """The text that is worked on, as a file."""
    with desk().database.reading() as session:
        return _file(source_of(session, stand_of(session, flow)), f"{flow}.yaml")


def _language(flow: Flow | None) -> str:
    """The language that is asked for, if the flow has it; else its source language."""
    wanted = request.args.get("language", "")
    if flow is None or wanted in flow.languages:
        return wanted
    return flow.source_language


def _file(text: str, name: str) -> Response:
    response = Response(text, content_type="text/yaml; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _listed(session: Session, stand: Stand) -> tuple[Listed, Flow | None]:
    """The flow as it is listed, and its current version: the draft, where none is published and it can be one."""
    text = draft = stand.draft.source if stand.draft else ""
    looked = look(draft, stand.name, others(session, stand.name)) if stand.draft else None
    shown = looked.flow if looked else None
    if stand.current:
        shown = desk().library.flow(session, stand.current.id)
        text = library.source_of(session, stand.current.id)
    members = {one.published_by for one in stand.versions}
    members |= {stand.draft.saved_by} if stand.draft else set()
    listed = Listed(
        stand,
        shown.say(shown.title, tongue_of(shown)) if shown else stand.name,
        spoken(text, shown) if shown else (),
        tuple(word for words in shown.keywords.values() for word in words) if shown else (),
        moving.under_way(session, stand.name),
        looked.mistakes if looked else 0,
        bool(shown and shown.unlisted),
        {one: who(session, one) for one in members},
    )
    return listed, shown


def _label(flow: Flow | None, question: str) -> str:
    if flow is None or question == CONSENT:
        return _("The consent")
    return flow.say(flow.by_id[question].label, tongue_of(flow)) or question

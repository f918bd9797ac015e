"""The phone beside a flow's text. It holds nothing: the page sends what was said so far, and all is played again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin.desk import desk
from admin.flows.common import others, source_of, stand_of, today
from admin.flows.examining import Looked, look
from admin.flows.incoming import Unusable, written
from admin.flows.replaying import PHOTO, Played, replay
from admin.words import language_name, number, titled
from flows import CONSENT, Flow
from flows.rehearsing.walker import way_to

MAX_SAID, MAX_WORDS = 300, 1600  # messages, and characters of one


@dataclass(frozen=True)
class Phone:
    """What the phone shows. Without ``played`` the flow has mistakes, and ``notice`` says so."""

    name: str
    title: str
    language: str
    languages: Mapping[str, str]
    said: str
    played: Played | None
    looked: Looked
    notice: str = ""
    photo: str = PHOTO


def first(name: str, looked: Looked) -> Phone:
    """The phone as a page first shows it: the first message, in the source language."""
    language = looked.flow.source_language if looked.flow else ""
    return _phone(name, looked, language, [])


def play(flow: str) -> ResponseReturnValue:
    """One press on the phone, on the text that comes with it or on the one that is saved."""
    with desk().database.reading() as session:
        stand = stand_of(session, flow)
        saved = source_of(session, stand)
        try:
            source = written(request.form["source"]) if "source" in request.form else saved
        except Unusable:
            abort(413)
        looked = look(source, flow, others(session, flow))
    phone = _pressed(flow, looked) if request.method == "POST" else first(flow, looked)
    part = request.form.get("part") == "phone"
    page = "admin/flows_phone.html" if part else "admin/flows_play.html"
    return render_template(page, phone=phone, name=flow)


def _pressed(name: str, looked: Looked) -> Phone:
    """The phone after what was pressed: a word said, another language, a question to jump to, or a new beginning."""
    form, said = request.form, _said(request.form.get("said", "[]"))
    flow = looked.flow
    if flow is None:
        return _phone(name, looked, form.get("language", ""), said)
    language = form.get("language", "")
    language = language if language in flow.languages else flow.source_language
    wanted = form.get("speak", "")
    if wanted in flow.languages:
        asked = replay(flow, language, said, today()).asked
        return _phone(name, looked, wanted, _way(flow, asked, wanted) or [])
    if jump := form.get("jump", ""):
        way = _way(flow, jump, language)
        return _phone(name, looked, language, said if way is None else way, _lost(way))
    if "again" in form:
        return _phone(name, looked, language, [])
    return _phone(name, looked, language, *_with(said, form.get("say", "").strip()))


def _with(said: list[str], more: str) -> tuple[list[str], str]:
    if not more:
        return said, ""
    if len(more) > MAX_WORDS:
        return said, _(
            "This message is longer than %(most)s letters. Phones send it in parts.",
            most=number(MAX_WORDS),
        )
    if len(said) >= MAX_SAID:
        return said, _("The phone plays %(most)s messages. Begin again.", most=number(MAX_SAID))
    return [*said, more], ""


def _said(text: str) -> list[str]:
    """What was said so far, as the page sent it."""
    try:
        said: Any = json.loads(text)
    except (ValueError, RecursionError):
        abort(400)
    if not isinstance(said, list) or len(said) > MAX_SAID:
        abort(400)
    if not all(isinstance(one, str) and len(one) <= MAX_WORDS for one in said):
        abort(400)
    return [one.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for one in said]


def _way(flow: Flow, question: str, language: str) -> list[str] | None:
    """What to say to be asked ``question``; None when no answers lead there, or too many."""
    if question != CONSENT and question not in flow.by_id:
        return None
    way = way_to(flow, question, language, today())
    return way if way is None or len(way) <= MAX_SAID else None


def _lost(way: list[str] | None) -> str:
    return "" if way is not None else _("We found no answers that lead to this question.")


def _phone(
    name: str, looked: Looked, language: str, said: Sequence[str], notice: str = ""
) -> Phone:
    flow = looked.flow
    languages = {code: titled(language_name(code)) for code in flow.languages} if flow else {}
    played = replay(flow, language, said, today()) if flow else None
    title = flow.say(flow.title, language) if flow else name
    return Phone(name, title, language, languages, json.dumps(list(said)), played, looked, notice)

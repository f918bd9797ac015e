"""Interviewing: a staff member sits beside one person, reads each question aloud and presses what the person says.

The consent is read aloud first and ticked; nothing is asked before it. The engine decides what comes next. A press that
comes late, for a question that was answered already, changes nothing.
"""

import secrets
from collections.abc import Callable, Mapping

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from admin.desk import desk
from admin.filters import MAX_KEY, read_key
from admin.flows.common import today
from admin.letters import TOKEN
from admin.meetings import fields as written_on
from admin.meetings import helping
from admin.meetings.entering import RIGHT_TO_LEFT, SAID_BY, UNUSABLE
from admin.meetings.listing import title_of
from admin.words import STATUSES, language_name
from flows import CONSENT, Catalog, Interview, Slot, State, Status
from flows.talking import sitting
from flows.talking.channels import INTERVIEW
from flows.talking.codes import CODED
from flows.talking.sitting import Card, Told
from storage import audit, meetings, sittings
from storage.sittings import By, Opened, SaidBy

SHOWN = 20  # interviews under way


def interviews() -> ResponseReturnValue:
    """Begin an interview, or go on with one."""
    if request.method == "POST":
        return _begin()
    return _list()


def _list(trouble: str = "") -> str:
    now, library = desk().now(), desk().library
    with desk().database.reading() as session:
        catalog = library.catalog(session)
        mine = sittings.under_way(session, current_user.id, SHOWN)
        titles = {one.id: title_of(library.flow(session, one.version_id)) for one in mine}
        near = [one for one in meetings.page(session, None, SHOWN) if one.is_open(now)]
    return render_template(
        "admin/interviews.html",
        doors=_doors(catalog),
        begun=mine,
        titles=titles,
        statuses=STATUSES,
        language_name=language_name,
        meetings=near,
        chosen=request.values.get("meeting", ""),
        token=secrets.token_urlsafe(18),
        trouble=trouble,
    )


def _doors(catalog: Catalog) -> Mapping[str, Mapping[str, str]]:
    """Every survey with each of its languages: what an interview can be begun with."""
    return {
        title_of(flow): {
            f"{name}:{code}": f"{flow.say(flow.title, code)} ({language_name(code)})"
            for code in flow.languages
        }
        for name, flow in catalog.items()
    }


def _begin() -> ResponseReturnValue:
    name, _colon, language = request.form.get("survey", "").partition(":")
    token = request.form.get("token", "")
    meeting = read_key(request.form.get("meeting", ""))
    with desk().database.writing() as session:
        flow = desk().library.catalog(session).get(name)
        held = meetings.get(session, meeting) if meeting else None
        if flow is not None and held is not None and held.facts.flow != flow.name:
            return _list(_("This meeting has another survey.")), UNUSABLE
        if flow is None or language not in flow.languages or not TOKEN.fullmatch(token):
            return _list(_("Choose a survey and a language.")), UNUSABLE
        turn = sitting.open_at(flow, language, INTERVIEW, today())
        by = By(current_user.id, token, meeting_id=meeting)
        number, _new = sittings.add(session, desk().library, turn, INTERVIEW, by, desk().now())
    return redirect(url_for("admin.interview", interview_id=number), 303)


def interview(interview_id: int) -> ResponseReturnValue:
    """The question that waits, or what came of a press."""
    if interview_id > MAX_KEY:
        abort(404)
    if request.method == "POST":
        return _press(interview_id)
    with desk().database.writing() as session:
        opened = _open(session, interview_id)
        audit.record(session, desk().now(), "view", f"interview:{interview_id}", current_user.id)
    return _page(opened)


def _open(session: Session, interview_id: int, *, writing: bool = False) -> Opened:
    found = sittings.open_for(
        session, current_user.id, interview_id, desk().library, writing=writing
    )
    if found is None or found.channel != INTERVIEW:
        abort(404)  # there is none, or the person goes on by phone
    return found


def _press(interview_id: int) -> ResponseReturnValue:
    now, code, word, help_ = desk().now(), "", "", tuple[str, ...]()
    with desk().database.writing() as session:
        opened = _open(session, interview_id, writing=True)
        state, flow = opened.interview.state, opened.interview.flow
        if "code" in request.form and state.status in CODED:
            code = sittings.give_code(session, current_user.id, interview_id, now)
        elif request.form.get("asked", "") == (state.asked or ""):
            word, told = _heard(opened.interview)
            if told is not None:
                by = By(current_user.id, "", _said_by(), opened.meeting_id)
                marks = helping.alarms_in(flow, _told(state), opened.interview.language)
                sittings.keep(session, desk().library, interview_id, told.turn, by, now, marks)
                help_ = helping.help_for(flow, _told(state), opened.interview.language)
        opened = _open(session, interview_id)
    if code or word or help_:
        return _page(opened, word, code, help_), UNUSABLE if word else 200
    return redirect(url_for("admin.interview", interview_id=interview_id), 303)


def _said_by() -> SaidBy | None:
    said = request.form.get("said_by", "")
    return SaidBy(said) if said in list(SaidBy) else None


def _heard(waits: Interview) -> tuple[str, Told | None]:
    """What a press means: why it changes nothing, or what it has led to."""
    form, state = request.form, waits.state
    for name, deed in DEEDS.items():
        if name in form:
            told = deed(waits)
            return (told.word, told) if told else ("", None)
    if state.status is not Status.WAITING:
        return "", None
    if state.asked == CONSENT:
        return _agreed(waits)
    text = _told(state).get(state.asked or "", "")
    if not text:
        return _("Press or write an answer, or press “Leave it out”."), None
    told = sitting.answer(waits, text, today())
    return told.word, told


def _told(state: State) -> dict[Slot, str]:
    """What the person said to the question that waits; nothing where another button was pressed."""
    if state.asked is None or not request.form.keys().isdisjoint(DEEDS):
        return {}
    typed = written_on.joined(request.form.getlist(f"{written_on.ANSWER}{state.asked}")).strip()
    text = typed[: written_on.MOST_LETTERS].replace("\0", "")
    return {state.asked: text} if text else {}


def _agreed(waits: Interview) -> tuple[str, Told | None]:
    if "read" not in request.form:
        return _("Read the text aloud first, and tick that you did."), None
    if _said_by() is None:
        return _("Say who agreed or refused."), None
    if request.form.get("agreed") not in ("yes", "no"):
        return "", None
    return "", sitting.agree(waits, request.form["agreed"] == "yes", today())


def _when(status: Status, deed: Callable[..., Told]) -> Callable[[Interview], Told | None]:
    def done(waits: Interview) -> Told | None:
        return deed(waits, today()) if waits.state.status is status else None

    return done


DEEDS: Mapping[str, Callable[[Interview], Told | None]] = {
    "back": _when(Status.WAITING, sitting.go_back),
    "refuse": _when(Status.WAITING, sitting.refuse),
    "pause": _when(Status.WAITING, sitting.put_aside),
    "resume": _when(Status.PAUSED, sitting.take_up),
}


def _page(opened: Opened, word: str = "", code: str = "", help_: tuple[str, ...] = ()) -> str:
    waits, day = opened.interview, today()
    waiting = waits.state.status is Status.WAITING
    card = sitting.card(waits, day) if waiting and waits.state.asked else None
    asks = card is not None and card.question is not None
    return render_template(
        "admin/interview.html",
        opened=opened,
        card=card,
        field=_field(waits, card) if card and asks else None,
        closing=sitting.closing(waits, day) if waits.state.status is Status.COMPLETE else "",
        declined=waits.flow.say(waits.flow.consent.declined, waits.language),
        title=waits.flow.say(waits.flow.title, waits.language),
        status=waits.state.status.value,
        codable=waits.state.status in CODED and CONSENT in waits.answers,
        first=len(waits.answers) <= 1,
        said_by=SAID_BY,
        word=word,
        code=code,
        help=help_,
        rtl=waits.language.partition("-")[0] in RIGHT_TO_LEFT,
    )


def _field(waits: Interview, card: Card) -> written_on.Field:
    """The field of the question that waits, with what was typed just now, or answered before."""
    typed = written_on.sent()
    name = f"{written_on.ANSWER}{card.slot}"
    if name not in typed and card.given is not None and not card.given.veiled:
        typed[name] = _before(waits, card)
    return written_on.field_at(waits.flow, waits.language, card.slot, card.label, typed, True)


def _before(waits: Interview, card: Card) -> list[str]:
    """An answer that was given already, as the field holds it."""
    given, question = card.given, card.question
    if given is None or question is None or given.value is None:
        return [given.words] if given else []
    values = given.value if isinstance(given.value, tuple) else (given.value,)
    if question.choices:
        codes = [choice.code for choice in question.choices]
        return [str(codes.index(str(code)) + 1) for code in values if code in codes]
    if question.type in ("consent", "repeat"):
        return ["1" if given.value == "yes" else "2"]
    return [] if question.type == "media" else [str(values[0])]

"""The page of one testimony: facts, answers, consents, dialogue, and the sheet to write on. Each showing is audited."""

from dataclasses import dataclass

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from admin import dialogue, filters, interface, letters, showing
from admin.desk import desk
from admin.letters import Sheet
from admin.rights import may
from admin.words import language_name
from flows import Flow
from storage import audit, dialogues, house_rules, unmasking, writing
from storage import testimonies as stored
from storage.house_rules import Rule


@dataclass(frozen=True)
class Number:
    """What the page says about the number: ``shown`` in clear this once, or what was wrong."""

    shown: str = ""
    trouble: str = ""


def testimony(interview_id: int) -> ResponseReturnValue:
    """One testimony whole."""
    return page(interview_id, Sheet())


def page(interview_id: int, sheet: Sheet, number: Number | None = None) -> str:
    """The page with what stands on the sheet, and what there is to say about the number."""
    now = desk().now()
    with desk().database.reading() as session:
        found = stored.open_for(session, current_user.id, known(interview_id), desk().library)
        reach = writing.reach(session, interview_id, desk().library, now)
        asked = unmasking.of_interview(session, interview_id, now) if may("admin.unmask") else []
        numbered = unmasking.possible(session, interview_id)
        second_person = house_rules.holds(session, Rule.SECOND_PERSON)
    if found is None or reach is None:
        abort(404)
    _note_view(interview_id)
    language = _language(found.flow)
    return render_template(
        "admin/testimony.html",
        head=showing.head(found.listed, found.flow),
        answers=showing.answers(found, language, aside=False),
        aside=showing.answers(found, language, aside=True),
        scopes=dialogue.consents(found),
        bubbles=dialogue.dialogue(found, language),
        newest=max((line.id for line in found.dialogue), default=0),
        languages={code: language_name(code) for code in found.flow.languages},
        language=language,
        reach=reach,
        bars=letters.BARS,
        sheet=sheet,
        hour=letters.hour(reach, now),
        most=writing.MOST,
        number=number or Number(),
        asked=asked,
        numbered=numbered,
        second_person=second_person,
        longest_reason=unmasking.MOST,
    )


def news(interview_id: int) -> ResponseReturnValue:
    """The dialogue again, for a page that stands open, once there is more of it than ``after``."""
    after = filters.read_key(request.args.get("after", "")) or 0
    with desk().database.reading() as session:
        newest = dialogues.newest(session, known(interview_id))
        found = (
            stored.open_for(session, current_user.id, interview_id, desk().library)
            if newest > after
            else None
        )
    if found is None:
        return "", 204
    _note_view(interview_id)
    return render_template(
        "admin/_dialogue.html",
        head=showing.head(found.listed, found.flow),
        bubbles=dialogue.dialogue(found, _language(found.flow)),
        newest=newest,
        language=_language(found.flow),
    )


def known(interview_id: int) -> int:
    """An id that a database can look up; any other is no page."""
    if interview_id > filters.MAX_KEY:
        abort(404)
    return interview_id


def _language(flow: Flow) -> str:
    wanted = request.args.get("labels", "")
    return wanted if wanted in flow.languages else interface.tongue_of(flow)


def _note_view(interview_id: int) -> None:
    with desk().database.writing() as session:
        audit.record(session, desk().now(), "view", f"interview:{interview_id}", current_user.id)

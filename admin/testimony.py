"""The page of one testimony: facts, answers, consents, dialogue, and the sheet to write on. Each showing is audited."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from admin import dialogue, filters, interface, letters, showing
from admin.around import around
from admin.desk import desk
from admin.layered import Asked, layers
from admin.letters import Sheet
from admin.rights import READERS, Routes, may
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


def page(
    interview_id: int, sheet: Sheet, number: Number | None = None, words: Asked | None = None
) -> str:
    """The page with what stands on the sheet, and what there is to say about the number and about masking words."""
    now, staff_id = desk().now(), current_user.id
    with desk().database.reading() as session:
        found = stored.open_for(session, staff_id, known(interview_id), desk().library)
        reach = writing.reach(session, interview_id, desk().library, now)
        if found is None or reach is None:
            abort(404)
        language = _language(found.flow)
        beside = around(session, found, language)
        over = layers(session, staff_id, found, language, request.args.get("words", ""))
        numbered = _numbered(session, interview_id, now)
    _note_view(interview_id)
    return render_template(
        "admin/testimony.html",
        head=showing.head(found.listed, found.flow),
        around=beside,
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
        layers=over,
        words=words or Asked(),
        **numbered,
    )


def _numbered(session: Session, interview_id: int, now: datetime) -> dict[str, Any]:
    """What there is to know of the number: whether it can be shown, who asked, and what it takes."""
    return {
        "asked": unmasking.of_interview(session, interview_id, now) if may("admin.unmask") else [],
        "numbered": unmasking.possible(session, interview_id),
        "second_person": house_rules.holds(session, Rule.SECOND_PERSON),
        "longest_reason": unmasking.MOST,
    }


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
        language = _language(found.flow)
        beside = around(session, found, language)
    _note_view(interview_id)
    return render_template(
        "admin/_dialogue.html",
        head=showing.head(found.listed, found.flow),
        around=beside,
        bubbles=dialogue.dialogue(found, language),
        newest=newest,
        language=language,
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


ONE = "/testimonies/<int:interview_id>"
ROUTES: Routes = (
    (ONE, "testimony", testimony, ["GET"], READERS),
    (f"{ONE}/news", "news", news, ["GET"], READERS),
)

"""The page of one testimony: facts, answers, consents, dialogue, and the sheet to write on. Each showing is audited."""

from dataclasses import dataclass
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from admin import coded, codenames, dialogue, filters, interface, letters, showing
from admin.around import around
from admin.desk import desk
from admin.filters import key_or_404
from admin.layered import layers
from admin.letters import Sheet
from admin.passages import Asked
from admin.rights import READERS, Routes, may
from admin.words import language_name
from flows import Flow
from storage import audit, dialogues, house_rules, unmasking, writing
from storage import testimonies as stored
from storage.house_rules import Rule
from storage.testimonies import Testimony


@dataclass(frozen=True)
class Number:
    """What the page says about the number: ``shown`` in clear this once, or what was wrong.

    ``opened``: so is what the person told where a number was asked for.
    """

    shown: str = ""
    trouble: str = ""
    opened: bool = False


HIDDEN = Number()


def testimony(interview_id: int) -> ResponseReturnValue:
    """One testimony whole."""
    return page(interview_id)


def page(
    interview_id: int,
    sheet: Sheet | None = None,
    number: Number = HIDDEN,
    words: Asked | None = None,
    quote: Asked | None = None,
) -> str:
    """The page: every room adds its part; and what its forms have to say: writing, the number, masking, quoting."""
    now, staff_id, key = desk().now(), current_user.id, key_or_404(interview_id)
    with desk().database.reading() as session:
        found = stored.open_for(session, staff_id, key, desk().library, numbers=number.opened)
        reach = writing.reach(session, interview_id, desk().library, now)
        if found is None or reach is None:
            abort(404)
        language = _language(found.flow)
        talk = _talk(session, found, language)
        over = layers(session, staff_id, found, language, request.args.get("words", ""))
        coding = coded.section(session, interview_id)
        numbered = _numbered(session, interview_id, number)
    _note_view(interview_id)
    return render_template(
        "admin/testimony.html",
        answers=showing.answers(found, language, aside=False),
        aside=showing.answers(found, language, aside=True),
        scopes=dialogue.consents(found),
        languages={code: language_name(code) for code in found.flow.languages},
        reach=reach,
        bars=letters.BARS,
        sheet=sheet or Sheet(),
        hour=letters.hour(reach, now),
        most=writing.MOST,
        layers=over,
        words=words or Asked(),
        coding=coding,
        codes_of=codenames.sorted_codes,
        code_name=codenames.name,
        quote=quote or Asked(),
        **talk,
        **numbered,
    )


def _talk(session: Session, found: Testimony, language: str) -> dict[str, Any]:
    """What the dialogue shows, and what stands around it."""
    return {
        "head": showing.head(found.listed, found.flow),
        "around": around(session, found, language),
        "bubbles": dialogue.dialogue(found, language),
        "newest": max((line.id for line in found.dialogue), default=0),
        "language": language,
    }


def _numbered(session: Session, interview_id: int, number: Number) -> dict[str, Any]:
    """What there is to know of the number: whether it can be shown, who asked, and what it takes."""
    here, now = may("admin.unmask"), desk().now()
    return {
        "number": number,
        "asked": unmasking.of_interview(session, interview_id, now) if here else [],
        "numbered": unmasking.possible(session, interview_id, desk().library),
        "second_person": house_rules.holds(session, Rule.SECOND_PERSON),
        "longest_reason": unmasking.MOST,
    }


def news(interview_id: int) -> ResponseReturnValue:
    """The dialogue again, for a page that stands open, once there is more of it than ``after``."""
    after = filters.read_key(request.args.get("after", "")) or 0
    with desk().database.reading() as session:
        newest = dialogues.newest(session, key_or_404(interview_id))
        found = (
            stored.open_for(session, current_user.id, interview_id, desk().library)
            if newest > after
            else None
        )
        if found is None:
            return "", 204
        talk = _talk(session, found, _language(found.flow)) | {"newest": newest}
    _note_view(interview_id)
    return render_template("admin/_dialogue.html", **talk)


def back(interview_id: int, part: str) -> ResponseReturnValue:
    """To the page again, at a part of it, once something was done."""
    return redirect(url_for("admin.testimony", interview_id=interview_id, _anchor=part), 303)


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

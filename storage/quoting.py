"""A passage is chosen to be quoted, and taken back by who chose it. Each time is a line of the audit log."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from flows import Given
from storage import audit, codings, masks, permits, putting, reaching
from storage.codings import ASSESSMENT, THEME
from storage.db import vault_of
from storage.finding import Place, widened
from storage.library import Library
from storage.models import AnswerRow, InterviewRow, Quotation, QuotedTheme
from storage.permits import Permit
from storage.quotations import PURPOSE, STANDING, digest
from storage.seeing import Seen, as_seen
from storage.tallies import marking
from storage.tallies.spans import CODED


@dataclass(frozen=True)
class Choice:
    """What a coder says of a passage: its themes, and what it tells ("" for nothing of it)."""

    themes: tuple[str, ...]
    assessment: str = ""


def readable(
    session: Session, staff_id: int, interview_id: int, library: Library
) -> dict[int, Seen]:
    """The answers in words of a testimony, by id, as this member sees them: what passages may be chosen from."""
    permits.require(session, staff_id, Permit.WORDS)
    version = session.get_one(InterviewRow, interview_id).flow_version_id
    numbers = reaching.asked_in(library.flow(session, version))
    wanted = (AnswerRow.interview_id == interview_id, AnswerRow.given != Given.REFUSED)
    rows = session.scalars(select(AnswerRow).where(*wanted, AnswerRow.question.not_in(numbers)))
    told = {row.id: masks.words_of(session, row) for row in rows}
    return as_seen(session, staff_id, {number: text for number, text in told.items() if text})


def put(
    session: Session,
    interview_id: int,
    answer_id: int,
    place: Place,
    choice: Choice,
    staff_id: int,
    now: datetime,
) -> int | None:
    """Quote a passage, widened to whole characters; returns its id, None where there is no such passage.

    The testimony gets its themes and what it tells as codes of the coder, too.
    """
    permits.require(session, staff_id, Permit.WORDS)
    answer = putting.lock_answer(session, answer_id)
    if answer is None or answer.interview_id != interview_id:
        return None
    text = masks.words_of(session, answer)
    if not 0 <= place[0] < place[1] <= len(text):
        return None
    start, stop = widened(text, *place)
    mark = vault_of(session).seal_bytes(digest(text[start:stop]), PURPOSE)
    row = Quotation(
        answer_id=answer_id,
        start=start,
        stop=stop,
        mark=mark,
        assessment=choice.assessment,
        staff_id=staff_id,
        at=now,
    )
    session.add(row)
    session.flush()
    session.add_all(QuotedTheme(quotation_id=row.id, theme=theme) for theme in choice.themes)
    codes = [(THEME, theme) for theme in choice.themes]
    codes += [(ASSESSMENT, choice.assessment)] if choice.assessment else []
    codings.change(session, interview_id, staff_id, codes, (), now)
    marking.mark(session, InterviewRow.id == interview_id, [CODED])
    _told(session, now, "quote", interview_id, staff_id, row.id, themes=list(choice.themes))
    return row.id


def take_back(
    session: Session, interview_id: int, quotation_id: int, staff_id: int, now: datetime
) -> bool:
    """Take one's own quotation back; returns whether there was one. The codes that came with it stay."""
    permits.require(session, staff_id, Permit.WORDS)
    theirs = select(AnswerRow.id).where(AnswerRow.interview_id == interview_id)
    mine = (Quotation.id == quotation_id, Quotation.staff_id == staff_id, STANDING)
    ended = session.execute(
        update(Quotation)
        .where(*mine, Quotation.answer_id.in_(theirs))
        .values(ended_at=now)
        .returning(Quotation.id)
        .execution_options(synchronize_session=False)
    ).first()
    if ended is not None:
        marking.mark(session, InterviewRow.id == interview_id, [CODED])
        _told(session, now, "quote taken back", interview_id, staff_id, quotation_id)
    return ended is not None


def _told(
    session: Session,
    now: datetime,
    action: str,
    interview_id: int,
    staff_id: int,
    quotation_id: int,
    **more: object,
) -> None:
    subject = f"interview:{interview_id}"
    audit.record(session, now, action, subject, staff_id, quotation=quotation_id, **more)


def forget(session: Session, contact_id: int) -> None:
    """Take away every quotation of a contact's words."""
    interviews = select(InterviewRow.id).where(InterviewRow.contact_id == contact_id)
    answers = select(AnswerRow.id).where(AnswerRow.interview_id.in_(interviews))
    theirs = select(Quotation.id).where(Quotation.answer_id.in_(answers))
    session.execute(delete(QuotedTheme).where(QuotedTheme.quotation_id.in_(theirs)))
    session.execute(delete(Quotation).where(Quotation.answer_id.in_(answers)))

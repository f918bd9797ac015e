"""Passages that coders chose to be quoted, as they may be printed. How they are put stands in ``quoting``.

The words stand in the answer alone. A passage whose answer was changed is found again, or it is lost and not shown.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from flows import Status
from storage import consents, masks, permits
from storage.db import vault_of
from storage.finding import Place
from storage.models import (
    AnswerRow,
    Contact,
    InterviewRow,
    Quotation,
    QuotedTheme,
    StaffMember,
)
from storage.permits import Permit
from storage.seeing import Seen, seen
from storage.veils import Hidden, veil

PURPOSE, SCOPE = "quotation.mark", "quote"
ASIDE = (Status.DECLINED, Status.ERASED)  # testimonies of which nothing is quoted
STANDING = Quotation.ended_at.is_(None)


@dataclass(frozen=True)
class Quoted:
    """One quotation. ``place`` lies in the original words, None when they are not there any more.

    ``words`` are as they may be printed: masked passages are blocks; "" when it is lost. ``agreed``: the person said
    yes to being quoted. ``aside``: a later answer made the question irrelevant.
    """

    id: int
    answer_id: int
    interview_id: int
    pseudonym: str
    question: str
    language: str
    words: str
    place: Place | None
    themes: tuple[str, ...]
    assessment: str
    agreed: bool
    aside: bool
    staff_id: int
    who: str
    at: datetime


def of_interview(session: Session, staff_id: int, interview_id: int) -> list[Quoted]:
    """The quotations of a testimony, as they were put."""
    permits.require(session, staff_id, Permit.WORDS)
    chosen = _standing().where(AnswerRow.interview_id == interview_id)
    return list(_read(session, chosen.order_by(Quotation.id)))


def of_theme(
    session: Session, staff_id: int, theme: str, before: int | None, size: int
) -> list[Quoted]:
    """``size`` quotations of a theme with an id below ``before``, the newest first."""
    permits.require(session, staff_id, Permit.WORDS)
    chosen = _themed(_standing(), theme)
    if before is not None:
        chosen = chosen.where(Quotation.id < before)
    return list(_read(session, chosen.order_by(Quotation.id.desc()).limit(size)))


def newer_than(session: Session, theme: str, after: int, size: int) -> int | None:
    """The key of the page before the one that begins below ``after``; None when that is the first."""
    ids = _themed(_joined(select(Quotation.id)), theme).where(Quotation.id >= after)
    newer = session.scalars(ids.order_by(Quotation.id).limit(size + 1)).all()
    return newer[size] if len(newer) > size else None


def counts(session: Session) -> dict[str, int]:
    """How many quotations each theme has."""
    statement = _joined(select(QuotedTheme.theme, func.count())).join(
        QuotedTheme, QuotedTheme.quotation_id == Quotation.id
    )
    return dict(session.execute(statement.group_by(QuotedTheme.theme)).all())


def _joined(statement: Select) -> Select:  # type: ignore[type-arg]
    """A SELECT from quotations that stand, of testimonies that may be quoted at all."""
    return (
        statement.select_from(Quotation)
        .join(AnswerRow, AnswerRow.id == Quotation.answer_id)
        .join(InterviewRow, InterviewRow.id == AnswerRow.interview_id)
        .where(STANDING, InterviewRow.status.not_in(ASIDE))
    )


def _standing() -> Select[Quotation, AnswerRow, str, str]:
    return (
        _joined(select(Quotation, AnswerRow, Contact.pseudonym, StaffMember.email))
        .join(Contact, Contact.id == InterviewRow.contact_id)
        .join(StaffMember, StaffMember.id == Quotation.staff_id)
    )


def _themed(statement: Select, theme: str) -> Select:  # type: ignore[type-arg]
    themed = select(QuotedTheme.quotation_id).where(QuotedTheme.theme == theme)
    return statement.where(Quotation.id.in_(themed))


def _read(session: Session, statement: Select[Quotation, AnswerRow, str, str]) -> Iterator[Quoted]:
    rows = session.execute(statement).all()
    ids = {answer.interview_id for _, answer, _, _ in rows}
    agreed = consents.agreed(session, ids, SCOPE)
    hidden = masks.by_answer(session, {answer.id for _, answer, _, _ in rows})
    themes = _themes(session, [row.id for row, _, _, _ in rows])
    for row, answer, pseudonym, who in rows:
        text = masks.words_of(session, answer)
        place = _found(session, row, text)
        yield Quoted(
            id=row.id,
            answer_id=answer.id,
            interview_id=answer.interview_id,
            pseudonym=pseudonym,
            question=answer.question,
            language=answer.language,
            words=_printable(text, hidden.get(answer.id, ()), place),
            place=place,
            themes=themes.get(row.id, ()),
            assessment=row.assessment,
            agreed=answer.interview_id in agreed,
            aside=answer.aside,
            staff_id=row.staff_id,
            who=who,
            at=row.at,
        )


def _themes(session: Session, ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    rows = session.execute(
        select(QuotedTheme.quotation_id, QuotedTheme.theme)
        .where(QuotedTheme.quotation_id.in_(ids))
        .order_by(QuotedTheme.theme)
    )
    for number, theme in rows:
        found[number] = (*found.get(number, ()), theme)
    return found


def _found(session: Session, row: Quotation, text: str) -> Place | None:
    """Where the passage lies now: where it was, else the one nearest to it that has the same words."""
    mark, length = vault_of(session).open_bytes(row.mark, PURPOSE), row.stop - row.start
    if digest(text[row.start : row.stop]) == mark:
        return row.start, row.stop
    starts = sorted(range(len(text) - length + 1), key=lambda start: abs(start - row.start))
    start = next((one for one in starts if digest(text[one : one + length]) == mark), None)
    return None if start is None else (start, start + length)


def digest(words: str) -> bytes:
    """What is kept of a passage's words, sealed: enough to know them again."""
    return hashlib.sha256(words.encode()).digest()


def _printable(text: str, hidden: Iterable[Hidden], place: Place | None) -> str:
    """A passage as it may be printed: whoever reads it, masks hold."""
    shown = seen(veil(text, list(hidden)), behind=False)
    there = shown.place(*place) if place else None
    return shown.text[slice(*there)] if there else ""


def follow(session: Session, answer_id: int, text: str, after: Seen) -> None:
    """Words of an answer were removed for good: quotations go on lying where they lay, and keep no trace of them."""
    vault = vault_of(session)
    for row in session.scalars(select(Quotation).where(Quotation.answer_id == answer_id)):
        place = _found(session, row, text)
        moved = after.place(*place) if place else None
        row.start, row.stop = moved or (row.start, row.stop)
        words = after.text[slice(*moved)] if moved else ""
        row.mark = vault.seal_bytes(digest(words), PURPOSE)

"""Masks: a passage of an answer is hidden from most of those who read, and can be shown to them again.

The words stay as they were told. Who, when and why is kept; the audit log has no word of it. To remove a passage for
good is another matter, and another module.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session, aliased

from storage import audit, permits, putting
from storage.answers import WORDS
from storage.db import vault_of
from storage.finding import Place, widened
from storage.models import AnswerRow, InterviewRow, Mask, StaffMember
from storage.permits import Permit
from storage.veils import Hidden, Veil, veil

PASSAGE, REASON = "mask.words", "mask.reason"
MOST = 500  # characters of a reason
CHUNK = 500  # ids in one question to the database


@dataclass(frozen=True)
class Masked:
    """One mask as staff see it who may. ``places``: where it lies in the answer now.

    ``lost``: its words are not in the answer any more, and nobody has looked at it since.
    ``lifted``: by whom and when, so ``asked`` (to remove it for good) and ``gone`` (the second person).
    """

    id: int
    answer_id: int
    places: tuple[Place, ...]
    words: str
    reason: str
    lost: bool
    set: "Deed"
    lifted: "Deed | None"
    asked: "Deed | None"
    gone: "Deed | None"

    @property
    def stands(self) -> bool:
        """Whether it hides something."""
        return self.lifted is None and self.gone is None


@dataclass(frozen=True)
class Deed:
    """Who did something, and when."""

    staff_id: int
    who: str
    at: datetime


def put(
    session: Session, answer_id: int, place: Place, staff_id: int, reason: str, now: datetime
) -> int | None:
    """Mask a passage, widened to whole characters; returns the mask's id, None where there is no such passage."""
    permits.require(session, staff_id, Permit.BEHIND)
    answer = putting.lock_answer(session, answer_id)
    text = words_of(session, answer)
    if answer is None or not 0 <= place[0] < place[1] <= len(text):
        return None
    start, stop = widened(text, *place)
    vault = vault_of(session)
    row = Mask(
        answer_id=answer_id,
        start=start,
        stop=stop,
        words=vault.seal(text[start:stop], PASSAGE),
        reason=vault.seal(reason[:MOST], REASON) if reason else None,
        staff_id=staff_id,
        at=now,
    )
    session.add(row)
    session.flush()
    _record(session, now, "mask", row, answer.interview_id, staff_id)
    return row.id


def lift(session: Session, interview_id: int, mask_id: int, staff_id: int, now: datetime) -> bool:
    """Show a passage to all readers again; returns whether there was something to lift."""
    permits.require(session, staff_id, Permit.BEHIND)
    values = {"lifted_by": staff_id, "lifted_at": now, "asked_by": None, "asked_at": None}
    row = change(session, interview_id, mask_id, values)
    if row is not None:
        _record(session, now, "mask lifted", row, interview_id, staff_id)
    return row is not None


def settle(session: Session, interview_id: int, mask_id: int, staff_id: int, now: datetime) -> bool:
    """Somebody has looked at an answer that was changed: the masked words are not in it any more.

    The mask goes on hiding them in the dialogue, and in the answer should they come back.
    """
    permits.require(session, staff_id, Permit.BEHIND)
    row = change(session, interview_id, mask_id, {"start": 0, "stop": 0})
    if row is not None:
        _record(session, now, "mask settled", row, interview_id, staff_id)
    return row is not None


def change(
    session: Session, interview_id: int, mask_id: int, values: Mapping[str, object], *also: object
) -> Mask | None:
    """Change a mask of this interview that still hides something; None when there is none such."""
    theirs = select(AnswerRow.id).where(AnswerRow.interview_id == interview_id)
    found = session.scalar(
        update(Mask)
        .where(
            Mask.id == mask_id,
            Mask.answer_id.in_(theirs),
            Mask.lifted_at.is_(None),
            Mask.gone_at.is_(None),
            *also,  # type: ignore[arg-type]
        )
        .values(**values)
        .returning(Mask.id)
        .execution_options(synchronize_session=False)
    )
    return None if found is None else session.get_one(Mask, found, populate_existing=True)


def _record(
    session: Session, now: datetime, action: str, row: Mask, interview_id: int, staff_id: int
) -> None:
    audit.record(session, now, action, f"interview:{interview_id}", staff_id, mask=row.id)


def words_of(session: Session, answer: AnswerRow | None) -> str:
    """An answer's own words; "" for a closed one."""
    if answer is None or answer.words is None or answer.value is not None:
        return ""
    return vault_of(session).open(answer.words, WORDS)


def hidden(session: Session, row: Mask) -> Hidden:
    """A mask with its words opened."""
    words = vault_of(session).open(row.words, PASSAGE) if row.words is not None else ""
    return Hidden(row.start, row.stop, words)


def active() -> Select[Mask]:
    """The masks that hide something."""
    return select(Mask).where(Mask.lifted_at.is_(None), Mask.gone_at.is_(None))


def by_answer(session: Session, answer_ids: Collection[int]) -> dict[int, list[Hidden]]:
    """What hides something, of each of these answers that has a mask."""
    found: dict[int, list[Hidden]] = {}
    ids = sorted(answer_ids)
    for begin in range(0, len(ids), CHUNK):
        theirs = Mask.answer_id.in_(ids[begin : begin + CHUNK])
        for row in session.scalars(active().where(theirs).order_by(Mask.id)):
            found.setdefault(row.answer_id, []).append(hidden(session, row))
    return found


def by_interview(session: Session, interview_ids: Collection[int]) -> dict[int, list[Hidden]]:
    """The same for all answers of these interviews, by answer."""
    found: dict[int, list[Hidden]] = {}
    theirs = select(AnswerRow.id).where(AnswerRow.interview_id.in_(interview_ids))
    for row in session.scalars(active().where(Mask.answer_id.in_(theirs)).order_by(Mask.id)):
        found.setdefault(row.answer_id, []).append(hidden(session, row))
    return found


def veil_of(session: Session, answer: AnswerRow) -> Veil:
    """All masks of one answer over its words as they are now."""
    masks = by_answer(session, [answer.id]).get(answer.id, [])
    return veil(words_of(session, answer), masks)


def of_interview(session: Session, staff_id: int, interview_id: int) -> list[Masked]:
    """Every mask of a testimony that was ever set, the newest first, for who may read behind them."""
    permits.require(session, staff_id, Permit.BEHIND)
    return list(_listed(session, interview_id))


def _listed(session: Session, interview_id: int) -> Iterator[Masked]:
    setter, lifter, asker, second = (aliased(StaffMember) for _ in range(4))
    rows = session.execute(
        select(Mask, AnswerRow, setter.email, lifter.email, asker.email, second.email)
        .join(AnswerRow, AnswerRow.id == Mask.answer_id)
        .join(setter, setter.id == Mask.staff_id)
        .outerjoin(lifter, lifter.id == Mask.lifted_by)
        .outerjoin(asker, asker.id == Mask.asked_by)
        .outerjoin(second, second.id == Mask.gone_by)
        .where(AnswerRow.interview_id == interview_id)
        .order_by(Mask.id.desc())
    )
    vault = vault_of(session)
    for row, answer, who, lifted, asked, gone in rows:
        one, text = hidden(session, row), words_of(session, answer)
        stands = row.lifted_at is None and row.gone_at is None
        places = one.places(text) if stands else []
        yield Masked(
            id=row.id,
            answer_id=row.answer_id,
            places=tuple(places),
            words=one.words,
            reason=vault.open(row.reason, REASON) if row.reason is not None else "",
            lost=stands and bool(text) and not places and not one.settled,
            set=Deed(row.staff_id, who, row.at),
            lifted=_deed(row.lifted_by, lifted, row.lifted_at),
            asked=_deed(row.asked_by, asked, row.asked_at),
            gone=_deed(row.gone_by, gone, row.gone_at),
        )


def _deed(staff_id: int | None, who: str | None, at: datetime | None) -> Deed | None:
    return Deed(staff_id, who, at) if staff_id and who and at else None


def forget(session: Session, contact_id: int) -> None:
    """Take away all masks of an erased contact's answers, with the words that they kept."""
    session.execute(delete(Mask).where(Mask.answer_id.in_(answers_of(contact_id))))


def answers_of(contact_id: int) -> Select[int]:
    """The ids of all answers of a contact."""
    theirs = select(InterviewRow.id).where(InterviewRow.contact_id == contact_id)
    return select(AnswerRow.id).where(AnswerRow.interview_id.in_(theirs))

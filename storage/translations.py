"""Translations of people's words, written and corrected by staff. Every version is kept; the original is never touched.

A translation of masked words is shown to who may not see behind masks only if somebody left them out of it since.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from storage import audit, masks, permits, putting
from storage.db import vault_of
from storage.models import AnswerRow, Mask, StaffMember, Translation
from storage.permits import Permit
from storage.veils import Veil, cover

PURPOSE = "translation.words"
MOST = 20_000  # characters
_BLOCKS = re.compile("█+")


@dataclass(frozen=True)
class Translated:
    """One version of a translation. ``words`` is None where the reader may not see it, and where it was removed.

    ``older``: how many versions came before it; ``outdated``: the answer was changed since.
    """

    id: int
    answer_id: int
    language: str
    words: str | None
    who: str
    at: datetime
    removed: bool = False
    older: int = 0
    outdated: bool = False


def save(
    session: Session, answer_id: int, language: str, words: str, staff_id: int, now: datetime
) -> int | None:
    """Keep a new version; returns its id, None where it says what the newest says or there are no words."""
    permits.require(session, staff_id, Permit.WORDS)
    answer = putting.lock_answer(session, answer_id)
    words = words.replace("\r\n", "\n").strip()[:MOST]
    if answer is None or not words or not masks.words_of(session, answer):
        return None
    row = Translation(
        answer_id=answer_id,
        language=language,
        words=vault_of(session).seal(words, PURPOSE),
        staff_id=staff_id,
        at=now,
    )
    session.add(row)
    session.flush()
    subject = f"interview:{answer.interview_id}"
    audit.record(session, now, "translate", subject, staff_id, translation=row.id, to=language)
    return row.id


def newest(session: Session, staff_id: int, interview_id: int) -> dict[int, list[Translated]]:
    """The newest translation into each language, by answer, as this member may see it."""
    permits.require(session, staff_id, Permit.WORDS)
    behind = permits.holds(session, staff_id, Permit.BEHIND)
    found: dict[int, list[Translated]] = {}
    for one in of_interviews(session, [interview_id], behind=behind):
        found.setdefault(one.answer_id, []).append(one)
    return found


def of_interviews(
    session: Session, interview_ids: Collection[int], *, behind: bool, language: str = ""
) -> list[Translated]:
    """The newest translations of the answers of these interviews, into one language or (``""``) into each."""
    last = (
        select(func.max(Translation.id).label("id"), func.count().label("versions"))
        .join(AnswerRow, AnswerRow.id == Translation.answer_id)
        .where(AnswerRow.interview_id.in_(interview_ids))
        .group_by(Translation.answer_id, Translation.language)
    )
    if language:
        last = last.where(Translation.language == language)
    kept = last.subquery()
    rows = session.execute(
        select(Translation, AnswerRow, StaffMember.email, kept.c.versions)
        .join(kept, kept.c.id == Translation.id)
        .join(AnswerRow, AnswerRow.id == Translation.answer_id)
        .join(StaffMember, StaffMember.id == Translation.staff_id)
        .order_by(Translation.answer_id, Translation.language)
    ).all()
    covering = {} if behind else _veils(session, [answer for _, answer, _, _ in rows])
    found = []
    for row, answer, who, versions in rows:
        one = replace(_opened(session, row, who), older=versions - 1, outdated=answer.at > row.at)
        found.append(_as_read(one, covering.get(answer.id)))
    return found


def versions(session: Session, staff_id: int, answer_id: int, language: str) -> list[Translated]:
    """Every version of a translation, the newest first, as this member may see it."""
    permits.require(session, staff_id, Permit.WORDS)
    rows = session.execute(
        select(Translation, StaffMember.email)
        .join(StaffMember, StaffMember.id == Translation.staff_id)
        .where(Translation.answer_id == answer_id, Translation.language == language)
        .order_by(Translation.id.desc())
    )
    found = [_opened(session, row, who) for row, who in rows]
    answer = session.get(AnswerRow, answer_id)
    if answer is None or permits.holds(session, staff_id, Permit.BEHIND):
        return found
    over = _veils(session, [answer]).get(answer_id)
    return [_as_read(one, over) for one in found]


def _opened(session: Session, row: Translation, who: str) -> Translated:
    words = None if row.words is None else vault_of(session).open(row.words, PURPOSE)
    gone = row.words is None
    return Translated(row.id, row.answer_id, row.language, words, who, row.at, removed=gone)


def _veils(session: Session, answers: Collection[AnswerRow]) -> dict[int, tuple[Veil, datetime]]:
    """The veils of those answers that have masks, each with when the last of them was set."""
    ids = {answer.id for answer in answers}
    last: dict[int, datetime] = {}
    for row in session.scalars(masks.active().where(Mask.answer_id.in_(ids))):
        last[row.answer_id] = max(row.at, last.get(row.answer_id, row.at))
    by_id = {answer.id: answer for answer in answers}
    return {number: (masks.veil_of(session, by_id[number]), at) for number, at in last.items()}


def readable(words: str, at: datetime, over: Veil, masked_at: datetime) -> str | None:
    """The words for who may not see behind masks: only with blocks where the original has them, written since."""
    if over.lost or at <= masked_at or len(_BLOCKS.findall(words)) < len(over.places):
        return None
    return cover(words, over.echoes(words))


def _as_read(one: Translated, over: tuple[Veil, datetime] | None) -> Translated:
    if over is None or one.words is None:
        return one
    return replace(one, words=readable(one.words, one.at, *over))


def forget(session: Session, contact_id: int) -> None:
    """Take away all translations of an erased contact's words."""
    theirs = masks.answers_of(contact_id)
    session.execute(delete(Translation).where(Translation.answer_id.in_(theirs)))

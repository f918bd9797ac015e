"""To remove a masked passage for good: asked for by one, agreed to by another, and never to be undone.

The words go from the answer, from the messages that told or repeat it, from its translations, and from what staff
searched for; blocks stay, whose length tells nothing. The audit log says that it was done, and has no word of it.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from flows import Flow, slot_of
from storage import audit, masks, permits, quotations, searches
from storage.answers import WORDS
from storage.db import leave_nothing, vault_of
from storage.exports import making
from storage.library import Library
from storage.messages import BODY, IN, body_of
from storage.models import AnswerRow, Contact, InterviewRow, Mask, MessageRow, Translation
from storage.permits import Permit
from storage.seeing import Seen, seen
from storage.translations import PURPOSE as TRANSLATED
from storage.translations import readable
from storage.veils import Veil, cover, covered_line, veil


def ask(session: Session, interview_id: int, mask_id: int, staff_id: int, now: datetime) -> bool:
    """Ask that a masked passage be removed for good; returns whether there is such a mask to ask about."""
    permits.require(session, staff_id, Permit.BEHIND)
    values = {"asked_by": staff_id, "asked_at": now}
    row = masks.change(session, interview_id, mask_id, values, Mask.asked_by.is_(None))
    return _told(session, row, interview_id, "removal asked", staff_id, now)


def refuse(session: Session, interview_id: int, mask_id: int, staff_id: int, now: datetime) -> bool:
    """Let it stay a mask: the second person refuses, or the first takes it back."""
    permits.require(session, staff_id, Permit.BEHIND)
    values = {"asked_by": None, "asked_at": None}
    row = masks.change(session, interview_id, mask_id, values, Mask.asked_by.is_not(None))
    return _told(session, row, interview_id, "removal refused", staff_id, now)


def agree(
    session: Session,
    interview_id: int,
    mask_id: int,
    staff_id: int,
    library: Library,
    now: datetime,
) -> bool:
    """Remove it, as the second person; returns whether there was something that somebody else had asked for."""
    permits.require(session, staff_id, Permit.BEHIND)
    interview = session.get(InterviewRow, interview_id)
    if interview is None:
        return False
    # nobody writes meanwhile
    session.get_one(Contact, interview.contact_id, with_for_update=True, populate_existing=True)
    others = (Mask.asked_by.is_not(None), Mask.asked_by != staff_id)
    row = masks.change(
        session, interview_id, mask_id, {"gone_by": staff_id, "gone_at": now}, *others
    )
    if row is None:
        return False
    flow = library.flow(session, interview.flow_version_id)
    leave_nothing(session)
    _remove(session, row, flow)
    making.withdraw(session, interview.contact_id, now)  # the words are in what was made before
    return _told(session, row, interview_id, "removed", staff_id, now)


def _told(
    session: Session,
    row: Mask | None,
    interview_id: int,
    action: str,
    staff_id: int,
    now: datetime,
) -> bool:
    if row is not None:
        subject = f"interview:{interview_id}"
        audit.record(session, now, action, subject, staff_id, mask=row.id)
    return row is not None


def _remove(session: Session, row: Mask, flow: Flow) -> None:
    answer = session.get_one(AnswerRow, row.answer_id, populate_existing=True)
    text, hidden = masks.words_of(session, answer), masks.hidden(session, row)
    over = veil(text, [hidden])
    beside = masks.by_answer(session, [answer.id]).get(answer.id, [])
    _from_translations(session, row, over, veil(text, [*beside, hidden]))
    _from_messages(session, answer, over, flow)
    _from_calculations(session, answer, over, flow)
    after = seen(over, behind=False)
    _from_masks(session, row, over, after)
    quotations.follow(session, answer.id, text, after)
    searches.forget_words(session, hidden.words)
    if over.places:
        answer.words = vault_of(session).seal(after.text, WORDS)
    row.words = row.reason = None
    row.start, row.stop = after.masks[0] if over.places else (0, 0)
    session.flush()


def _from_translations(session: Session, row: Mask, over: Veil, all_masks: Veil) -> None:
    """A translation may have the words in other words: it goes whole, unless somebody left them out of it."""
    vault = vault_of(session)
    for one in session.scalars(select(Translation).where(Translation.answer_id == row.answer_id)):
        if one.words is None:
            continue
        words = vault.open(one.words, TRANSLATED)
        free = readable(words, one.at, all_masks, row.at)
        one.words = None if free is None else vault.seal(cover(free, over.echoes(free)), TRANSLATED)


def _from_messages(session: Session, answer: AnswerRow, over: Veil, flow: Flow) -> None:
    """The words go from what told the answer, and from all that repeats them."""
    slot = slot_of(answer.question, answer.instance)
    theirs = MessageRow.interview_id == answer.interview_id
    for message in session.scalars(select(MessageRow).where(theirs)):
        body = body_of(session, message)
        told_it = message.direction == IN and message.slot == slot
        left = covered_line(body, [(over, told_it)], flow.languages)
        if left != body:
            message.body = vault_of(session).seal(left, BODY)


def _from_calculations(session: Session, answer: AnswerRow, over: Veil, flow: Flow) -> None:
    """What was worked out from words holds them in clear."""
    calculated = [one.id for one in flow.questions if one.type == "calculate"]
    rows = session.scalars(
        select(AnswerRow).where(
            AnswerRow.interview_id == answer.interview_id, AnswerRow.question.in_(calculated)
        )
    )
    for row in rows:
        if isinstance(row.value, str):
            row.value = cover(row.value, over.echoes(row.value))


def _from_masks(session: Session, row: Mask, over: Veil, after: Seen) -> None:
    """The other masks of the answer go on lying where they lay; what they kept of the words goes as well."""
    vault = vault_of(session)
    others = select(Mask).where(Mask.answer_id == row.answer_id, Mask.id != row.id)
    for one in session.scalars(others):
        if one.reason is not None:
            reason = vault.open(one.reason, masks.REASON)
            one.reason = vault.seal(cover(reason, over.echoes(reason)), masks.REASON)
        if one.words is None:
            continue
        kept = masks.hidden(session, one)
        place = next(iter(kept.places(over.text)), None)
        moved = after.place(*place) if place and not over.lost else None
        if moved is not None and not kept.settled:
            one.start, one.stop = moved
            one.words = vault.seal(after.text[slice(*moved)], masks.PASSAGE)
        else:
            words = cover(kept.words, over.echoes(kept.words))
            one.words = None if one.lifted_at else vault.seal(words, masks.PASSAGE)

"""An edited message: both versions are kept, and the answer that it gave follows it, if the new words can be used."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from flows import SHIPPED, Flow, Outcome, command
from flows.folding import fold
from flows.talking.care import look_after_edit
from flows.talking.correcting import correct
from flows.talking.standing import outcome_of
from storage import contacts, interviews, lately, messages, saving
from storage.library import Library
from storage.models import Contact, InterviewRow, MessageRow
from storage.replies import queue_reply


def _steers(text: str, flow: Flow) -> bool:
    """Whether the new words are a command or start a flow: an edit commands nothing, and is no answer either."""
    starts = {fold(word) for words in flow.keywords.values() for word in words}
    return text.startswith("/") or command(text, SHIPPED) is not None or fold(text) in starts


@dataclass(frozen=True)
class Edit:
    """A message that changes an earlier one of the same contact; ``message_id`` is the new one's."""

    contact: Contact
    original: MessageRow
    message_id: int
    text: str


def take_edit(session: Session, library: Library, edit: Edit, now: datetime, today: date) -> None:
    """Correct what the original message answered, and say so; or mark an edit that does not fit."""
    if contacts.hear_from(session, edit.contact):
        return
    before = lately.last_version(session, edit.original, edit.message_id)
    found = interviews.answered_by(session, edit.original, library)
    if found is None or _steers(edit.text, found[0].flow):
        return
    interview, slot = found
    turn = correct(interview, slot, before, edit.text, today)
    unfit = Outcome(interviews=(interview,), attention=f"an edit that does not fit {slot}")
    outcome = outcome_of(turn) if turn else unfit
    outcome = look_after_edit(interview, edit.text, today, outcome)
    if outcome.attention:
        messages.call_attention(session, edit.message_id, outcome.attention)
    if outcome.turn is not None or outcome.reply is not None:
        saving.save(session, edit.contact, outcome, library, edit.original.id, now)
    row = session.get_one(InterviewRow, edit.original.interview_id)
    quiet = row.held_by is not None or interviews.is_left(session, edit.contact.id)
    if outcome.reply is not None and not quiet:
        queue_reply(session, edit.contact, outcome.reply, now, edit.original.interview_id)

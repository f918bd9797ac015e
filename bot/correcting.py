"""An edited message: both versions are kept, and the answer that it gave follows it, if the new words can be used."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from bot.replying import queue_reply
from flows import SHIPPED, Flow, command
from flows.folding import fold
from flows.talking.correcting import correct
from flows.talking.standing import outcome_of
from storage import interviews, messages
from storage.library import Library
from storage.models import Contact, MessageRow


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
    if edit.contact.stopped_at is not None:
        return
    before = messages.body_of(session, edit.original)
    found = interviews.answered_by(session, edit.original, before, library)
    if found is None or _steers(edit.text, found[0].flow):
        return
    interview, slot = found
    turn = correct(interview, slot, before, edit.text, today)
    if turn is None:
        messages.call_attention(session, edit.message_id, f"an edit that does not fit {slot}")
        return
    outcome = outcome_of(turn)
    interviews.save(session, edit.contact, outcome, library, edit.original.id, now)
    if turn.reply is not None:
        queue_reply(session, edit.contact, turn.reply, now, edit.original.interview_id)

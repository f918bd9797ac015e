"""An edited message: both versions are kept, and the answer that it gave follows it, if the new words can be used."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from flows import SHIPPED, Flow, Outcome, Reply, command
from flows.folding import fold
from flows.talking.correcting import correct
from storage import interviews, messages
from storage.library import Library
from storage.models import Contact, MessageRow


def _steers(text: str, flow: Flow) -> bool:
    """Whether the new words are a command or start a flow: an edit commands nothing, and is no answer either."""
    starts = {fold(word) for words in flow.keywords.values() for word in words}
    return text.startswith("/") or command(text, SHIPPED) is not None or fold(text) in starts


def take_edit(
    session: Session,
    contact: Contact,
    library: Library,
    original: MessageRow,
    message_id: int,
    text: str,
    now: datetime,
    today: date,
) -> Reply | None:
    """Correct what ``original`` answered; returns what to say of it, None where nothing was changed."""
    if contact.stopped_at is not None:
        return None
    before = messages.body_of(session, original)
    found = interviews.answered_by(session, original, before, library)
    if found is None:
        return None
    interview, slot = found
    if _steers(text, interview.flow):
        return None
    turn = correct(interview, slot, before, text, today)
    if turn is None:
        messages.call_attention(session, message_id, f"an edit that does not fit {slot}")
        return None
    outcome = Outcome(turn.reply, interviews=(turn.interview,), turn=turn)
    interviews.save(session, contact, outcome, library, original.id, now)
    return turn.reply

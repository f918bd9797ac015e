"""A reply on its way: into the outbox, in as many messages as the channel needs."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot.channels import LONGEST, parts
from flows import Reply
from storage import messages, outbox
from storage.messages import Button
from storage.models import Contact


def queue_reply(
    session: Session, contact: Contact, reply: Reply, now: datetime, interview_id: int | None = None
) -> None:
    """Put a reply in the outbox, in as many messages as the channel needs; buttons go with the last."""
    texts = parts(reply.text, LONGEST[contact.channel])
    for place, text in enumerate(texts, 1):
        message_id = messages.write(
            session,
            contact.id,
            contact.channel,
            text,
            now,
            choices=_buttons(reply) if place == len(texts) else (),
            interview_id=interview_id,
        )
        outbox.enqueue_send(session, message_id, contact.id, now)


def _buttons(reply: Reply) -> Sequence[Button]:
    """What a channel may show as buttons: labels, or the one that shares a place."""
    return [{"share_place": reply.share_place}] if reply.share_place else reply.choices

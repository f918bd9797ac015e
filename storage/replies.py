"""A reply on its way: into the outbox, in as many messages as the channel needs. Nothing is sent here."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from flows import Reply
from storage import outbox, outgoing
from storage.messages import Button
from storage.models import Contact

LONGEST = {"sms": 1600, "telegram": 4096, "web": 100_000}  # characters of one message


def queue_reply(
    session: Session,
    contact: Contact,
    reply: Reply,
    now: datetime,
    interview_id: int | None = None,
    kind: str = outbox.SEND,
) -> None:
    """Put a reply in the outbox, in as many messages as the channel needs; buttons go with the last.

    ``kind``: another of outbox.SENDS for what is no answer.
    """
    texts = parts(reply.text, LONGEST[contact.channel])
    for place, text in enumerate(texts, 1):
        message_id = outgoing.write(
            session,
            contact.id,
            contact.channel,
            text,
            now,
            choices=_buttons(reply) if place == len(texts) else (),
            interview_id=interview_id,
        )
        outbox.enqueue_send(session, message_id, contact.id, now, kind, channel=contact.channel)


def _buttons(reply: Reply) -> Sequence[Button]:
    """What a channel may show as buttons: labels, or the one that shares a place."""
    return [{"share_place": reply.share_place}] if reply.share_place else reply.choices


def parts(text: str, longest: int) -> list[str]:
    """``text`` in pieces of at most ``longest`` characters, parted where people part: paragraphs, lines, words."""
    pieces = []
    while len(text) > longest:
        window = text[: longest + 1]
        cuts = (window.rfind(mark) for mark in ("\n\n", "\n", " "))
        cut = next((cut for cut in cuts if cut > longest // 2), longest)
        pieces.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [piece for piece in (*pieces, text) if piece]

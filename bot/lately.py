"""What was said just before makes of a message: a button pressed twice, an old page, a late piece, a machine.

It only judges. What follows from the judgement is decided in ``flows`` and done in ``receive``.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.channels import SMS, WEB, Inbound
from bot.floods import quarantined
from flows import Heard, Overtaken
from flows.folding import fold
from storage import lately
from storage.lately import Recent, words_of
from storage.messages import QUEUED, SENDING, by_sending, sent_order
from storage.models import Contact

LOOKED_BACK = 48  # messages
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MOST_REPLIES = 20  # of ours within a minute: a person cannot read more
SAME_IN_A_ROW = 3  # the same words so often before, and not understood: nobody reads our answers
LONG_WORDS = 24  # letters; so long a text is not said again and again by choice
SHORTEST_NUMBER = 7  # digits; a shorter sender is a service of the carrier, a name is a company
OF_WHATSAPP = re.compile(r"whatsapp:[A-Z]{2}\.\w+")  # who shows a name there in place of a number
TOO_MANY = "too many messages in a minute"
MACHINE = re.compile(
    r"\W*((auto(mated|matic)?[ -]?(reply|response|message)|respuesta autom\w*|"
    r"mensaje autom\w*)\s*([:.!\])-]|$)|out of office|this is an automated|"
    r"(please )?do not reply to this (message|e-?mail|number)\W*$|"
    r"this (number|mailbox) is not monitored\W*$)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Judgement:
    """What a message is in the light of those before it. ``hush``: why it is not answered, or ""."""

    stale: bool = False
    repeated: bool = False
    joins: str | None = None
    overtaken: Overtaken | None = None
    adding: bool = False
    hush: str = ""


def judge(
    session: Session, contact: Contact, inbound: Inbound, message_id: int, now: datetime
) -> Judgement:
    """Judge a message of a contact by those before it; one query."""
    recent = lately.before(session, contact.id, message_id, LOOKED_BACK)
    theirs = [one for one in recent if one.inbound]
    ours = [one for one in recent if not one.inbound]
    return Judgement(
        stale=inbound.seen is not None and bool(recent) and inbound.seen < recent[0].id,
        repeated=_is_repeated(session, inbound, theirs, ours),
        joins=_album(inbound, theirs),
        overtaken=_overtaken(session, inbound, theirs),
        adding=bool(theirs) and theirs[0].heard == Heard.UNASKED,
        hush=_machine(inbound)
        or quarantined(session, contact, message_id, recent, now)
        or _loop(session, inbound, theirs, ours, now),
    )


def _is_repeated(
    session: Session, inbound: Inbound, theirs: list[Recent], ours: list[Recent]
) -> bool:
    """Whether the contact had not seen our last message yet, and pressed the same again, or a button of the one before.

    Other words are taken in their order: who knows the survey may be quick.
    """
    if not theirs or not ours or inbound.channel == WEB or inbound.media or not inbound.text:
        return False
    if ours[0].id < theirs[0].id or _has_seen(inbound, ours[0]):
        return False  # nothing was said since, or it was read
    earlier = next((one.choices for one in ours if one.id < theirs[0].id), ())
    if inbound.text in earlier:
        return True
    return fold(inbound.text) == fold(words_of(session, theirs[0]))


def _has_seen(inbound: Inbound, ours: Recent) -> bool:
    """Whether our message was out when the contact sent this one; by the provider's log or clock, where it has one."""
    if inbound.answered:
        return True
    if ours.status in (QUEUED, SENDING):
        return False
    if inbound.sent_at is None or ours.sent_at is None:
        return True
    return inbound.sent_at >= ours.sent_at


def _album(inbound: Inbound, theirs: list[Recent]) -> str | None:
    """Where the other files of its album went; "" where they answered nothing, None for the first."""
    if inbound.album is None:
        return None
    return next((one.slot or "" for one in theirs if one.album == inbound.album), None)


def _overtaken(session: Session, inbound: Inbound, theirs: list[Recent]) -> Overtaken | None:
    """The messages that the contact sent after this one, and that came before it."""
    if inbound.sent_at is None:
        return None
    said = sent_order(inbound.sent_at, inbound.provider_ref)
    later = [one for one in theirs if one.sent_at and by_sending(one)[:2] > said]
    later.sort(key=by_sending)
    slot = next((one.slot for one in later), None)
    if slot is None:
        return None
    return Overtaken(slot, tuple(words_of(session, one) for one in later if one.slot == slot))


def _machine(inbound: Inbound) -> str:
    """Why the sender is no person; "" for all we know it is."""
    if inbound.channel == SMS and not OF_WHATSAPP.fullmatch(inbound.address):
        number = inbound.address.partition(":")[2] or inbound.address
        if not number.startswith("+") and not (number.isdigit() and len(number) >= SHORTEST_NUMBER):
            return "from a short code or a company"
    return "an automatic reply" if MACHINE.match(inbound.text) else ""


def _loop(
    session: Session, inbound: Inbound, theirs: list[Recent], ours: list[Recent], now: datetime
) -> str:
    """Why we should not go on answering: our words come back, or the same comes again and again, or far too much."""
    said = fold(inbound.text)
    if inbound.channel == WEB or not said:
        return ""
    if len(said) > LONG_WORDS and ours and said == fold(words_of(session, ours[0])):
        return "our own words came back"
    row = [one for one in theirs[:SAME_IN_A_ROW] if now - one.at < HOUR]
    same = len(row) == SAME_IN_A_ROW and all(fold(words_of(session, one)) == said for one in row)
    understood = any(one.heard in (Heard.ANSWER, Heard.STEER) for one in row)
    if same and (len(said) > LONG_WORDS or not understood):
        return "the same words again and again"
    still = bool(theirs) and theirs[0].attention == TOO_MANY and now - theirs[0].at < MINUTE
    many = sum(now - one.at < MINUTE for one in ours) - MOST_REPLIES
    if still or (many >= 0 and many >= _forward(session, theirs, now)):
        return TOO_MANY  # until there is a minute's quiet
    return ""


def _forward(session: Session, theirs: list[Recent], now: datetime) -> int:
    """How many of the last minute's messages moved on: what follows from them ends by itself, for the questions do.

    An answer does, and a word that steers if it left a question out for good; to and fro does not.
    """
    recent = [one for one in theirs if now - one.at < MINUTE]
    answers = sum(one.heard == Heard.ANSWER for one in recent)
    return answers + lately.left_out(session, [one for one in recent if one.heard == Heard.STEER])

"""Sends of which nobody has told how they ended: a connection cut, a process that died. They are looked up first.

A provider that keeps no log cannot be asked; there the message goes out once more, for at least once is promised.
"""

import logging
from datetime import timedelta

from bot.channels import Sent, TellsSent
from bot.faults import BUG
from bot.letters import Letter
from bot.services import Services
from storage import messages, outgoing
from storage.models import MessageRow

log = logging.getLogger(__name__)

UNTOLD = "whoever had it in hand has not told what became of it"
SKEW = timedelta(minutes=5)  # between the provider's clock and ours


def doubt_about(services: Services, message: MessageRow) -> str:
    """Why nobody knows whether an earlier try has reached the provider; empty where there is no doubt.

    Asked before the message is stamped as sending. The message knows it, and not its job: what was taken out of the
    outbox and queued again has a new one.
    """
    channel: object = services.channels.get(message.channel)
    reason = message.error or ""
    if channel is None:  # nobody here can tell what the reason means
        return UNTOLD if message.status == messages.SENDING else reason
    if not isinstance(channel, TellsSent):
        return ""
    if message.status == messages.SENDING:
        return UNTOLD
    return reason if reason.startswith((UNTOLD, BUG)) or channel.is_unsure(reason) else ""


def look_up(services: Services, channel: TellsSent, letter: Letter) -> Sent | None:
    """The message as the provider took it; None when it did not. Raises SendFailed when it cannot be asked.

    What we know under its name already is another message with the same words; or this one, of which whoever sent it
    has told meanwhile.
    """
    found = channel.sent_since(letter.address, letter.text, letter.written_at - SKEW)
    with services.database.reading() as session:
        names = [one.provider_id for one in found]
        known = outgoing.known(session, names, but=letter.message_id)
    unknown = [one for one in found if one.provider_id not in known]
    if unknown:
        log.info("a message of which nobody had told was found in the provider's log")
    return next(iter(unknown), None)

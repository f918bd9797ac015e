"""Clearing at Twilio what is safe with us: files, and the words of messages, as far as ``TWILIO_DELETE`` wants it.

Each is a job of the outbox, that runs again until Twilio has done it. Telegram keeps what it has: its bots cannot
take files away.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.channels import SMS, Inbound, Progress
from bot.settings import Settings
from storage import outbox
from storage.messages import DELIVERED, FAILED, UNDELIVERED

FINAL = timedelta(days=1)  # after which a message that Twilio has taken changes no more


def clears_files(settings: Settings) -> bool:
    """Whether files are to be cleared."""
    return settings.twilio is not None and settings.twilio.delete in ("media", "all")


def clears_words(settings: Settings) -> bool:
    """Whether words are to be cleared."""
    return settings.twilio is not None and settings.twilio.delete == "all"


def wants(settings: Settings, target: str) -> bool:
    """Whether ``target``, account/message or account/message/file, is to be cleared."""
    return clears_files(settings) if target.count("/") > 1 else clears_words(settings)


def clear_file(session: Session, settings: Settings, target: str | None, now: datetime) -> None:
    """Have a file cleared that is kept, or refused."""
    if target is not None and clears_files(settings):
        outbox.enqueue_away(session, outbox.CLEAR, target, now)


def clear_inbound(session: Session, settings: Settings, inbound: Inbound, now: datetime) -> None:
    """Have the words cleared of a message that came in, and is kept."""
    if target := _words(settings, inbound.channel, inbound.provider_id):
        outbox.enqueue_away(session, outbox.CLEAR, target, now)


def clear_outbound(
    session: Session, settings: Settings, channel: str, provider_id: str, now: datetime
) -> None:
    """Have the words cleared of a message that went out, once it is final."""
    if target := _words(settings, channel, provider_id):
        outbox.enqueue_away(session, outbox.CLEAR, target, now, now + FINAL)


def hasten(session: Session, settings: Settings, progress: Progress, now: datetime) -> None:
    """Twilio tells that a message is final: its words need not wait."""
    target = _words(settings, SMS, progress.provider_id)
    if target and progress.status in (DELIVERED, UNDELIVERED, FAILED):
        outbox.hasten(session, outbox.CLEAR, target, now)


def _words(settings: Settings, channel: str, provider_id: str) -> str | None:
    """What the words of a message are cleared by; None where they are to stay."""
    if settings.twilio is None or channel != SMS or not clears_words(settings):
        return None
    return f"{settings.twilio.account_sid}/{provider_id}"

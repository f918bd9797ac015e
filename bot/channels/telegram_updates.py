"""Telegram, inbound: an update, brought by webhook or fetched, to what it is to us. By python-telegram-bot's types."""

import hmac
import json
import logging
from dataclasses import replace
from typing import Any

from flask import Request
from telegram import ChatMember, Message, PhotoSize, Update

from bot.channels import TELEGRAM, Blocking, Inbound, Malformed, Rejected, well_formed
from bot.settings.providers import TelegramSettings
from storage import sources

log = logging.getLogger(__name__)

UPDATES = ["message", "edited_message", "my_chat_member"]
FILES = ("photo", "voice", "video", "video_note", "audio", "animation", "document", "sticker")
PLACES = ("location", "venue")  # words too, for a question that asks for a place
OTHERS = ("contact", "poll", "dice", "game", "story")
ESSENTIAL = ("message_id", "media_group_id", "date", "edit_date", "chat", "from", "text", "caption")
UNREADABLE = (
    TypeError,
    KeyError,
    ValueError,
    AttributeError,
    OverflowError,
    OSError,
    RecursionError,
)


def verify(request: Request, settings: TelegramSettings | None) -> None:
    """Raise Rejected unless the request carries our secret; compared in constant time."""
    given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
    if settings is None or not settings.secret:
        raise Rejected("no secret is set")
    if not hmac.compare_digest(given.encode("latin-1", "replace"), settings.secret.encode()):
        raise Rejected("wrong secret")


def parse(request: Request, settings: TelegramSettings | None) -> Inbound | Blocking | None:
    """What a webhook brings; None for what is not for us. Raises Rejected or Malformed."""
    verify(request, settings)
    try:
        data = json.loads(request.get_data())
    except (ValueError, RecursionError):
        raise Malformed("the body is not JSON") from None
    if not isinstance(data, dict) or not _is_id(data.get("update_id")):
        raise Malformed("the body is not an update")
    return read_update(data)


def read_update(data: dict[str, Any]) -> Inbound | Blocking | None:
    """What an update of Telegram brings; None for the kinds that are not for us.

    It never raises: an update that is refused comes back, and holds up its chat for a day. Where something beside a
    person's words cannot be read, the words are kept and the rest is noted by its kind.
    """
    for readable in (data, _bare(data)):
        try:
            return _read(
                Update.de_json(readable, None), _kinds(data) if readable is not data else ()
            )
        except UNREADABLE:
            continue
    log.warning("update %s cannot be read", data["update_id"])
    return None


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


def _bare(data: dict[str, Any]) -> dict[str, Any]:
    """The update with only what a message cannot do without."""
    bare: dict[str, Any] = {"update_id": data["update_id"]}
    for kind in ("message", "edited_message"):
        if isinstance(message := data.get(kind), dict):
            bare[kind] = {key: message[key] for key in ESSENTIAL if key in message}
    return bare


def _kinds(data: dict[str, Any]) -> tuple[str, ...]:
    """What else came with the message."""
    message = data.get("message") or data.get("edited_message")
    return tuple(
        kind
        for kind in (*FILES, *OTHERS, *PLACES)
        if isinstance(message, dict) and message.get(kind)
    )


def _read(update: Update, unread: tuple[str, ...]) -> Inbound | Blocking | None:
    if member := update.my_chat_member:
        if member.chat.type != member.chat.PRIVATE:
            return None
        blocked = member.new_chat_member.status in (ChatMember.BANNED, ChatMember.LEFT)
        return Blocking(TELEGRAM, str(member.chat.id), blocked)
    message = update.message or update.edited_message
    if message is None or message.chat.type != message.chat.PRIVATE:
        return None
    if message.from_user is None or message.from_user.is_bot or not _is_id(message.message_id):
        return None
    inbound = _inbound(update.update_id, message, edited=update.edited_message is not None)
    noted = tuple({"kind": kind, "content_type": kind} for kind in unread)
    return replace(inbound, media=inbound.media + noted)


def _inbound(update_id: int, message: Message, *, edited: bool) -> Inbound:
    text = well_formed(message.text or message.caption or _place(message))
    word, _, rest = text.partition(" ")
    begin = word.partition("@")[0] == "/start" and not edited
    flow, source = sources.unmarked(rest.strip()) if begin else ("", None)
    spoken = message.from_user.language_code if message.from_user else None
    return Inbound(
        channel=TELEGRAM,
        provider_id=str(update_id),
        address=str(message.chat.id),
        text=text,
        sent_at=message.edit_date if edited else message.date,
        provider_ref=str(message.message_id),
        edits=str(message.message_id) if edited else None,
        media=_media(message),
        album=message.media_group_id,
        begin=begin,
        flow=flow or None,
        language=spoken.split("-")[0].lower() if spoken else None,
        source=source,
    )


def _place(message: Message) -> str:
    """A shared place as words: its name and address, its latitude and longitude; "" when none came."""
    if message.location is None:
        return ""
    named = [message.venue.title, message.venue.address] if message.venue else []
    point = f"{message.location.latitude:.6f}, {message.location.longitude:.6f}"
    return "\n".join([*named, point])


def _media(message: Message) -> tuple[dict[str, str], ...]:
    """What came with the message: its kind, and where Telegram keeps the file."""
    found = []
    for kind in FILES:
        file = getattr(message, kind, None)
        file = max(file, key=_points) if kind == "photo" and file else file
        if file and not (kind == "document" and message.animation):  # an animation comes as both
            given = "image/jpeg" if kind == "photo" else getattr(file, "mime_type", None)
            known = {"file_id": file.file_id, "unique": file.file_unique_id}
            found.append({"kind": kind, "content_type": given or kind, **known})
    others = [kind for kind in OTHERS if getattr(message, kind, None)]
    others += ["place"] if message.location else []
    return tuple(found + [{"kind": kind, "content_type": kind} for kind in others])


def _points(size: PhotoSize) -> int:
    return size.width * size.height

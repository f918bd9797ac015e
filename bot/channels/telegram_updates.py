"""Telegram, inbound: an update, brought by webhook or fetched, to what it is to us.

Of the hundred things that an update may hold a dozen are read, as JSON has them: python-telegram-bot makes objects of
all, which takes a tenth of a message's time, and one that it cannot read hides the others. A test compares the two.
"""

import hmac
import json
import logging
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Request

from bot.channels import TELEGRAM, Blocking, Inbound, Malformed, Rejected, well_formed
from bot.settings.providers import TelegramSettings
from storage import sources

log = logging.getLogger(__name__)

UPDATES = ["message", "edited_message", "my_chat_member"]
FILES = ("photo", "voice", "video", "video_note", "audio", "animation", "document", "sticker")
OTHERS = ("contact", "poll", "dice", "game", "story")
PRIVATE = "private"  # a chat with one person, as Telegram has it
AWAY = ("kicked", "left")  # who has blocked us
UNREADABLE = (TypeError, KeyError, ValueError, AttributeError, OverflowError, OSError)


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
    try:
        return _read(data)
    except UNREADABLE:
        log.warning("update %s cannot be read", data["update_id"])
        return None


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


def _read(update: Mapping[str, Any]) -> Inbound | Blocking | None:
    if member := update.get("my_chat_member"):
        if member["chat"]["type"] != PRIVATE:
            return None
        return Blocking(TELEGRAM, _address(member), member["new_chat_member"]["status"] in AWAY)
    message = update.get("message") or update.get("edited_message")
    if not message or message["chat"]["type"] != PRIVATE:
        return None
    sender = message.get("from")
    if not sender or sender["is_bot"] or not _is_id(message["message_id"]):
        return None
    return _inbound(str(update["update_id"]), message, edited=not update.get("message"))


def _inbound(provider_id: str, message: Mapping[str, Any], *, edited: bool) -> Inbound:
    text = well_formed(message.get("text") or message.get("caption") or _place(message))
    word, _, rest = text.partition(" ")
    begin = word.partition("@")[0] == "/start" and not edited
    flow, source = sources.unmarked(rest.strip()) if begin else ("", None)
    spoken, album = message["from"].get("language_code"), message.get("media_group_id")
    number = str(message["message_id"])
    at = message.get("edit_date") if edited else message["date"]
    return Inbound(
        channel=TELEGRAM,
        provider_id=provider_id,
        address=_address(message),
        text=text,
        sent_at=None if at is None else datetime.fromtimestamp(at, UTC),
        provider_ref=number,
        edits=number if edited else None,
        media=tuple(_media(message)),
        album=well_formed(album) if album else None,
        begin=begin,
        flow=flow or None,
        language=spoken.split("-")[0].lower() if spoken else None,
        source=source,
    )


def _address(told: Mapping[str, Any]) -> str:
    """The number of the chat; it may be larger than sixty-four bits."""
    return f"{told['chat']['id']:d}"


def _place(message: Mapping[str, Any]) -> str:
    """A shared place as words: its name and address, its latitude and longitude; "" when none came."""
    place, venue = message.get("location"), message.get("venue")
    try:
        named = [f"{venue['title']:s}", f"{venue['address']:s}"] if venue else []
        point = f"{place['latitude']:.6f}, {place['longitude']:.6f}" if place else ""
    except UNREADABLE:
        return ""
    return "\n".join([*named, point]) if point else ""


def _media(message: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """What came with the message: its kind, and where Telegram keeps the file."""
    for kind in FILES:
        file = message.get(kind)
        if file and not (kind == "document" and message.get("animation")):  # which comes as both
            yield {"kind": kind, "content_type": kind, **_file(kind, file)}
    for kind in OTHERS:
        if message.get(kind):
            yield {"kind": kind, "content_type": kind}
    if message.get("location"):
        yield {"kind": "place", "content_type": "place"}


def _file(kind: str, file: Any) -> dict[str, str]:
    """The file by its type and its names, of a photo the largest size; nothing where that cannot be read."""
    try:
        file = max(file, key=_points) if kind == "photo" else file
        known = {"file_id": f"{file['file_id']:s}", "unique": f"{file['file_unique_id']:s}"}
        content_type = "image/jpeg" if kind == "photo" else f"{file.get('mime_type') or kind:s}"
    except UNREADABLE:
        return {}
    return {"content_type": content_type, **known}


def _points(size: Mapping[str, int]) -> int:
    return size["width"] * size["height"]

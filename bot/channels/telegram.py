"""Telegram: updates in, by webhook or by polling; the Bot API out, by python-telegram-bot's own types and Bot.

Its Application and ConversationHandler are left alone: they would be a second engine, with its state in memory.
"""

import asyncio
import hmac
import json
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from flask import Request
from telegram import Bot, ChatMember, Message, ReplyKeyboardMarkup, ReplyKeyboardRemove, Update
from telegram import error as telegram_error
from telegram.request import HTTPXRequest

from bot.channels import (
    TELEGRAM,
    Blocking,
    Inbound,
    Malformed,
    Rejected,
    SendFailed,
    Sent,
    well_formed,
)
from bot.settings import TelegramSettings
from storage.contacts import BY_BLOCKING

TIMEOUT = 10.0  # seconds
CONNECTIONS = 16
UPDATES = ["message", "edited_message", "my_chat_member"]
FILES = ("photo", "voice", "video", "video_note", "audio", "animation", "document", "sticker")
OTHERS = ("location", "venue", "contact", "poll", "dice", "story")
GONE = ("blocked", "deactivated", "kicked", "chat not found", "user not found")

Result = TypeVar("Result")


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
    if not isinstance(data, dict) or not isinstance(data.get("update_id"), int):
        raise Malformed("the body is not an update")
    update = _update(data)
    return read_update(update) if update else None


def _update(data: dict[str, Any]) -> Update | None:
    """Telegram's JSON as an Update; None for what cannot be read: refusing it would only bring it back."""
    try:
        return Update.de_json(data, None)
    except (TypeError, KeyError, ValueError, AttributeError, OverflowError, OSError):
        return None


def read_update(update: Update) -> Inbound | Blocking | None:
    """What an update brings; None for the kinds that are not for us."""
    if member := update.my_chat_member:
        if member.chat.type != member.chat.PRIVATE:
            return None
        blocked = member.new_chat_member.status in (ChatMember.BANNED, ChatMember.LEFT)
        return Blocking(TELEGRAM, str(member.chat.id), blocked)
    message = update.message or update.edited_message
    if message is None or message.chat.type != message.chat.PRIVATE:
        return None
    if message.from_user is None or message.from_user.is_bot:
        return None
    return _inbound(update.update_id, message, edited=update.edited_message is not None)


def _inbound(update_id: int, message: Message, *, edited: bool) -> Inbound:
    text = well_formed(message.text or message.caption or "")
    word, _, rest = text.partition(" ")
    begin = word == "/start" and not edited
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
        begin=begin,
        flow=rest.strip() or None if begin else None,
        language=spoken.split("-")[0].lower() if spoken else None,
    )


def _media(message: Message) -> tuple[dict[str, str], ...]:
    """What came with the message: its kind, and where Telegram keeps the file."""
    found = []
    for kind in FILES:
        file = getattr(message, kind, None)
        file = file[-1] if kind == "photo" and file else file
        if file:
            given = "image/jpeg" if kind == "photo" else getattr(file, "mime_type", None)
            found.append({"kind": kind, "content_type": given or kind, "file_id": file.file_id})
    found += [
        {"kind": kind, "content_type": kind} for kind in OTHERS if getattr(message, kind, None)
    ]
    return tuple(found)


class _Loop:
    """One event loop in one thread: the Bot's connections live in it, whoever calls."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="telegram", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, Result], timeout: float) -> Result:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(timeout)
        except TimeoutError:
            future.cancel()
            raise telegram_error.TimedOut from None

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class TelegramChannel:
    """Sends by the Bot API; choices are a reply keyboard, so that a press is an ordinary message."""

    def __init__(self, settings: TelegramSettings) -> None:
        self._loop = _Loop()
        self._http = HTTPXRequest(
            connection_pool_size=CONNECTIONS,
            connect_timeout=TIMEOUT / 2,
            read_timeout=TIMEOUT / 2,
            write_timeout=TIMEOUT / 2,
            pool_timeout=TIMEOUT / 2,
        )
        self._loop.run(self._http.initialize(), TIMEOUT)
        self.bot = Bot(
            settings.token,
            base_url=f"{settings.api_url}/bot",
            base_file_url=f"{settings.api_url}/file/bot",
            request=self._http,
        )

    def run(self, work: Coroutine[Any, Any, Result], timeout: float = TIMEOUT * 2) -> Result:
        """Wait for one of the Bot's methods."""
        return self._loop.run(work, timeout)

    def send(self, address: str, text: str, choices: list[str], message_id: int) -> Sent:
        keyboard = (
            ReplyKeyboardMarkup(
                [[label] for label in choices], resize_keyboard=True, one_time_keyboard=True
            )
            if choices
            else ReplyKeyboardRemove()
        )
        try:
            message = self.run(self.bot.send_message(int(address), text, reply_markup=keyboard))
        except telegram_error.RetryAfter as error:
            wait = error.retry_after
            seconds = wait if isinstance(wait, int) else wait.total_seconds()
            raise SendFailed("Telegram 429", permanent=False, retry_after=seconds) from None
        except (telegram_error.Forbidden, telegram_error.BadRequest) as error:
            gone = any(sign in error.message.lower() for sign in GONE)
            reason = f"Telegram: {type(error).__name__}" + (" (contact has gone)" if gone else "")
            ends = BY_BLOCKING if gone else None
            raise SendFailed(reason, permanent=True, ends_messaging=ends) from None
        except telegram_error.TelegramError as error:
            raise SendFailed(f"Telegram: {type(error).__name__}", permanent=False) from None
        return Sent(str(message.message_id))

    def close(self) -> None:
        self._loop.run(self._http.shutdown(), TIMEOUT)
        self._loop.close()

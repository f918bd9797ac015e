"""Telegram, outbound and polling: the Bot API by python-telegram-bot's own Bot.

Its Application and ConversationHandler are left alone: they would be a second engine, with its state in memory.
"""

import json
import logging
import os
from collections.abc import Coroutine, Mapping
from typing import Any
from urllib.parse import urlencode

from telegram import Bot, KeyboardButton, ReplyKeyboardMarkup, ReplyKeyboardRemove
from telegram import error as telegram_error

from bot.channels import (
    Ending,
    SendFailed,
    Sent,
)
from bot.channels.telegram_http import BlockingRequest, Result, finish
from bot.channels.telegram_updates import UPDATES
from bot.media.fetching import FetchFailed, TooLarge, fetch, new_client
from bot.settings.providers import TelegramSettings
from storage.messages import Button
from storage.suppressions import BY_BLOCKING

log = logging.getLogger(__name__)
os.environ.setdefault(
    "PTB_TIMEDELTA", "true"
)  # the library's own switch: pauses as timedelta, as it will be

TIMEOUT = 5.0  # seconds to connect, and without a sign of life
MOST_BYTES = 20 * 1024 * 1024  # of a file that a bot may get
GONE = ("blocked", "deactivated", "kicked", "chat not found", "user not found")


def seconds(error: telegram_error.RetryAfter) -> float:
    """How long Telegram asks us to wait."""
    wait = error.retry_after
    return wait if isinstance(wait, int) else wait.total_seconds()


def _button(choice: Button) -> str | KeyboardButton:
    """A label to press, or the button that sends where the contact is."""
    if isinstance(choice, str):
        return choice
    return KeyboardButton(choice["share_place"], request_location=True)


class TelegramChannel:
    """Sends by the Bot API; choices are a reply keyboard, so that a press is an ordinary message."""

    def __init__(self, settings: TelegramSettings) -> None:
        self._http = BlockingRequest(TIMEOUT)
        self.bot = Bot(
            settings.token,
            base_url=f"{settings.api_url}/bot",
            base_file_url=f"{settings.api_url}/file/bot",
            request=self._http,
            get_updates_request=self._http,
        )
        self._files = new_client()
        self._files_url = f"{settings.api_url}/file/bot{settings.token}/"
        self._fetch_url = f"{settings.api_url}/bot{settings.token}/getUpdates"

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """What one of the Bot's methods returns."""
        return finish(work)

    def fetch(self, offset: int, wait: int) -> list[dict[str, Any]]:
        """Updates from ``offset`` on, as Telegram writes them; waits up to ``wait`` seconds for the first.

        The Bot's own method would parse them all together, and one that it cannot read would hide the others.
        """
        asked = {"offset": offset, "timeout": wait, "allowed_updates": json.dumps(UPDATES)}
        url = f"{self._fetch_url}?{urlencode(asked)}"
        found = self.run(self._http.post(url, read_timeout=wait + 2 * TIMEOUT))
        return found if isinstance(found, list) else []

    def send(self, address: str, text: str, choices: list[Button], message_id: int) -> Sent:
        keyboard = (
            ReplyKeyboardMarkup(
                [[_button(choice)] for choice in choices],
                resize_keyboard=True,
                one_time_keyboard=True,
            )
            if choices
            else ReplyKeyboardRemove()
        )
        try:
            message = self.run(self.bot.send_message(int(address), text, reply_markup=keyboard))
        except telegram_error.RetryAfter as error:
            wait = seconds(error)
            raise SendFailed("Telegram 429", permanent=False, retry_after=wait, busy=True) from None
        except (telegram_error.Forbidden, telegram_error.BadRequest) as error:
            gone = any(sign in error.message.lower() for sign in GONE)
            reason = f"Telegram: {type(error).__name__}" + (" (contact has gone)" if gone else "")
            ending = Ending(BY_BLOCKING) if gone else None
            raise SendFailed(reason, permanent=True, ending=ending) from None
        except telegram_error.TelegramError as error:
            raise SendFailed(f"Telegram: {type(error).__name__}", permanent=False) from None
        return Sent(str(message.message_id), at=message.date)

    def fetch_file(self, item: Mapping[str, Any], most: int) -> bytes:
        """A file, by the id that its update named. Its address holds our token, and is written down nowhere."""
        try:
            found = self.run(self.bot.get_file(str(item.get("file_id", ""))))
        except telegram_error.RetryAfter as error:
            raise FetchFailed("Telegram 429", retry_after=seconds(error)) from None
        except telegram_error.BadRequest as error:
            if "too big" in error.message.lower():
                raise TooLarge(MOST_BYTES) from None
            raise FetchFailed("Telegram: BadRequest", permanent=True) from None
        except telegram_error.TelegramError as error:
            raise FetchFailed(f"Telegram: {type(error).__name__}") from None
        address = found.file_path or ""
        if not address.startswith(self._files_url):
            raise FetchFailed("not an address of Telegram's")
        return fetch(self._files, address, most)

    def close(self) -> None:
        self._files.close()
        self._http.close()

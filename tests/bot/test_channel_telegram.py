"""What Telegram sends is read as a message, a blocking or nothing for us: each payload says which."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from flask import Request
from hypothesis import given
from hypothesis import strategies as st
from telegram import Update
from werkzeug.test import EnvironBuilder

from bot.channels import Blocking, Inbound, Malformed, well_formed
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_updates import parse
from bot.settings.providers import TelegramSettings
from tests.bot.conftest import SECRET
from tests.support.providers import TelegramServer

PAYLOADS = sorted((Path(__file__).parents[1] / "payloads" / "telegram").glob("*.json"))
BARE = asdict(Inbound(channel="", provider_id="", address="", text=""))
SETTINGS = TelegramSettings(TelegramServer.TOKEN, SECRET, "https://api.telegram.org")


def read(body: bytes) -> Inbound | Blocking | None:
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    builder = EnvironBuilder(
        "/webhooks/telegram",
        method="POST",
        data=body,
        headers=headers,
        content_type="application/json",
    )
    return parse(Request(builder.get_environ()), SETTINGS)


def told(event: Inbound | Blocking | None) -> dict[str, Any] | None:
    """The fields that say something, as JSON has them."""
    if event is None:
        return None
    if isinstance(event, Blocking):
        return {"blocking": asdict(event)}
    fields = {name: value for name, value in asdict(event).items() if value != BARE[name]}
    fields["text"] = event.text
    if event.sent_at:
        fields["sent_at"] = event.sent_at.isoformat()
    return {"inbound": json.loads(json.dumps(fields))}


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: path.stem)
def test_an_update_of_telegram_means_what_it_says(path: Path) -> None:
    payload = json.loads(path.read_text(encoding="utf-8"))
    body = json.dumps(payload["body"]).encode()
    if payload["expected"] == {"refusal": "Malformed"}:
        with pytest.raises(Malformed):
            read(body)
    else:
        assert told(read(body)) == payload["expected"], payload["label"]


@pytest.mark.parametrize(
    "body",
    [b"", b" ", b"{", b"update_id=1", b"\xff\xfe", b'{"update_id": 1', b"[" * 200_000, b"9" * 9000],
    ids=["empty", "space", "open", "form", "bytes", "cut", "deep", "endless-number"],
)
def test_what_is_not_json_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        read(body)


@pytest.mark.parametrize("depth", [10, 100, 400])
@pytest.mark.parametrize("key", ["reply_to_message", "pinned_message", "anything"])
def test_a_message_however_deep_is_kept_or_passed_over(key: str, depth: int) -> None:
    message = {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}, "text": "hi"}
    inner: dict[str, Any] = message
    for _ in range(depth):
        inner = {**message, key: inner}
    outer = {**inner, "from": {"id": 5, "is_bot": False, "first_name": "R"}}
    event = read(json.dumps({"update_id": 1, "message": outer}).encode())
    assert event is None or (isinstance(event, Inbound) and event.text == "hi")


def test_an_edited_message_without_the_date_of_its_edit_is_kept() -> None:
    """The Bot API calls that date optional."""
    sender, chat = {"id": 5, "is_bot": False, "first_name": "R"}, {"id": 5, "type": "private"}
    message = {"message_id": 1, "date": 1, "chat": chat, "from": sender, "text": "hi"}
    event = read(json.dumps({"update_id": 1, "edited_message": message}).encode())
    assert isinstance(event, Inbound)
    assert (event.text, event.edits, event.sent_at) == ("hi", "1", None)


SIZES = st.fixed_dictionaries(
    {"file_id": st.text(min_size=1), "file_unique_id": st.text(min_size=1)}
    | {"width": st.integers(1, 4000), "height": st.integers(1, 4000)}
)
MESSAGES = st.fixed_dictionaries(
    {
        "message_id": st.integers(1, 2**53),
        "date": st.integers(1, 2**31),
        "edit_date": st.integers(1, 2**31),
        "chat": st.fixed_dictionaries(
            {"id": st.integers(1, 2**53), "type": st.sampled_from(["private", "private", "group"])}
        ),
        "from": st.fixed_dictionaries(
            {"id": st.integers(1), "is_bot": st.booleans(), "first_name": st.text()},
            optional={"language_code": st.sampled_from(["en", "es-MX", "pt-br"])},
        ),
    },
    optional={
        "text": st.text(),
        "caption": st.text(),
        "photo": st.lists(SIZES, max_size=3),
        "media_group_id": st.text(),
        "location": st.fixed_dictionaries(
            {"latitude": st.floats(-90, 90), "longitude": st.floats(-180, 180)}
        ),
    },
)


@given(MESSAGES, st.sampled_from(["message", "edited_message"]))
def test_what_is_read_is_what_python_telegram_bot_reads(message: dict[str, Any], kind: str) -> None:
    body = {"update_id": 1, kind: message}
    event, theirs = read(json.dumps(body).encode()), Update.de_json(body, None).effective_message
    assert theirs is not None
    assert theirs.from_user is not None
    if theirs.chat.type != "private" or theirs.from_user.is_bot:
        assert event is None
        return
    assert isinstance(event, Inbound)
    assert (event.address, event.provider_ref) == (str(theirs.chat.id), str(theirs.message_id))
    assert event.sent_at == (theirs.date if kind == "message" else theirs.edit_date)
    assert (event.edits is None) == (kind == "message")
    words = theirs.text or theirs.caption
    assert event.text == well_formed(words) if words else bool(event.text) == bool(theirs.location)
    assert event.album == (theirs.media_group_id or None)
    assert event.language == ((theirs.from_user.language_code or "")[:2] or None)
    largest = {one.width * one.height: one for one in reversed(theirs.photo)}
    named = [one["file_id"] for one in event.media if one["kind"] == "photo"]
    assert named == [largest[max(largest)].file_id for _ in theirs.photo[:1]]
    assert ("place" in {one["kind"] for one in event.media}) == bool(theirs.location)


def test_choices_are_a_keyboard_and_a_message_without_them_takes_it_away(
    telegram: TelegramServer,
) -> None:
    channel = TelegramChannel(TelegramSettings(telegram.TOKEN, SECRET, telegram.url))
    sent = channel.send("55501", "May we?", ["Yes", "No"], 7)
    channel.send("55501", "Thank you", [], 8)
    channel.close()

    assert sent.provider_id == "1000"
    assert [message["chat_id"] for message in telegram.sent] == [55501, 55501] or [
        message["chat_id"] for message in telegram.sent
    ] == ["55501", "55501"]
    asked, thanked = (json.loads(message["reply_markup"]) for message in telegram.sent)
    assert [[key["text"] for key in row] for row in asked["keyboard"]] == [["Yes"], ["No"]]
    assert thanked == {"remove_keyboard": True}

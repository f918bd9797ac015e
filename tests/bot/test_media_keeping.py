"""Photos, voices and films that come with messages are fetched after the answer, kept sealed, and copied clean."""

import hashlib
import io
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import delete

from storage import keeping
from storage.models import Attachment, Job, MessageRow
from tests.bot.conftest import ON_SQLITE, RESIDENT, Service
from tests.support import media
from tests.support.kept import content, folder, stored
from tests.support.media import NAME
from tests.support.providers import TelegramServer, TwilioServer

FLOW = """
flow: street
title: Our street
languages: [en, es]
keywords: {en: [STREET], es: [CALLE]}
contact: {en: The testers}
consent: {label: {en: May we?, es: ¿Podemos?}, declined: {en: Good bye.}}
questions:
  proof: {type: media, label: {en: A photo?}}
  story: {type: text, multiline: true, label: {en: What happened?}}
closing: {en: Thank you.}
"""


def ask_for_a_photo(service: Service) -> None:
    service.publish(FLOW)
    for text in ("STREET", "yes"):
        service.telegram(text)
    service.drain()


def photo(telegram: TelegramServer, data: bytes, name: str = "f1", **more: Any) -> dict[str, Any]:
    """The fields of a message that brings a photo, as Telegram writes them: in several sizes."""
    telegram.files |= {f"{name}-small": b"small", name: data}
    sizes = [
        {"file_id": f"{name}-small", "file_unique_id": f"{name}s", "width": 9, "height": 9},
        {"file_id": name, "file_unique_id": f"{name}u", "width": 900, "height": 900},
    ]
    return {"photo": sizes, **more}


def voice(telegram: TelegramServer, data: bytes, name: str = "v1") -> dict[str, Any]:
    telegram.files[name] = data
    return {"voice": {"file_id": name, "file_unique_id": f"{name}u", "duration": 2}}


def file(telegram: TelegramServer, data: bytes, stated: str, name: str = "d1") -> dict[str, Any]:
    telegram.files[name] = data
    known = {"file_id": name, "file_unique_id": f"{name}u", "mime_type": stated}
    return {"document": known}


def attachments(service: Service) -> list[Attachment]:
    return list(service.rows(Attachment))


def replies(telegram: TelegramServer) -> list[str]:
    return [message["text"] for message in telegram.sent]


def test_a_photo_by_telegram_is_kept_whole_and_copied_clean(
    service: Service, telegram: TelegramServer
) -> None:
    ask_for_a_photo(service)
    original = media.picture(turned=True)
    assert service.telegram(**photo(telegram, original, caption="The stairs")) == 200
    assert not [call for call in telegram.calls if "getFile" in call.path]  # not by the webhook
    service.drain()

    (row,) = attachments(service)
    assert (row.status, row.kind, row.content_type) == ("kept", "photo", "image/jpeg")
    assert (row.size, row.sha256) == (len(original), hashlib.sha256(original).hexdigest())
    assert (row.seconds, row.error, row.kept_at) == (None, None, service.clock())
    assert content(service.services, row.id, original=True) == original
    copy = content(service.services, row.id) or b""
    assert NAME.encode() in original
    assert NAME.encode() not in copy
    assert not Image.open(io.BytesIO(copy)).getexif()
    assert replies(telegram)[-1].startswith("We have received it.")


def test_the_store_holds_nothing_in_clear_under_names_that_tell_nothing(
    service: Service, telegram: TelegramServer
) -> None:
    ask_for_a_photo(service)
    service.telegram(**photo(telegram, media.picture()))
    service.drain()
    (row,) = attachments(service)
    kept = stored(service.services)
    assert set(kept) == {row.original, row.cleaned}
    for name, data in kept.items():
        assert len(name) == 40
        assert NAME.encode() not in data
        assert b"JFIF" not in data
    assert folder(service.services).stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder(service.services).iterdir()} == {0o600}


KINDS = {
    "voice": ("voice", media.sound("ogg"), "audio/ogg", "voice", 2),
    "audio": ("audio", media.sound("mp3"), "audio/mpeg", "voice", 2),
    "video": ("video", media.film("mp4"), "video/mp4", "video", 1),
    "video_note": ("video_note", media.film("mp4"), "video/mp4", "video", 1),
    "animation": ("animation", media.film("mp4"), "video/mp4", "video", 1),
    "document": ("document", media.picture("PNG"), "image/png", "photo", None),
}


@ON_SQLITE
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_of_telegram_is_kept(
    service: Service, telegram: TelegramServer, kind: str
) -> None:
    name, data, content_type, called, seconds = KINDS[kind]
    known = {"file_id": "f1", "file_unique_id": "u1", "duration": 2, "length": 9}
    known |= {"width": 9, "height": 9}
    telegram.files["f1"] = data
    ask_for_a_photo(service)
    beside = {"document": known} if kind == "animation" else {}  # which comes as both
    service.telegram(**{**beside, name: known})
    service.drain()
    (row,) = attachments(service)
    assert (row.kind, row.content_type, row.seconds) == (called, content_type, seconds)
    assert content(service.services, row.id, original=True) == data


def test_all_files_of_a_text_message_are_kept(service: Service, twilio: TwilioServer) -> None:
    service.publish(FLOW)
    service.talk("STREET", "yes")
    files = [media.picture(), media.sound("amr"), media.film("3gp")]
    given = {f"MediaUrl{place}": twilio.hold(data) for place, data in enumerate(files)}
    service.sms("", NumMedia="3", **given)
    service.drain()
    rows = attachments(service)
    assert [(row.place, row.kind) for row in rows] == [(0, "photo"), (1, "voice"), (2, "video")]
    assert [content(service.services, row.id, original=True) for row in rows] == files


@ON_SQLITE
def test_what_the_provider_says_of_a_file_is_not_believed(
    service: Service, telegram: TelegramServer
) -> None:
    ask_for_a_photo(service)
    service.telegram(**file(telegram, media.picture("PNG"), "video/mp4"))
    service.drain()
    (row,) = attachments(service)
    assert (row.kind, row.content_type) == ("photo", "image/png")


REFUSED = {
    "a pdf": (b"%PDF-1.7\n%", "image/jpeg", "unknown", "We cannot keep this kind of file."),
    "a page": (b"<!DOCTYPE html>", "image/png", "unknown", "We cannot keep this kind of file."),
    "broken": (media.picture()[:400], "image/jpeg", "broken", "We could not open that file."),
    "too large": (media.picture() + bytes(26 << 20), "image/jpeg", "too_large", "(over 20 MB)"),
    "too long": (media.long_speech(15 * 60 + 5), "audio/amr", "too_long", "(15 minutes)"),
}


@ON_SQLITE
@pytest.mark.parametrize("case", REFUSED)
def test_what_we_cannot_keep_is_refused_kindly_and_leaves_nothing(
    service: Service, telegram: TelegramServer, case: str
) -> None:
    data, stated, error, said = REFUSED[case]
    ask_for_a_photo(service)
    service.telegram(**file(telegram, data, stated))
    service.drain()
    (row,) = attachments(service)
    assert (row.status, row.error, row.key, row.original) == ("refused", error, None, None)
    assert said in replies(telegram)[-1]
    assert stored(service.services) == {}


@ON_SQLITE
def test_a_text_message_may_bring_a_little_more(service: Service, twilio: TwilioServer) -> None:
    service.publish(FLOW)
    service.talk("STREET", "yes")
    service.sms("", NumMedia="1", MediaUrl0=twilio.hold(media.picture() + bytes(26 << 20)))
    service.drain()
    assert attachments(service)[0].error == "too_large"
    assert "(over 25 MB)" in twilio.sent[-1]["Body"]


@ON_SQLITE
def test_a_refusal_is_said_in_the_language_of_the_interview(
    service: Service, telegram: TelegramServer
) -> None:
    service.publish(FLOW)
    for text in ("CALLE", "sí"):
        service.telegram(text)
    service.telegram(**file(telegram, b"%PDF-1.7", "image/jpeg"))
    service.drain()
    service.clock.forward(seconds=1)  # a chat takes one message a second
    service.drain()
    assert "No podemos" in replies(telegram)[-1]


@ON_SQLITE
def test_an_album_is_refused_once(service: Service, telegram: TelegramServer) -> None:
    ask_for_a_photo(service)
    for number in range(4):
        fields = file(telegram, b"%PDF-1.7", "image/jpeg", name=f"d{number}")
        service.telegram(**fields, media_group_id="7")
    before = len(replies(telegram))
    service.drain()
    said = replies(telegram)[before:]
    assert len([text for text in said if "this kind of file" in text]) == 1
    assert [row.status for row in attachments(service)] == ["refused"] * 4


@ON_SQLITE
def test_a_message_with_several_files_is_refused_once(
    service: Service, twilio: TwilioServer
) -> None:
    service.publish(FLOW)
    service.talk("STREET", "yes")
    files = {f"MediaUrl{place}": twilio.hold(b"%PDF-1.7") for place in range(3)}
    service.sms("", NumMedia="3", **files)
    service.drain()
    assert len([text for text in service.said if "this kind of file" in text]) == 1


@ON_SQLITE
def test_thirty_files_of_one_answer_are_kept_and_that_is_said_once(
    service: Service, telegram: TelegramServer
) -> None:
    ask_for_a_photo(service)
    service.telegram("SKIP")  # the story is the answer
    small = media.picture("GIF", (2, 2))
    for number in range(33):
        service.telegram(**photo(telegram, small, f"f{number}"))
    service.drain()
    statuses = [row.status for row in attachments(service)]
    assert statuses == ["kept"] * 30 + ["refused"] * 3
    assert len([text for text in replies(telegram) if "first 30 files" in text]) == 1


@ON_SQLITE
def test_nobody_who_stopped_messages_is_told(service: Service, telegram: TelegramServer) -> None:
    ask_for_a_photo(service)
    service.telegram(**file(telegram, b"%PDF-1.7", "image/jpeg"))
    service.telegram("STOP")
    service.drain()
    assert attachments(service)[0].status == "refused"
    assert "no more messages" in replies(telegram)[-1]


@ON_SQLITE
@pytest.mark.parametrize(
    "fields",
    [
        {
            "sticker": {"file_id": "s", "file_unique_id": "su", "width": 9, "height": 9}
            | {"is_animated": False, "is_video": False, "type": "regular"}
        },
        {"contact": {"phone_number": "+14045550188", "first_name": "R"}},
        {"location": {"latitude": 33.749, "longitude": -84.388}},
        {"dice": {"emoji": "🎲", "value": 3}},
        {"voice": "unreadable"},
    ],
    ids=["sticker", "card", "place", "dice", "unreadable"],
)
def test_what_is_no_file_is_not_fetched(service: Service, fields: dict[str, Any]) -> None:
    ask_for_a_photo(service)
    service.telegram(**fields)
    service.drain()
    assert attachments(service) == []


@ON_SQLITE
def test_a_contact_card_by_text_message_is_not_fetched(
    service: Service, twilio: TwilioServer
) -> None:
    service.publish(FLOW)
    service.talk("STREET", "yes")
    url = twilio.hold(b"BEGIN:VCARD")
    service.sms("", NumMedia="1", MediaUrl0=url, MediaContentType0="text/x-vcard")
    service.drain()
    assert attachments(service) == []
    assert twilio.sent[-1]["Body"].startswith("We do not keep other people's contact cards.")


@ON_SQLITE
def test_an_edited_caption_does_not_bring_the_file_again(
    service: Service, telegram: TelegramServer
) -> None:
    ask_for_a_photo(service)
    fields = photo(telegram, media.picture())
    service.telegram(**fields, caption="The stairs")
    number = service.count
    service.drain()
    edited = {
        "message_id": number,
        "date": 1_780_000_000,
        "edit_date": 1_780_000_060,
        "chat": {"id": 55501, "type": "private"},
        "from": {"id": 55501, "is_bot": False, "first_name": "R"},
        "caption": "The stairs again",
        **fields,
    }
    service.update({"update_id": 99_999, "edited_message": edited})
    edited |= photo(telegram, media.picture("PNG"), "f2")
    service.update({"update_id": 100_000, "edited_message": edited})
    service.drain()
    assert [row.content_type for row in attachments(service)] == ["image/jpeg", "image/png"]


def test_replies_do_not_wait_for_files(service: Service, telegram: TelegramServer) -> None:
    ask_for_a_photo(service)
    service.telegram(**photo(telegram, media.picture()))
    assert {job.order_key for job in service.rows(Job) if job.kind == "fetch"} == {None}
    assert RESIDENT not in str([job.target for job in service.rows(Job)])


def test_a_delivery_that_comes_twice_is_fetched_once(
    service: Service, twilio: TwilioServer
) -> None:
    service.publish(FLOW)
    service.talk("STREET", "yes")
    fields = {"NumMedia": "1", "MediaUrl0": twilio.hold(media.picture())}
    service.sms("", **fields)
    service.count -= 1
    service.sms("", **fields)
    service.drain()
    assert len(attachments(service)) == 1
    assert len(stored(service.services)) == 2


def test_two_answers_have_room_each(service: Service) -> None:
    """Files are counted by the interview and the question that their messages belong to."""
    who = 0
    service.publish(FLOW)
    service.talk("STREET", "yes")
    with service.database.writing() as session:
        who = session.query(MessageRow).first().contact_id  # type: ignore[union-attr]
        for number, slot in enumerate(("proof", "proof", "story")):
            row = MessageRow(contact_id=who, direction="in", channel="sms", body=b"", slot=slot)
            row.status, row.at, row.provider_id = "received", service.clock(), f"x{number}"
            session.add(row)
            session.flush()
            keeping.expect(session, row.id, [keeping.Expected(0, "photo")], service.clock())
        session.execute(delete(Job))
    ids = [row.id for row in attachments(service)]
    with service.database.writing() as session:
        assert [keeping.too_many(session, number, 1) for number in ids] == [False, True, False]

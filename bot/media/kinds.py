"""What came with a message, as people call it: photo, voice, video, file; or what is no file, as a sticker or a place.

By what the provider states: enough for a conversation. What a file really is, its content tells, when it is fetched.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.channels import kind_of_file
from bot.media.twilio_addresses import target_of
from storage.keeping import Expected

OF_TELEGRAM = {
    "photo": "photo",
    "voice": "voice",
    "audio": "voice",
    "video": "video",
    "video_note": "video",
    "animation": "video",
    "sticker": "sticker",
    "contact": "contact",
    "poll": "poll",
    "dice": "poll",
    "game": "poll",
    "story": "poll",
    "place": "place",
    "location": "place",
    "venue": "place",
}
CARDS = ("text/vcard", "text/x-vcard", "text/directory")  # other people's addresses
NO_FILES = ("sticker", "contact", "poll", "place")


def kind_of(item: Mapping[str, Any]) -> str:
    """The kind of one item of a message's media."""
    stated = str(item.get("content_type", "")).partition(";")[0].strip().lower()
    if stated in CARDS:
        return "contact"
    return OF_TELEGRAM.get(str(item.get("kind", ""))) or kind_of_file(stated)


def files_among(
    media: Sequence[Mapping[str, Any]], before: Sequence[Mapping[str, Any]] = ()
) -> list[Expected]:
    """The files among a message's media that can be fetched; without those of its version ``before``."""
    known = {item.get("unique") for item in before} - {None}
    return [
        Expected(place, kind_of(item), target_of(str(item.get("url", ""))))
        for place, item in enumerate(media)
        if kind_of(item) not in NO_FILES
        and (item.get("file_id") or item.get("url"))
        and item.get("unique") not in known
    ]

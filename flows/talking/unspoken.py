"""What people send in place of words that is no file either: stickers, contact cards, polls, places, bare emoji.

It decides which phrase answers it, and nothing else; None where it is to be heard like any message.
"""

import unicodedata
from collections.abc import Mapping, Sequence

from flows.folding import fold

PLACE = "place"
PHRASES: Mapping[str, str] = {
    "sticker": "sent_sticker",
    "contact": "sent_contact",
    "poll": "sent_poll",
    PLACE: "sent_place",
}
EMOJI = "sent_emoji"
_BESIDE = {"Mn", "Me", "Cf", "Sk"}  # what shapes an emoji: variants, keycaps, joiners, skins


def unspoken(kinds: Sequence[str], text: str, *, wants_place: bool) -> str | None:
    """The phrase for a message that brings nothing to hear. The words of a place are not the person's own."""
    if PLACE in kinds:
        return None if wants_place else PHRASES[PLACE]
    if fold(text) or any(kind not in PHRASES for kind in kinds):
        return None
    return next((PHRASES[kind] for kind in kinds), None)


def files(kinds: Sequence[str]) -> tuple[str, ...]:
    """The kinds that are files: photo, voice, video, file."""
    return tuple(kind for kind in kinds if kind not in PHRASES)


def is_emoji(text: str) -> bool:
    """Whether ``text`` is made of emoji alone. Where one is a word, as 👍 or 2️⃣ may be, the question decides first."""
    signs = [char for char in text if not char.isspace()]
    categories = {unicodedata.category(char) for char in signs}
    return "So" in categories and categories <= {"So", *_BESIDE}

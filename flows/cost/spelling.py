"""Other spellings that keep a text within GSM-7: what Twilio's smart encoding does by itself, and what an author could.

Nothing is rewritten here: these are figures and suggestions. Where marks on letters carry meaning there are none.
"""

import unicodedata

from flows.sms import graphemes, odd_letters

# The marks that people type, as Twilio's smart encoding replaces them. Its own table goes on to some 200 that nobody
# types (full-width letters, ornaments); it touches no accented letter.
SMART = {
    **dict.fromkeys("«»“”„‟", '"'),
    **dict.fromkeys("‘’‛´`ʼ", "'"),
    **dict.fromkeys("–—―‐•", "-"),
    **dict.fromkeys("\u00a0\u2002\u2003\u2009\u202f", "  "),  # two: so its table has it
    **dict.fromkeys("\u200b\u200c\u2060\ufeff", ""),
    "\t": " " * 7,
    "‚": ",",
    "…": "...",
    "‹": "<",
    "›": ">",
    "½": "1/2",
    "¼": "1/4",
    "¾": "3/4",
}
# What an author would write: one blank for a blank, and letters that have none of GSM-7 below their mark.
NEAR = {
    **SMART,
    **dict.fromkeys("\t\u00a0\u2002\u2003\u2009\u202f", " "),
    "ı": "i",
    "œ": "oe",
    "Œ": "OE",
    "ł": "l",
    "Ł": "L",
    "¢": "c",
    "ª": "a",
    "º": "o",
}
TONAL = frozenset({"ee", "ig", "vi", "yo"})  # another mark is another word


def smart(text: str) -> str:
    """``text`` as Twilio's smart encoding sends it, for the marks that people type."""
    return "".join(SMART.get(char, char) for char in text)


def near(text: str, language: str) -> str:
    """``text`` within GSM-7 where a near spelling is known; the rest of it stays as it is."""
    if language in TONAL or not odd_letters(text):
        return text
    return "".join(
        _near(cluster) if odd_letters(cluster) else cluster for cluster in graphemes(text)
    )


def _near(cluster: str) -> str:
    composed = unicodedata.normalize("NFC", cluster)
    if not odd_letters(composed):
        return composed
    if composed in NEAR:
        return NEAR[composed]
    parted = unicodedata.normalize("NFD", cluster)
    base, marks = parted[0], parted[1:]
    plain = base.isascii() and base.isalpha() and all(map(unicodedata.combining, marks))
    return base if plain else cluster

"""What a text costs as SMS: its encoding and its number of segments.

The alphabet is GSM 03.38's; the limits are 160 and 153 septets, or 70 and 67 UTF-16 units. An escaped character or a
grapheme is never parted between two segments.
"""

import regex

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
GSM7, UCS2 = "GSM-7", "UCS-2"


def odd_letters(text: str) -> frozenset[str]:
    """The characters that force ``text`` out of GSM-7."""
    return frozenset(text) - _BASIC - _EXTENDED


def segments(text: str) -> tuple[str, int]:
    """The encoding of ``text`` and in how many SMS segments it goes."""
    if odd_letters(text):
        encoding, single, joined = UCS2, 70, 67
        clusters = regex.findall(r"\X", text)
        parts = [
            char for cluster in clusters for char in (cluster if cluster == "\r\n" else [cluster])
        ]
        units = [len(part.encode("utf-16-be", "surrogatepass")) // 2 for part in parts]
    else:
        encoding, single, joined = GSM7, 160, 153
        units = [2 if char in _EXTENDED else 1 for char in text]
    if sum(units) <= single:
        return encoding, 1
    count, free = 1, joined
    for unit in units:
        if unit > free:
            count, free = count + 1, joined
        free -= unit
    return encoding, count

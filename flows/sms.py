"""What a text costs as SMS: its encoding and its number of segments, as Twilio's own calculator counts them.

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

# Twilio's calculator knows the graphemes of Unicode 10. These stand together since then, and are still parted by it:
# Indian conjuncts, newer pictures behind a joiner, and the colour of skin on newer hands and people.
_JOINED_OF_OLD = "♀♂⚕⚖✈❤🌈🌾🍳🎓🎤🎨🏫🏭💋💻💼🔧🔬🗨🚀🚒👦👧👨👩"
_NEWER_HANDS = "👫👬👭💏💑🤌🤏🤝🤼🥷🦵🦶🦸🦹🦻🧍🧎🧏🩰-🫿"
_PARTED = regex.compile(
    r"(?<=\p{InCB=Linker}\p{InCB=Extend}*)(?=\p{InCB=Consonant})"
    rf"|(?<=\u200D)(?=\p{{ExtPict}})(?![{_JOINED_OF_OLD}])"
    rf"|(?<![\p{{Emoji_Modifier_Base}}--[{_NEWER_HANDS}]]\p{{GCB=Extend}}*)(?=[🏻-🏿])",
    flags=regex.V1,
)


def odd_letters(text: str) -> frozenset[str]:
    """The characters that force ``text`` out of GSM-7."""
    return frozenset(text) - _BASIC - _EXTENDED


def segments(text: str) -> tuple[str, int]:
    """The encoding of ``text`` and in how many SMS segments it goes."""
    if odd_letters(text):
        encoding, single, joined = UCS2, 70, 67
        units = [len(part.encode("utf-16-be", "surrogatepass")) // 2 for part in graphemes(text)]
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


def graphemes(text: str) -> list[str]:
    """What is never parted between two segments; of a line's end in two characters each is one."""
    found: list[str] = []
    for cluster in regex.findall(r"\X", text):
        if len(cluster) == 1:
            found.append(cluster)
        else:
            found += cluster if cluster == "\r\n" else _PARTED.split(cluster)
    return found

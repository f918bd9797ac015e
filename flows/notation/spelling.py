"""How a value is written in YAML: plain where that is safe, in quotes where it is not, folded where it is long.

Lines are parted by a line feed; no line is written that another YAML reader would take for something else.
"""

import re
import textwrap
from collections.abc import Mapping

Value = str | list[str] | Mapping[str, "Value"]

# begins with a letter, and holds no sign that means something in YAML: in a line of its own, inside braces
_PLAIN_LINE = re.compile(r"(?:[^\W\d_]|[¿¡])[^\n:#]*")
_PLAIN_INSIDE = re.compile(r"(?:[^\W\d_]|[¿¡])[^\n:#{}\[\],?&*!|>'\"%@`\\]*")
_BARE = re.compile(r"[0-9a-f]{8}|true|false")
_OTHERWISE_MEANT = {"true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan"}
_SHOWN = re.compile(r"[\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*")
_BREAKS = re.compile("[\u2028\u2029\u0085]")
NARROW = 40  # below this a folded text would be a column of words


def is_plain(text: str, *, inside: bool = True) -> bool:
    """Whether ``text`` may stand without quotes, in a line of its own or inside braces."""
    return (
        bool((_PLAIN_INSIDE if inside else _PLAIN_LINE).fullmatch(text))
        and _is_shown(text)
        and text == text.strip()
        and text.lower() not in _OTHERWISE_MEANT
    )


def scalar(text: str, indent: int = 0, room: int = 0) -> str:
    """A text as YAML. With ``room`` it stands in a line of its own, or in several, indented by ``indent``."""
    lines = text.split("\n")
    if room and len(lines) > 1 and _stand_as_lines(lines):
        return "|-\n" + "\n".join(f"{' ' * indent}{line}" if line else "" for line in lines)
    said = text if is_plain(text, inside=not room) else _quoted(text)
    if room and len(said) > room and (folded := _folded(text, max(room, NARROW))):
        return ">-\n" + "\n".join(f"{' ' * indent}{line}" for line in folded)
    return said


def spelled(value: Value) -> str:
    """A value as YAML in one line."""
    if isinstance(value, str):
        return scalar(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(key)}: {spelled(one)}" for key, one in value.items()) + "}"
    return f"[{', '.join(_word(one) for one in value)}]"


def listed(words: list[str], indent: int, width: int) -> str:
    """A list in brackets, in several lines where it is long."""
    lines = [""]
    for word in map(_word, words):
        if lines[-1] and indent + len(lines[-1]) + len(word) + 2 > width:
            lines.append("")
        lines[-1] += f"{word}, "
    parted = f"\n{' ' * indent}".join(line.rstrip() for line in lines)
    return f"[{parted.removesuffix(',')}]"


def mapped(value: Mapping[str, Value], column: int, step: int, width: int) -> list[str]:
    """A map as lines, each key in one of its own."""
    lines: list[str] = []
    for key, one in value.items():
        head = f"{' ' * column}{scalar(key)}:"
        if isinstance(one, Mapping):
            lines += [head, *mapped(one, column + step, step, width)]
        elif isinstance(one, list):
            lines += f"{head} {listed(one, column + step, width)}".split("\n")
        else:
            lines.append(f"{head} {_word(one)}")
    return lines


def _word(word: str) -> str:
    """A part of a list, or of a map that is no text: hashes and truths go without quotes."""
    return word if _BARE.fullmatch(word) else scalar(word)


def _is_shown(text: str) -> bool:
    return bool(_SHOWN.fullmatch(text)) and not _BREAKS.search(text)


def _stand_as_lines(lines: list[str]) -> bool:
    return (
        bool(lines[0] and lines[-1])
        and all(_is_shown(line) for line in lines)
        and all(line == line.strip() for line in lines)
    )


def _folded(text: str, room: int) -> list[str]:
    """The lines that fold to ``text``; none where that would change it."""
    lines = textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False)
    good = (
        " ".join(lines) == text and _is_shown(text) and all(line == line.strip() for line in lines)
    )
    return lines if good else []


def _quoted(text: str) -> str:
    return f'"{"".join(map(_in_quotes, text))}"'


def _in_quotes(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    if char in "\n\t\r":
        return {"\n": "\\n", "\t": "\\t", "\r": "\\r"}[char]
    if _is_shown(char):
        return char
    point = ord(char)
    return f"\\U{point:08x}" if point > 0xFFFF else f"\\u{point:04x}"

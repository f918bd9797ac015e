"""What a transcript tells held against what the bot does, told in a few lines that an author can read."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from flows.errors import FlowError, Mark
from flows.rehearsing.transcripts import Line, Transcript

RECORD = "If the bot is right, record it: testimony flows check --update"
RECORD_FIRST = "Record it: testimony flows check --update"
LINES_SHOWN = 4  # of each side


def compare(told: Transcript, played: Transcript, file: str) -> list[FlowError]:
    """The first difference between what a transcript tells and what the bot does: others follow from it.

    Blanks and empty lines are held against nobody.
    """
    for one, two in zip(told.exchanges, played.exchanges, strict=True):
        here = f"after “{_short(one.said[0].bare)}” the bot does not say what stands here"
        if found := _difference(one.replied, two.replied, one.said[0], here, file):
            return [found]
    if told.ending is None or played.ending is None:
        return []
    near = told.ending[0] if told.ending else told.exchanges[-1].said[0]
    here = "the dialogue does not end as it stands here"
    found = _difference(told.ending, played.ending, near, here, file)
    return [found] if found else []


def _difference(
    told: Sequence[Line], played: Sequence[Line], near: Line, message: str, file: str
) -> FlowError | None:
    """The first lines that differ, as a mistake at the first of them."""
    one, two = ([line for line in lines if _plain(line)] for lines in (told, played))
    changes = SequenceMatcher(None, [*map(_plain, one)], [*map(_plain, two)], autojunk=False)
    for kind, start, end, other_start, other_end in changes.get_opcodes():
        if kind == "equal":
            continue
        line = one[min(start, len(one) - 1)] if one else near
        sides = _side("the transcript has", one[start:end])
        sides += _side("the bot says", two[other_start:other_end])
        cure = RECORD if one else RECORD_FIRST
        return FlowError(file, Mark(line.number), "\n    ".join([message, *sides]), cure)
    return None


def _side(name: str, lines: Sequence[Line]) -> list[str]:
    shown = [_plain(line) for line in lines[:LINES_SHOWN]] or ["(nothing)"]
    if len(lines) > LINES_SHOWN:
        shown.append(f"(and {len(lines) - LINES_SHOWN} more)")
    margins = [f"{name}:", *[""] * (len(shown) - 1)]
    return [f"{margin:<20}{text}" for margin, text in zip(margins, shown, strict=True)]


def _plain(line: Line) -> str:
    """What a line says; a remark says nothing."""
    if line.is_remark:
        return ""
    text = line.bare if line.text.startswith("<") else line.text
    return " ".join(text.split())


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"

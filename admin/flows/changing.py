"""What is different between two texts of a flow: line by line, and in words an organizer uses. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from flask_babel import ngettext

from flows import CONSENT, Flow, examine
from flows.language.texts import by_language, holds_words, texts_of
from flows.talking.moving import Change, changes

AROUND = 3  # lines shown before and after a change
LONGEST = 4_000  # lines that are compared one by one
PIECES = re.compile(r"\w+|\s+|.")


@dataclass(frozen=True)
class Row:
    """One line of the difference. ``kind``: same, gone, new, or gap (``text`` says how many lines are left out).

    ``pieces`` are the parts of the line, each with whether it differs from the line's other version.
    """

    kind: str
    old: int | None
    new: int | None
    pieces: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Meaning:
    """What changes for those who are asked: questions by id, and how many texts in each language."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]
    texts: Mapping[str, int]


def lines(old: str, new: str) -> list[Row]:
    """The difference of two texts with a little around it; empty when they are the same."""
    before, after = old.split("\n"), new.split("\n")
    if before == after:
        return []
    if max(len(before), len(after)) > LONGEST:  # comparing takes time that grows with the square
        return list(_head_and_tail(before, after))
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    rows: list[Row] = []
    shown = 0
    for group in matcher.get_grouped_opcodes(AROUND):
        rows += _gap(group[0][1] - shown)
        for tag, i, j, k, m in group:
            rows += _rows(tag, before[i:j], after[k:m], i, k)
        shown = group[-1][2]
    rows += _gap(len(before) - shown)
    return rows


def _gap(left_out: int) -> list[Row]:
    told = ngettext("%(num)d line without a change", "%(num)d lines without a change", left_out)
    return [Row("gap", None, None, ((told, False),))] if left_out else []


def _rows(tag: str, old: Sequence[str], new: Sequence[str], i: int, k: int) -> Iterator[Row]:
    if tag == "equal":
        for place, line in enumerate(old):
            yield Row("same", i + place + 1, k + place + 1, ((line, False),))
        return
    paired = len(old) == len(new)
    for place, line in enumerate(old):
        other = new[place] if paired else None
        yield Row("gone", i + place + 1, None, _pieces(line, other))
    for place, line in enumerate(new):
        other = old[place] if paired else None
        yield Row("new", None, k + place + 1, _pieces(line, other))


def _pieces(line: str, other: str | None) -> tuple[tuple[str, bool], ...]:
    """The line in parts that differ from ``other`` or do not; whole when the two have little in common."""
    whole = ((line, False),)
    if other is None or max(len(line), len(other)) > 2_000:
        return whole
    words, theirs = PIECES.findall(line), PIECES.findall(other)
    matcher = SequenceMatcher(None, words, theirs, autojunk=False)
    if matcher.ratio() < 0.4:
        return whole
    return tuple(
        ("".join(words[i:j]), tag != "equal") for tag, i, j, _, _ in matcher.get_opcodes() if j > i
    )


def _head_and_tail(before: Sequence[str], after: Sequence[str]) -> Iterator[Row]:
    """Of very long texts: all between the first and the last line that differs."""
    start = next(
        (at for at, (a, b) in enumerate(zip(before, after, strict=False)) if a != b),
        min(len(before), len(after)),
    )
    most = min(len(before), len(after)) - start
    end = next((at for at in range(most) if before[-1 - at] != after[-1 - at]), most)
    yield from _gap(start)
    yield from _rows(
        "replace", before[start : len(before) - end], after[start : len(after) - end], start, start
    )
    yield from _gap(end)


def meaning(old: Flow | None, new: Flow, old_source: str, new_source: str) -> Meaning:
    """What changes for people; everything is new when there is no ``old``."""
    found = changes(old, new) if old else dict.fromkeys(new.by_id, Change.ADDED)
    asked = {**(old.by_id if old else {}), **new.by_id}

    def of(kind: Change) -> tuple[str, ...]:
        ids = (name for name, change in found.items() if change is kind)
        return tuple(name for name in ids if name == CONSENT or asked[name].type != "calculate")

    texts = _changed_texts(_texts(old_source), _texts(new_source))
    ordered = {code: texts[code] for code in new.languages if texts.get(code)}
    return Meaning(of(Change.ADDED), of(Change.CHANGED), of(Change.GONE), ordered)


def _texts(source: str) -> Mapping[tuple[Any, ...], Mapping[str, Any]]:
    examined = examine(source) if source else None
    document = examined.document if examined else None
    if document is None or not isinstance(document.data, dict):
        return {}
    first = str((document.at(("languages", 0))) or "")
    return {
        path: by_language(written, first)
        for path, written in texts_of(document)
        if not holds_words(path)
    }


def _changed_texts(
    old: Mapping[tuple[Any, ...], Mapping[str, Any]],
    new: Mapping[tuple[Any, ...], Mapping[str, Any]],
) -> dict[str, int]:
    counts: dict[str, int] = {}
    for path, written in new.items():
        before = old.get(path, {})
        for language, text in written.items():
            counts[language] = counts.get(language, 0) + (text != before.get(language))
    return counts

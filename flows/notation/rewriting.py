"""Changes to a YAML text that leave every other character where it was: comments, order, quotes, line widths.

A library that writes the whole file anew (ruamel.yaml) was measured: it drops comments inside braces, joins folded
lines, and puts a new key behind the comment that follows. So only the places are taken from the parser, and what
changes is put in there. Whoever rewrites reads the result again and compares; this module knows nothing of flows.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

import yaml

from flows.notation.reading import Path
from flows.notation.spelling import Value, listed, mapped, scalar, spelled

STEP = 2  # blanks to indent by
WIDTH = 120
TRUTHS = ("true", "false")  # never in quotes
_MEANT_INSIDE = set(",[]{}:?")  # what may not stand without quotes inside braces
_TO_LINE_END = re.compile(r"[^\r\n]*")


@dataclass(frozen=True)
class Span:
    """Where a value stands: from ``start`` to ``end``, the blank lines behind it left out."""

    start: int
    end: int
    kind: str  # scalar | map | list
    braced: bool  # stands in brackets or braces, or is written so itself
    column: int
    style: str = ""
    words: str = ""

    @property
    def in_lines(self) -> bool:
        """Whether it takes lines of its own."""
        return self.style in ("|", ">") or (self.kind != "scalar" and not self.braced)


class Draft:
    """One YAML text while it is changed. The text must be one that ``reading`` accepts."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self.spans: dict[Path, Span] = {}
        self._changes: list[tuple[int, int, str]] = []
        self._events: Iterator[Any] = yaml.parse(text, Loader=yaml.CSafeLoader)
        for event in self._events:  # of the one document there is
            if isinstance(event, yaml.DocumentStartEvent):
                self._place(next(self._events), (), False)

    def _place(self, event: Any, path: Path, braced: bool) -> int:
        """Note where the value that begins with ``event`` stands; returns its end."""
        start: int = event.start_mark.index
        behind: int = event.end_mark.index
        column = event.start_mark.column
        if isinstance(event, yaml.ScalarEvent):
            end = start + len(self.text[start:behind].rstrip())
            words = str(event.value)
            self.spans[path] = Span(start, end, "scalar", braced, column, event.style or "", words)
            return end
        kind = "map" if isinstance(event, yaml.MappingStartEvent) else "list"
        braced = braced or event.flow_style
        end = self._below(kind, path, braced, start)
        self.spans[path] = Span(start, end, kind, braced, column)
        return end

    def _below(self, kind: str, path: Path, braced: bool, end: int) -> int:
        """Note where the parts of a list or map stand; returns the end of it."""
        event = next(self._events)
        for place in count():
            if isinstance(event, yaml.CollectionEndEvent):
                break
            step: str | int = place
            if kind == "map":
                step = str(event.value)
                event = next(self._events)
            end = self._place(event, (*path, step), braced)
            event = next(self._events)
        behind: int = event.end_mark.index
        return behind if braced else end

    def put(self, path: Path, key: str, value: Value) -> None:
        """Let the map at ``path`` have ``value`` under ``key``; maps that are not there yet are made."""
        around, lead = self.spans.get(path), f"{scalar(key)}: "
        if around is None or around.kind != "map":
            self.put(path[:-1], str(path[-1]), {key: value})
        elif old := self.spans.get((*path, key)):
            alone = not around.braced and self._line_end(old.end) == old.end
            new = self._said(value, around.column, lead) if alone else spelled(value)
            self._changes.append((old.start, old.end, new))
        else:
            self._insert(path, lead, value)

    def append(self, path: Path, word: str) -> None:
        """Add a word to the list at ``path``."""
        self._insert(path, "" if self.spans[path].braced else "- ", word)

    def translate(self, path: Path, first: str, language: str, value: str | list[str]) -> None:
        """Let the text at ``path`` say ``value`` in ``language``; where it stands alone it is in ``first``."""
        span, around = self.spans[path], self.spans[path[:-1]]
        if span.kind == "map":
            self.put(path, language, value)
            return
        inline = f"{{{scalar(first)}: {self._kept(path)}, {scalar(language)}: {spelled(value)}}}"
        fits = self._column(span.start) + len(inline) <= WIDTH and "\n" not in str(value)
        if around.braced or (fits and not span.in_lines):
            self._changes.append((span.start, span.end, inline))
            return
        inner, lead = around.column + STEP, f"{scalar(first)}: "
        opened = self._line(inner, lead + self._moved(path, inner, lead))
        self._changes.append((len(self.text[: span.start].rstrip()), span.end, opened))
        self._add_line(span.end, inner, f"{scalar(language)}: ", value)

    def result(self) -> str:
        """The text with all changes in it."""
        parts, done = [], 0
        for start, end, new in sorted(self._changes, key=lambda change: change[0]):
            parts += [self.text[done:start], new]
            done = end
        return "".join([*parts, self.text[done:]])

    def _insert(self, path: Path, lead: str, value: Value) -> None:
        """Add a part behind the last one of the map or list at ``path``."""
        around = self.spans[path]
        if not around.braced:
            self._add_line(around.end, around.column, lead, value)
            return
        ends = [span.end for place, span in self.spans.items() if place and place[:-1] == path]
        at = ends[-1] if ends else around.start + 1
        self._changes.append((at, at, f"{', ' if ends else ''}{lead}{spelled(value)}"))

    def _add_line(self, behind: int, column: int, lead: str, value: Value) -> None:
        """Add a part below the line, and the comment on it, that ends a part."""
        at = self._line_end(behind)
        said = self._said(value, column, lead)
        new = self._line(column, (lead.rstrip() if isinstance(value, Mapping) else lead) + said)
        self._changes.append((at, at, new))

    def _said(self, value: Value, column: int, lead: str) -> str:
        """A value as it stands behind ``lead`` in a line of its own, or in several."""
        inner = column + STEP
        if isinstance(value, Mapping):
            words = "".join(f"\n{line}" for line in mapped(value, inner, STEP, WIDTH))
        elif isinstance(value, list):
            words = listed(value, inner, WIDTH)
        else:
            words = value if value in TRUTHS else scalar(value, inner, WIDTH - column - len(lead))
        return words.replace("\n", self.newline)

    def _alone(self, path: Path) -> str | list[str]:
        """What stands at ``path`` without a language."""
        span = self.spans[path]
        if span.kind == "scalar":
            return span.words
        return [one.words for place, one in self.spans.items() if place and place[:-1] == path]

    def _kept(self, path: Path) -> str:
        """What stands at ``path`` as it may stand inside braces, as it was written where that can be."""
        span = self.spans[path]
        raw = self.text[span.start : span.end]
        closed = span.style in ("'", '"') or (span.kind == "list" and span.braced)
        in_a_line = not {"\n", "\r"} & set(raw)
        bare = span.kind == "scalar" and not span.style
        bare = bare and (span.braced or not _MEANT_INSIDE & set(raw))
        return raw if in_a_line and (closed or bare) else spelled(self._alone(path))

    def _moved(self, path: Path, column: int, lead: str) -> str:
        """What stands at ``path`` as it stands one step further in."""
        span = self.spans[path]
        head, *lines = self.text[span.start : span.end].splitlines(keepends=True)
        if not lines and span.kind == "scalar":
            return head
        if span.kind == "list" or not span.in_lines or any(char.isdigit() for char in head):
            return self._said(self._alone(path), column, lead)
        return head + "".join(f"{' ' * STEP}{line}" if line.strip() else line for line in lines)

    def _line(self, column: int, words: str) -> str:
        return f"{self.newline}{' ' * column}{words}"

    def _line_end(self, at: int) -> int:
        found = _TO_LINE_END.match(self.text, at)
        return found.end() if found else at

    def _column(self, at: int) -> int:
        return at - 1 - self.text.rfind("\n", 0, at)

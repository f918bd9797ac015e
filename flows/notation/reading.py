"""YAML text to plain data with the place of every value.

Every scalar stays the word that was written: ``yes``, ``no``, ``on`` and ``010`` are words, and what wants a number or
a true/false converts it where it knows that it does. Aliases, merge keys and duplicate keys are refused. This module
knows YAML and nothing of flows.
"""

import codecs
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import yaml

from flows.errors import MOST, FlowError, FlowErrors, Mark
from flows.notation.saying import explain

MAX_CHARACTERS = 2_000_000
MAX_DEPTH = 40

Path = tuple[str | int, ...]
Place = tuple[
    int, int, str
]  # line, column and file of a Mark, which is dearer to make: few places are ever told


@dataclass(frozen=True)
class Document:
    """A file's data and where each part stands: ``marks`` of values, ``keys`` of mapping keys."""

    file: str
    data: Any
    marks: Mapping[Path, Place]
    keys: Mapping[Path, Place]
    quoted: frozenset[Path] = frozenset()
    blocks: frozenset[Path] = frozenset()

    def mark(self, path: Path) -> Mark:
        """The place of the value at ``path``, or of the nearest part of it that exists."""
        while path and path not in self.marks:
            path = path[:-1]
        return Mark(*self.marks.get(path, ()))

    def key(self, path: Path) -> Mark:
        """The place of the key that names ``path``."""
        return Mark(*self.keys[path]) if path in self.keys else self.mark(path)

    def at(self, path: Path) -> Any:
        """What stands at ``path``, or None."""
        found = self.data
        for step in path:
            try:
                found = found[step]
            except (KeyError, IndexError, TypeError):
                return None
        return found

    def grafted(self, path: Path, part: "Document", root: Path) -> "Document":
        """This document with what stands at ``root`` of another one put in at ``path``, its places kept."""

        def moved(places: Iterable[Path]) -> Iterator[tuple[Path, Path]]:
            return (((*path, *old[len(root) :]), old) for old in places if old[: len(root)] == root)

        def marked(marks: Mapping[Path, Place]) -> dict[Path, Place]:
            return {new: (*marks[old][:2], part.file) for new, old in moved(marks)}

        return replace(
            self,
            data=_put(self.data, path, part.at(root)),
            marks={**self.marks, **marked(part.marks)},
            keys={**self.keys, **marked(part.keys)},
            quoted=self.quoted | {new for new, _ in moved(part.quoted)},
            blocks=self.blocks | {new for new, _ in moved(part.blocks)},
        )


def _put(data: Any, path: Path, value: Any) -> Any:
    """A copy of ``data`` with ``value`` at ``path``; what does not lie on the way is shared."""
    if not path:
        return value
    step, *rest = path
    below = data.get(step) if isinstance(data, dict) else None
    return {**data, step: _put(below if below is not None else {}, tuple(rest), value)}


class _Builder:
    """Data from libyaml's events. Its composer is not used: it recurses, and deep nesting would end the process."""

    def __init__(self, source: str, file: str) -> None:
        self.file = file
        self.events = yaml.parse(source, Loader=yaml.CSafeLoader)
        self.marks: dict[Path, Place] = {}
        self.keys: dict[Path, Place] = {}
        self.quoted: set[Path] = set()
        self.blocks: set[Path] = set()
        self.mistakes: list[FlowError] = []

    def document(self) -> Any:
        """The one document of the source; None when it is empty."""
        data = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                data = self.build(next(self.events), ())
                next(self.events)
            elif isinstance(event, yaml.StreamEndEvent):
                break
        return data

    def wrong(self, event: Any, message: str, cure: str) -> None:
        self.mistakes.append(FlowError(self.file, Mark(*_place(event.start_mark)), message, cure))
        if len(self.mistakes) >= MOST:
            raise FlowErrors(self.mistakes)

    def build(self, event: Any, path: Path) -> Any:
        if () in self.marks and not path:
            self.wrong(event, "a file holds one flow", "Remove the line --- and what follows it.")
        self.marks[path] = _place(event.start_mark)
        if len(path) > MAX_DEPTH:
            self.wrong(
                event, "this is nested too deeply", "Check the indentation and the brackets."
            )
            raise FlowErrors(self.mistakes)
        if isinstance(event, yaml.AliasEvent):
            self.wrong(event, "an alias (*) is not allowed", "Write the text out again.")
            return None
        if event.tag is not None:
            self.wrong(event, f"a tag ({event.tag}) is not allowed", "Remove it.")
        if isinstance(event, yaml.MappingStartEvent):
            return dict(self.pairs(path))
        if isinstance(event, yaml.SequenceStartEvent):
            return list(self.items(path))
        return self.scalar(event, path)

    def scalar(self, event: Any, path: Path) -> str | None:
        value = str(event.value)
        if event.implicit[0]:  # written plain
            return None if value in ("", "~", "null") else value
        (self.blocks if event.style in ("|", ">") else self.quoted).add(path)
        return value

    def items(self, path: Path) -> Iterator[Any]:
        for place in count():
            event = next(self.events)
            if isinstance(event, yaml.SequenceEndEvent):
                return
            yield self.build(event, (*path, place))

    def pairs(self, path: Path) -> Iterator[tuple[str, Any]]:
        first: dict[str, int] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            name = self.key(event, first)
            if name is None:
                if not isinstance(event, yaml.ScalarEvent):
                    self.build(event, (*path, "?"))
                self.build(next(self.events), (*path, "?"))
                continue
            place = (*path, name)
            self.keys[place] = _place(event.start_mark)
            yield name, self.build(next(self.events), place)

    def key(self, event: Any, first: dict[str, int]) -> str | None:
        """The name that a key is, or None when it cannot be one."""
        if not isinstance(event, yaml.ScalarEvent):
            self.wrong(event, "a key must be a word", "Put the braces in quotes.")
            return None
        name = str(event.value)
        if name == "<<":
            self.wrong(event, "a merge key (<<) is not allowed", "Write it out.")
            return None
        if name in first:
            message = f"“{name}” stands here twice (first in line {first[name]})"
            self.wrong(event, message, "Remove one of them or give it another name.")
            return None
        first[name] = _place(event.start_mark)[0]
        return name


def _place(mark: Any) -> Place:
    return mark.line + 1, mark.column + 1, ""


def decode(raw: bytes, file: str) -> str:
    """Bytes of a file to text; raises FlowErrors when they are not UTF-8."""
    raw = raw.removeprefix(codecs.BOM_UTF8)
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode()
        line = before.count("\n") + 1
        column = len(before) - before.rfind("\n")
        cure = "Save the file as UTF-8."
        mistake = FlowError(file, Mark(line, column), "this is not UTF-8 text", cure)
        raise FlowErrors([mistake]) from None


def read(source: str, file: str) -> Document:
    """Read one YAML document; raises FlowErrors with every mistake of form at once."""
    if len(source) > MAX_CHARACTERS:
        raise FlowErrors([FlowError(file, Mark(), "the file is too large for a flow", "Split it.")])
    try:
        builder = _Builder(source, file)
        data = builder.document()
    except yaml.MarkedYAMLError as error:
        place, message, cure = explain(error, source)
        raise FlowErrors([FlowError(file, Mark(*place), message, cure)]) from None
    except (yaml.YAMLError, UnicodeError):
        message = "the file holds a character that YAML does not allow"
        raise FlowErrors([FlowError(file, Mark(), message, "Remove it.")]) from None
    if builder.mistakes:
        raise FlowErrors(builder.mistakes)
    quoted, blocks = frozenset(builder.quoted), frozenset(builder.blocks)
    return Document(file, data, builder.marks, builder.keys, quoted, blocks)

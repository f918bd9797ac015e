"""YAML text to plain data with the place of every value.

Every scalar stays the word that was written: ``yes``, ``no``, ``on`` and ``010`` are words, and what wants a number or
a true/false converts it where it knows that it does. Aliases, merge keys and duplicate keys are refused. This module
knows YAML and nothing of flows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from flows.errors import FlowError, FlowErrors, Mark

MAX_CHARACTERS = 4_000_000
MAX_DEPTH = 40

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """A file's data and where each part stands: ``marks`` of values, ``keys`` of mapping keys."""

    file: str
    data: Any
    marks: Mapping[Path, Mark]
    keys: Mapping[Path, Mark]
    quoted: frozenset[Path] = frozenset()

    def mark(self, path: Path) -> Mark:
        """The place of the value at ``path``, or of the nearest part of it that exists."""
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path, Mark())

    def key(self, path: Path) -> Mark:
        """The place of the key that names ``path``."""
        return self.keys.get(path) or self.mark(path)


@dataclass
class _Builder:
    file: str
    marks: dict[Path, Mark] = field(default_factory=dict)
    keys: dict[Path, Mark] = field(default_factory=dict)
    quoted: set[Path] = field(default_factory=set)
    mistakes: list[FlowError] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)

    def wrong(self, mark: yaml.Mark, message: str, cure: str) -> None:
        self.mistakes.append(FlowError(self.file, _mark(mark), message, cure))

    def build(self, node: yaml.Node, path: Path) -> Any:
        self.marks[path] = _mark(node.start_mark)
        if id(node) in self.seen:
            self.wrong(node.start_mark, "an alias (*) is not allowed", "Write the text out again.")
            return None
        self.seen.add(id(node))
        if len(path) > MAX_DEPTH:
            self.wrong(node.start_mark, "this is nested too deeply", "Check the indentation.")
            return None
        if isinstance(node, yaml.MappingNode):
            return dict(self.pairs(node, path))
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, (*path, i)) for i, child in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)  # noqa: S101 - YAML has no fourth kind of node
        return self.scalar(node, path)

    def scalar(self, node: yaml.ScalarNode, path: Path) -> str | None:
        value = str(node.value)
        if node.style is None:
            return None if value in ("", "~", "null") else value
        self.quoted.add(path)
        return value

    def pairs(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, Any]]:
        first: dict[str, int] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.wrong(key.start_mark, "a key must be a word", "Put the braces in quotes.")
                continue
            name = str(key.value)
            if name == "<<":
                self.wrong(key.start_mark, "a merge key (<<) is not allowed", "Write it out.")
                continue
            if name in first:
                self.wrong(
                    key.start_mark,
                    f"“{name}” stands here twice (first in line {first[name]})",
                    "Remove one of them or give it another name.",
                )
                continue
            first[name] = key.start_mark.line + 1
            self.keys[(*path, name)] = _mark(key.start_mark)
            yield name, self.build(value, (*path, name))


def _mark(mark: yaml.Mark) -> Mark:
    return Mark(mark.line + 1, mark.column + 1)


def decode(raw: bytes, file: str) -> str:
    """Bytes of a file to text; raises FlowErrors when they are not UTF-8."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        cure = "Save the file as UTF-8."
        mistake = FlowError(file, Mark(line, column), "this is not UTF-8 text", cure)
        raise FlowErrors([mistake]) from None


def read(source: str, file: str) -> Document:
    """Read one YAML document; raises FlowErrors with every mistake of form at once."""
    if len(source) > MAX_CHARACTERS:
        raise FlowErrors([FlowError(file, Mark(), "the file is too large for a flow", "Split it.")])
    builder = _Builder(file)
    try:
        node = yaml.compose(source, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        place = error.context_mark or error.problem_mark
        mark = _mark(place) if place else Mark()
        message = f"this is not valid YAML: {error.problem or 'it cannot be read'}"
        cure = "Often a missing quote, a colon inside a text (put the text in quotes) or a tab."
        raise FlowErrors([FlowError(file, mark, message, cure)]) from None
    except (yaml.YAMLError, UnicodeError, RecursionError):
        message = "the file holds a character that YAML does not allow"
        raise FlowErrors([FlowError(file, Mark(), message, "Remove it.")]) from None
    data = builder.build(node, ()) if node is not None else None
    if builder.mistakes:
        raise FlowErrors(builder.mistakes)
    return Document(file, data, builder.marks, builder.keys, frozenset(builder.quoted))

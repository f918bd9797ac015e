"""Blocks that flows share: a file of questions (and choice lists) that a flow puts in with ``include``.

What is published must stand alone, so a flow with its blocks travels as one text: the flow, then each block behind a
line that names its file. No file is read here.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from flows.errors import FlowError
from flows.guessing import did_you_mean
from flows.notation.reading import Document, Path, read

_NAMED = re.compile(r"^--- # (\S+)[ \t]*\n", re.MULTILINE)
BLOCK_KEYS = ("questions", "choice_lists")


def split(source: str) -> tuple[str, dict[str, str]]:
    """A published text as the flow and its blocks by the name of their file."""
    main, *rest = _NAMED.split(source)
    return main, dict(zip(rest[::2], rest[1::2], strict=True))


def join(main: str, blocks: Mapping[str, str]) -> str:
    """The flow and its blocks as one text; the other way round than ``split``."""
    whole = main
    for name, text in blocks.items():
        whole = f"{_ended(whole)}--- # {name}\n{text}"
    return whole


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"


def includes(data: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Where a flow's data includes blocks, and the names of their files."""
    questions = data.get("questions") if isinstance(data, dict) else None
    if not isinstance(questions, dict):
        return
    for name, item in questions.items():
        place = (*path, "questions", name)
        if isinstance(item, dict) and isinstance(item.get("include"), str):
            yield place, item["include"]
        yield from includes(item, place)


def expand(
    document: Document, blocks: Mapping[str, str], folder: str
) -> tuple[Document, list[FlowError]]:
    """The document with every block in its place, as a group. Raises FlowErrors when a block is not YAML."""
    faults: list[FlowError] = []
    for path, name in list(includes(document.data)):
        here = (*path, "include")
        if name not in blocks or " " in name:
            other = "Name a file beside the flow, such as blocks/about-you.yaml."
            cure = did_you_mean(name, blocks, other)
            faults.append(
                FlowError(document.file, document.mark(here), f"there is no file “{name}”", cure)
            )
            document = _without(document, path)
            continue
        block = read(blocks[name], f"{folder}{name}")
        if fault := _unfit(block):
            faults.append(fault)
            document = _without(document, path)
            continue
        document = document.grafted((*path, "questions"), block, ("questions",))
        document = _plain(document, path)
        if block.at(("choice_lists",)):
            for listed in block.data["choice_lists"]:
                document = document.grafted(
                    ("choice_lists", listed), block, ("choice_lists", listed)
                )
    return document, faults


def _unfit(block: Document) -> FlowError | None:
    """What keeps a block from being put in; None when nothing does."""
    data = block.data
    if not isinstance(data, dict) or not isinstance(data.get("questions"), dict):
        return FlowError(
            block.file, block.mark(()), "this block holds no questions", "Begin with: questions:"
        )
    for key in data:
        if key not in BLOCK_KEYS:
            cure = f"A block holds {' and '.join(BLOCK_KEYS)}; the rest belongs to the flow."
            return FlowError(block.file, block.key((key,)), f"there is no “{key}” in a block", cure)
    for path, _ in includes(data):
        return FlowError(
            block.file,
            block.key((*path, "include")),
            "a block cannot include another",
            "Include it in the flow.",
        )
    return None


def _plain(document: Document, path: Path) -> Document:
    """The item at ``path`` without its word ``include``: from here on it is a group."""
    item = {key: value for key, value in document.at(path).items() if key != "include"}
    parent: Any = document.at(path[:-1])
    parent[path[-1]] = item
    return document


def _without(document: Document, path: Path) -> Document:
    """A block that cannot be had is a note, so that the checks of the rest go on."""
    document.at(path[:-1])[path[-1]] = {"type": "note", "label": "..."}
    return replace(document)

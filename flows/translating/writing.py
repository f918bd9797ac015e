"""Translations into the YAML of a flow and of its blocks, and the proof that nothing else has changed."""

import copy
from collections.abc import Callable, Mapping
from typing import Any

from flows.errors import FlowErrors
from flows.language.entries import entries
from flows.language.including import expand, includes, join, split
from flows.language.model import Path
from flows.language.texts import by_language, holds_words, texts_of
from flows.notation.reading import Document, read
from flows.notation.rewriting import Draft
from flows.notation.spelling import Value
from flows.translating.judging import Refused

NOT_BY_US = (
    "The translations cannot be written into this file without changing something else. "
    "Write them in by hand, or write the places in question more plainly."
)
Home = tuple[str, Path]  # a file ("" for the flow's own), and the place in it


def rewritten(
    source: str,
    document: Document,
    texts: Mapping[Path, str | list[str]],
    language: str,
    record: Mapping[str, Value],
) -> str:
    """A flow's text with translations where they belong, in the flow or in a block, and the record of the language."""
    main, blocks = split(source)
    drafts = {"": Draft(main)}
    first = str(document.data["languages"][0])
    home = homes(main, blocks)
    for path, value in texts.items():
        name, inside = home(path)
        if name not in drafts:
            drafts[name] = Draft(blocks[name])
        drafts[name].translate(inside, first, language, value)
    head = drafts[""]
    if language not in document.data["languages"]:
        head.append(("languages",), language)
    if isinstance(document.at(("translations", language)), dict):
        for key, one in record.items():
            head.put(("translations", language), key, one)
    else:
        head.put(("translations",), language, record)
    written = {name: draft.result() for name, draft in drafts.items()}
    return join(written[""], {name: written.get(name, text) for name, text in blocks.items()})


def homes(main: str, blocks: Mapping[str, str]) -> Callable[[Path], Home]:
    """Tells of each place that the flow sees in which file it is written."""
    included = [(place, name) for place, name in includes(read(main, "").data) if name in blocks]
    lists = {
        listed: name
        for _, name in included
        for listed in read(blocks[name], name).data.get("choice_lists") or {}
    }

    def home(path: Path) -> Home:
        for place, name in included:
            if path[: len(place) + 1] == (*place, "questions"):
                return name, path[len(place) :]
        if path[0] == "choice_lists":
            return lists.get(str(path[1]), ""), path
        return "", path

    return home


def verify(before: Document, after: str, language: str, expected: Mapping[str, str]) -> None:
    """Raises Refused unless ``after`` differs from the flow before in ``language`` alone.

    ``expected`` holds all that it says in that language, by id.
    """
    try:
        main, blocks = split(after)
        document, faults = expand(read(main, before.file), blocks, "")
    except FlowErrors:
        raise Refused([NOT_BY_US]) from None
    said = {entry.id: entry.translation for entry in entries(document, language)}
    if (
        faults
        or said != dict(expected)
        or _without(before, language) != _without(document, language)
    ):
        raise Refused([NOT_BY_US])


def _without(document: Document, language: str) -> Any:
    """The data of a flow, every text as a map, and nothing of ``language`` in it."""
    first = str(document.data["languages"][0])
    found = list(texts_of(document))
    data = copy.deepcopy(document.data)
    for path, written in found:
        if written is None:
            continue
        texts = by_language(written, first).items()
        around = data
        for step in path[:-1]:
            around = around[step]
        around[path[-1]] = {code: _plain(said, path) for code, said in texts if code != language}
    data["languages"] = [code for code in data["languages"] if code != language]
    others = data.pop("translations", None) or {}
    return data, {code: one for code, one in others.items() if code != language}


def _plain(said: Any, path: Path) -> Any:
    if holds_words(path) and isinstance(said, str):
        return [said]
    return said.strip() if isinstance(said, str) else said

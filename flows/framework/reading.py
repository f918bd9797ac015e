"""The file of themes to a Framework: the one way in. Every mistake is told at once, with its place and its cure.

The file is read like a flow and told of like a flow; nothing is read from the disk but what is handed in.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from phonenumbers import SUPPORTED_REGIONS
from pydantic import ValidationError

from flows.errors import MOST, FlowError, FlowErrors, Mark
from flows.framework.model import Framework, Group, Joined, Theme, Treaty
from flows.framework.shape import WITHIN, FrameworkShape, StateShape, ThemeShape, TreatyShape
from flows.guessing import did_you_mean
from flows.language.model import Text
from flows.language.shape import SOURCE
from flows.notation.reading import Document, decode, read
from flows.notation.reading import Path as DataPath

SHIPPED = Path(__file__).parent / "themes.yaml"
NAME = "themes.yaml"  # of the file that a city puts into the folder of its flows
CODE = re.compile(r"[a-z][a-z0-9_]{0,62}")
Found = Iterator[FlowError]


@cache
def shipped() -> Framework:
    """The themes that ship."""
    return load_framework(SHIPPED)


def framework_in(folder: Path) -> Framework:
    """The themes of a folder of flows, where it has its own, else those that ship. Raises FlowErrors and OSError."""
    own = folder / NAME
    return load_framework(own) if own.is_file() else shipped()


def load_framework(path: Path) -> Framework:
    """The themes in a file; raises FlowErrors, or OSError when it cannot be read."""
    return read_framework(decode(path.read_bytes(), str(path)), str(path))


def read_framework(source: str, file: str = NAME) -> Framework:
    """The themes in a text; raises FlowErrors with every mistake. ``file`` is the name that mistakes carry."""
    document = read(source, file)
    if not isinstance(document.data, dict):
        cure = "Copy the file of themes that ships, and change it."
        raise FlowErrors([FlowError(file, Mark(), "this holds no themes", cure)])
    try:
        shape = FrameworkShape.model_validate(document.data)
    except ValidationError as error:
        raise FlowErrors([*_formal(error, document)]) from None
    if mistakes := [*_meaning(shape, document)][:MOST]:
        raise FlowErrors(mistakes)
    return _framework(shape)


def _formal(error: ValidationError, document: Document) -> Found:
    for fault in error.errors()[:MOST]:
        path = tuple(step for step in fault["loc"] if step != "[key]")
        at_key = fault["type"] == "extra_forbidden" or "[key]" in fault["loc"]
        mark = document.key(path) if at_key else document.mark(path)
        yield FlowError(document.file, mark, *_explain(fault, path))


def _explain(fault: Any, path: DataPath) -> tuple[str, str]:
    """What is wrong with the form, and the cure."""
    name = str(path[-1]) if path else ""
    match fault["type"]:
        case "flow":
            return fault["ctx"]["message"], fault["ctx"]["cure"]
        case "missing":
            return f"“{name}” is missing", f"Add a line: {name}: ..."
        case "extra_forbidden":
            known = list(_keys_at(path))
            can = f"What can stand here: {', '.join(known)}."
            return f"there is no “{name}” here", did_you_mean(name, known, can)
        case "too_short":
            return f"“{name}” is empty", "Add at least one."
        case "list_type":
            return f"“{name}” must be a list", "Write it in brackets: [11, 25]."
        case "string_type":
            return f"“{name}” must be a text", "Put it in quotes."
        case _:
            return f"“{name}” needs keys and values under it", "Indent them by two blanks."


def _keys_at(path: DataPath) -> Iterator[str]:
    if len(path) == 1:
        return iter(FrameworkShape.model_fields)
    if "states" in path:
        return iter(StateShape.model_fields)
    return iter(WITHIN[str(path[0])].model_fields) if path[0] in WITHIN else iter(())


def _meaning(shape: FrameworkShape, document: Document) -> Found:
    """What the parts mean to each other: codes that can be codes, treaties and countries that there are, all texts."""

    def wrong(path: DataPath, message: str, cure: str, *, key: bool = True) -> FlowError:
        mark = document.key(path) if key else document.mark(path)
        return FlowError(document.file, mark, message, cure)

    for section, codes in (("themes", shape.themes), ("groups", shape.groups)):
        for code in codes:
            if not CODE.fullmatch(code):
                cure = "Use small letters, digits and _; the label may say anything."
                yield wrong((section, code), f"“{code}” cannot be a code", cure)
    for code, theme in shape.themes.items():
        for treaty in theme.treaties.keys() - shape.treaties.keys():
            cure = did_you_mean(treaty, shape.treaties, "Describe it under treaties: first.")
            path: DataPath = ("themes", code, "treaties", treaty)
            yield wrong(path, f"there is no treaty “{treaty}”", cure)
    for code, one in shape.treaties.items():
        for country in one.states.keys() - SUPPORTED_REGIONS:
            cure = "Use the two capital letters of a country, such as US."
            message = f"“{country}” is not the code of a country"
            yield wrong(("treaties", code, "states", country), message, cure)
    for path, text in _texts(shape):
        for language in text.keys() - {SOURCE, *shape.languages}:
            cure = did_you_mean(language, shape.languages, "Add it to languages:, or remove it.")
            message = f"“{language}” is not a language of this file"
            yield wrong((*path, language), message, cure)
        if SOURCE not in text and shape.languages[0] not in text:
            cure = f"Add it: {shape.languages[0]}: ..."
            message = f"this text lacks “{shape.languages[0]}”, the first language of the file"
            yield wrong(path, message, cure, key=False)


def _texts(shape: FrameworkShape) -> Iterator[tuple[DataPath, Text]]:
    yield from ((("udhr", str(number)), text) for number, text in shape.udhr.items())
    yield from ((("treaties", code, "title"), one.title) for code, one in shape.treaties.items())
    yield from ((("groups", code, "label"), one.label) for code, one in shape.groups.items())
    for code, theme in shape.themes.items():
        yield ("themes", code, "label"), theme.label
        if theme.about:
            yield ("themes", code, "about"), theme.about


def _framework(shape: FrameworkShape) -> Framework:
    first = shape.languages[0]

    def text(said: Text) -> Text:
        return {language or first: words for language, words in said.items()}

    def theme(code: str, one: ThemeShape) -> Theme:
        treaties = {name: tuple(articles) for name, articles in one.treaties.items()}
        about = text(one.about)
        labels = (tuple(one.sdg), tuple(one.ohchr))
        return Theme(code, text(one.label), about, tuple(one.udhr), treaties, *labels)

    def treaty(code: str, one: TreatyShape) -> Treaty:
        states = {name: Joined(state.signed, state.ratified) for name, state in one.states.items()}
        return Treaty(code, text(one.title), one.year, one.binding, states)

    groups = {code: Group(code, text(one.label), one.ohchr) for code, one in shape.groups.items()}
    return Framework(
        tuple(shape.languages),
        {code: theme(code, one) for code, one in shape.themes.items()},
        groups,
        {code: treaty(code, one) for code, one in shape.treaties.items()},
        {number: text(said) for number, said in shape.udhr.items()},
        shape.reviewed,
    )

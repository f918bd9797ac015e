"""A flow's plain data to YAML as an organizer would like to read it: keys in their order, long texts folded.

The other way round than ``reading``: what is written here is read as the same words. Words such as yes, no and 010
need no quotes, because the flow language reads every scalar as it is written. Nothing is checked here.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from flows.notation.reading import Path, read

Data = Mapping[str, Any]

WIDTH = 110  # where a folded text goes on in the next line
INLINE = 92  # the longest that stands in one line behind its key

HEAD: tuple[str, ...] = (
    *("flow", "title", "languages", "country", "timezone", "unlisted", "keywords", "contact"),
    *("expires", "remind", "leave", "not_private", "care"),
    *("consent", "choice_lists", "questions", "closing", "translations"),
)
ITEM: tuple[str, ...] = (
    *("type", "include", "scope", "relevant", "label", "hint", "purpose", "calculation"),
    *("start", "end", "step", "constraint", "constraint_message", "choices", "required"),
    *("multiline", "sensitive", "attempts", "then", "theme", "report", "repeat", "max"),
    "questions",
)
CHOICE = ("label", "accept", "other", "theme")

_QUOTED_ANYWAY = frozenset(":#{}[],?&*!|>%@`")  # beside these, an apostrophe is not doubled
_ODD_BREAKS = frozenset("\r\x85\u2028\u2029")  # lines that only a text in quotes can end by them
_STRING = "tag:yaml.org,2002:str"
_NOTHING = re.compile(r"^(?:~|null|)$")


class _Dumper(yaml.SafeDumper):
    """Quotes only what would be read as nothing: the flow language has no other words with a meaning."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - so it is called in PyYAML


for _first in ("~", "n", ""):
    _Dumper.yaml_implicit_resolvers[_first] = [("tag:yaml.org,2002:null", _NOTHING)]


def written(data: Data, remarks: Mapping[Path, str] | None = None) -> str:
    """The YAML of a flow. ``remarks`` become comments above the keys at their paths."""
    node = _map(_flow(data), 0, ())
    text = yaml.serialize(node, Dumper=_Dumper, width=WIDTH, allow_unicode=True)
    return _spaced(str(text), remarks or {})


def _flow(data: Data) -> Data:
    ordered = dict(_ordered(data, HEAD))
    if "questions" in ordered:
        ordered["questions"] = _items(ordered["questions"])
    if "choice_lists" in ordered:
        lists = ordered["choice_lists"].items()
        ordered["choice_lists"] = {name: _choices(choices) for name, choices in lists}
    return ordered


def _items(questions: Data) -> Data:
    found = {}
    for name, item in questions.items():
        ordered = dict(_ordered(item, ITEM))
        if isinstance(ordered.get("choices"), Mapping):
            ordered["choices"] = _choices(ordered["choices"])
        if "questions" in ordered:
            ordered["questions"] = _items(ordered["questions"])
        found[name] = ordered
    return found


def _choices(choices: Data) -> Data:
    return {
        code: dict(_ordered(choice, CHOICE)) if isinstance(choice, Mapping) else choice
        for code, choice in choices.items()
    }


def _ordered(data: Data, order: tuple[str, ...]) -> Iterable[tuple[str, Any]]:
    """The keys that ``order`` names first, the others behind them as they stood."""
    place = {key: number for number, key in enumerate(order)}
    return sorted(data.items(), key=lambda pair: place.get(pair[0], len(order)))


def _node(value: Any, indent: int, path: Path) -> yaml.Node:
    if isinstance(value, Mapping):
        return _map(value, indent, path)
    if isinstance(value, list | tuple):
        items = [_scalar(item, 0) for item in value]
        return yaml.SequenceNode("tag:yaml.org,2002:seq", items, flow_style=True)
    return _scalar(value, indent + len(str(path[-1])))


def _map(data: Data, indent: int, path: Path) -> yaml.Node:
    inline = bool(path) and _is_flat(data) and indent + _length(data) <= INLINE
    pairs = [
        (
            yaml.ScalarNode(_STRING, str(key)),
            _node(value, 0 if inline else indent + 2, (*path, key)),
        )
        for key, value in data.items()
    ]
    return yaml.MappingNode("tag:yaml.org,2002:map", pairs, flow_style=inline or not data)


def _is_flat(data: Data) -> bool:
    """Whether a map may stand in one line: texts or words by language, and nothing that is long."""
    values = data.values()
    simple = all(
        isinstance(value, list) or (isinstance(value, str) and "\n" not in value)
        for value in values
    )
    return simple and not {"type", "label"} & data.keys()


def _length(data: Data) -> int:
    return sum(len(key) + len(str(value)) + 4 for key, value in data.items())


def _scalar(value: Any, before: int) -> yaml.Node:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    style = None
    if not _ODD_BREAKS.isdisjoint(text):
        style = '"'
    elif "\n" in text:
        style = "|"
    elif before + len(text) > INLINE and " " in text:
        style = ">"
    elif "'" in text and not _QUOTED_ANYWAY.isdisjoint(text):
        style = '"'
    return yaml.ScalarNode(_STRING, text, style=style)


def _spaced(text: str, remarks: Mapping[Path, str]) -> str:
    """The text with a blank line before each part and each question, and with its remarks."""
    document = read(text, "flow")
    _, *questions = document.at(("questions",)) or [""]
    apart: set[Path] = {
        ("care",),
        ("consent",),
        ("choice_lists",),
        ("questions",),
        ("closing",),
        ("translations",),
    }
    apart |= {("questions", name) for name in questions}
    lines = text.split("\n")
    above: dict[int, list[str]] = {}
    for place in apart & document.keys.keys():
        above[document.key(place).line] = [""]
    for path, remark in remarks.items():
        number = document.key(path).line
        line = lines[number - 1]
        indent = line[: len(line) - len(line.lstrip())]
        above.setdefault(number, []).append(f"{indent}# {remark}")
    spread = (one for number, line in enumerate(lines, 1) for one in (*above.get(number, ()), line))
    return "\n".join(spread).lstrip("\n")

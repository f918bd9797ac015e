"""Passages of an answer on a page: shown with their marks, and found again when somebody has chosen one.

Places are code points of the words as the reader sees them. What is shown here is safe to place in a page; whether a
reader may see the words at all is not decided here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from markupsafe import Markup, escape

from storage.finding import places

MOST = 10_000  # characters of a passage that is typed or pasted


class Kind(StrEnum):
    """What a passage is marked as."""

    MASK = "mask"
    SUGGESTION = "suggestion"
    QUOTE = "quote"
    HIT = "hit"


CALLED = {
    Kind.MASK: lazy_gettext("masked"),
    Kind.SUGGESTION: lazy_gettext("could be masked"),
    Kind.QUOTE: lazy_gettext("quotation"),
    Kind.HIT: lazy_gettext("found"),
}


@dataclass(frozen=True)
class Span:
    """A passage from code point ``start`` to before ``end``. ``label`` is what it is called to who cannot see marks."""

    start: int
    end: int
    kind: Kind
    label: str = ""


@dataclass(frozen=True)
class Chosen:
    """The passage that somebody means."""

    answer: int
    start: int
    end: int


@dataclass(frozen=True)
class Asked:
    """What somebody wanted to mask or to quote, and why that could not be done."""

    trouble: str = ""
    form: Mapping[str, str] = field(default_factory=dict)


class NotChosen(Exception):
    """No one passage is meant; the message tells the reader what to do."""


def marked(text: str, spans: Iterable[Span] = ()) -> Markup:
    """The text with its passages marked; they may overlap. Line ends stay one code point each."""
    known = [one for one in spans if 0 <= one.start < one.end <= len(text)]
    edges = sorted({0, len(text), *(edge for one in known for edge in (one.start, one.end))})
    parts: list[Markup] = []
    begin: dict[int, list[Span]] = {}
    for one in known:
        begin.setdefault(one.start, []).append(one)
    over: list[
        Span
    ] = []  # carried along: a word that is masked can stand in an answer ten thousand times
    for start, end in pairwise(edges):
        over = [*(one for one in over if end <= one.end), *begin.get(start, ())]
        told = [one for one in over if one.kind is not Kind.SUGGESTION]  # it stands in a list too
        parts += [_aside(f"[{_called(one)}: ") for one in told if one.start == start]
        parts.append(_piece(text[start:end], over))
        parts += [_aside("]") for one in told if one.end == end]
    return Markup("").join(parts)


def _called(span: Span) -> str:
    return span.label or str(CALLED[span.kind])


def _piece(text: str, over: Sequence[Span]) -> Markup:
    # a bare carriage return would become a line feed on its way, and with its neighbour one code point less
    safe = Markup(str(escape(text)).replace("\r", "&#13;"))  # noqa: S704 - escaped the moment before
    if not over:
        return safe
    kinds = " ".join(sorted({f"of-{one.kind}" for one in over}))
    quiet = all(one.kind is Kind.SUGGESTION for one in over)
    return Markup("<{0} class='passage {1}'>{2}</{0}>").format(
        "span" if quiet else "mark", kinds, safe
    )


def _aside(text: str) -> Markup:
    """What is said to screen readers alone, and is no part of the words."""
    return Markup("<span class='hidden-text' data-aside>{}</span>").format(text)


def chosen(form: Mapping[str, str], texts: Mapping[int, str]) -> Chosen:
    """The passage that a form names, of ``texts`` by answer: by its place, or found by its words.

    The fields are ``answer``, ``start``, ``end`` and ``passage``. Raises NotChosen.
    """
    words = _lines(form.get("passage", ""))[:MOST]
    answer, start, end = (_number(form.get(name, "")) for name in ("answer", "start", "end"))
    text = texts.get(answer) if answer is not None else None
    if answer is not None and text is not None and start is not None and end is not None:
        fits = start < end <= len(text)
        if fits and (not words.strip() or _lines(text[start:end]).strip() == words.strip()):
            return Chosen(answer, start, end)
    if not words.strip():
        raise NotChosen(_("Select the words, or type them in."))
    searched = {answer: text} if answer is not None and text is not None else texts
    found = [
        Chosen(number, *place)
        for number, one in searched.items()
        for place in places(one, words.strip())
    ]
    if not found:
        raise NotChosen(_("These words are not in the answers. Copy them as they stand there."))
    if len(found) > 1:
        raise NotChosen(
            _("These words stand there more than once. Add the words before or after them.")
        )
    return found[0]


def _lines(text: str) -> str:
    """Forms send every line end as two characters."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None

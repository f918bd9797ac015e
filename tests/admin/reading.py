"""What somebody sees of a page, or is told of it by a screen reader, apart from data: for tests of its language."""

from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

SPOKEN = ("alt", "aria-label", "placeholder", "title")
VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr"})
UNSEEN = frozenset({"script", "style", "svg", "textarea"})
DATA = frozenset({"code", "time", "pre"})


@dataclass(frozen=True)
class Seen:
    """A run of text, or a spoken attribute, and the element that it belongs to."""

    text: str
    tag: str


class _Reader(HTMLParser):
    """Reads what is not data: not what has a direction or language of its own, nor what was typed or measured."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language
        self.open: list[tuple[str, bool]] = []
        self.seen: list[Seen] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        foreign = known.get("lang") not in (None, self.language) or known.get("dir") == "auto"
        hidden = bool(self.open and self.open[-1][1]) or tag in UNSEEN | DATA or foreign
        if not hidden or tag in ("input", "audio", "video", "img"):
            self.seen += [Seen(said, tag) for name in SPOKEN if (said := known.get(name))]
        if tag not in VOID:
            self.open.append((tag, hidden))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if text and not (self.open and self.open[-1][1]):
            self.seen.append(Seen(text, self.open[-1][0] if self.open else ""))


def seen(page: str, language: str) -> Iterator[Seen]:
    """What is seen of ``page``, which speaks ``language``, in its order."""
    reader = _Reader(language)
    reader.feed(page)
    yield from reader.seen

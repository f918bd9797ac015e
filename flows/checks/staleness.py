"""How far each language of a flow is: what is missing, stale or reviewed; and the gate before publishing.

It looks at what is written, and changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flows.language.entries import Entry, State, entries, is_reviewed, record_of
from flows.language.findings import Findings
from flows.language.model import Flow
from flows.notation.reading import Document

FIRST = 3  # places that are named


@dataclass(frozen=True)
class Completeness:
    """How far one language is. ``words`` are the lists of words that have none; they may stay so.

    ``lacking`` are the missing texts without which the flow should not be published.
    """

    total: int
    stale: tuple[str, ...]
    missing: tuple[str, ...]
    words: tuple[str, ...]
    reviewed: bool
    lacking: tuple[str, ...] = ()

    @property
    def done(self) -> int:
        return self.total - len(self.stale) - len(self.missing)

    @property
    def percent(self) -> int:
        """Rounded down: 100 means all."""
        return 100 * self.done // self.total if self.total else 100


def completeness(document: Document) -> Mapping[str, Completeness]:
    """How far each language of a flow is but its first, which is the source."""
    return {language: _counted(document, language) for language in document.data["languages"][1:]}


def _counted(document: Document, language: str) -> Completeness:
    found = list(entries(document, language))
    whole = counted(found, reviewed=is_reviewed(document, language))
    if record_of(document, language) is not None:
        return replace(whole, lacking=whole.missing)
    plain = {entry.id for entry in found if entry.plain}
    return replace(whole, lacking=tuple(one for one in whole.missing if one not in plain))


def counted(found: Sequence[Entry], *, reviewed: bool) -> Completeness:
    """How far the language is that ``found`` are translated into."""
    texts = [entry for entry in found if not entry.words]
    return Completeness(
        total=len(texts),
        stale=tuple(entry.id for entry in texts if entry.state is State.STALE),
        missing=tuple(one.id for one in texts if one.needed and one.state is State.MISSING),
        words=tuple(one.id for one in found if one.words and one.state is State.MISSING),
        reviewed=reviewed,
    )


def check_stale(flow: Flow, findings: Findings) -> None:
    """A rule of the checker: one warning for each language with stale texts."""
    document, first = findings.document, flow.source_language
    for place, language in enumerate(flow.languages):
        if not place or record_of(document, language) is None:
            continue
        if stale := _counted(document, language).stale:
            older = "text is older than its" if len(stale) == 1 else "texts are older than their"
            cure = (
                f"Look at {_named(stale)}. Send them out again with testimony flows translate export; "
                "where they still say the same, testimony flows translate review."
            )
            message = f"{len(stale)} {language} {older} source in {first}"
            findings.add(("languages", place), message, cure, warning=True)


def gate(document: Document) -> list[str]:
    """Why a flow should not be published yet: its languages that lack texts, or have stale ones.

    What is written once, without a language, was meant for all of them, until translations came in.
    """
    return [
        f"{language}: {len(ids)} text{' is' if len(ids) == 1 else 's are'} {state} ({_named(ids)})."
        for language, found in completeness(document).items()
        for state, ids in ((State.MISSING, found.lacking), (State.STALE, found.stale))
        if ids
    ]


def _named(ids: Sequence[str]) -> str:
    more = len(ids) - FIRST
    return ", ".join(ids[:FIRST]) + (f" and {more} more" if more > 0 else "")

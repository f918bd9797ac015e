"""How far each language of a flow is: what is translated, what is missing, what was changed since. Counts only."""

from dataclasses import dataclass

from admin.words import language_name
from flows import Flow, examine
from flows.checks.staleness import completeness


@dataclass(frozen=True)
class Spoken:
    """One language of a flow, in texts. ``source``: it is the one that the others are translated from."""

    code: str
    name: str
    total: int = 0
    missing: int = 0
    stale: int = 0
    source: bool = False
    reviewed: bool = False

    @property
    def complete(self) -> bool:
        return not self.missing and not self.stale


def spoken(text: str, flow: Flow) -> tuple[Spoken, ...]:
    """The languages of ``flow``, which is loaded from ``text``, the source language first."""
    document = examine(text).document
    first = Spoken(flow.source_language, language_name(flow.source_language), source=True)
    if document is None:  # published long ago, and the program has since become stricter
        return (first, *(Spoken(code, language_name(code)) for code in flow.languages[1:]))
    others = (
        Spoken(
            code,
            language_name(code),
            far.total,
            len(far.missing),
            len(far.stale),
            False,
            far.reviewed,
        )
        for code, far in completeness(document).items()
    )
    return (first, *others)

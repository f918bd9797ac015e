"""What the checker says of a flow's text, with every finding at the line where its writer sees it.

The text is that of the flow with the blocks it includes behind it; nothing is read from a database here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from flask_babel import gettext as _
from flask_babel import ngettext

from admin import interface
from admin.desk import desk
from admin.retelling import retold
from flows import CONSENT, Examined, Flow, examine
from flows.checks.catalog import clashes
from flows.errors import MOST, FlowError, Mark
from flows.language.including import split


@dataclass(frozen=True)
class Finding:
    """One mistake, or a hint (``warning``), at a line and column of the whole text, both from 1.

    The checker speaks English, as the keys of a flow do; what is said here has the ``language`` of the page.
    """

    line: int
    column: int
    message: str
    cure: str
    warning: bool = False
    language: str = interface.SOURCE

    @property
    def where(self) -> str:
        return _("Line %(line)s", line=self.line)


@dataclass(frozen=True)
class Place:
    """A question that is asked, or the consent, and the line at which it stands."""

    question: str
    line: int


@dataclass(frozen=True)
class Looked:
    """A text as it was found: the flow, unless a mistake keeps it from being one."""

    flow: Flow | None
    findings: tuple[Finding, ...]
    places: tuple[Place, ...]

    @property
    def told(self) -> tuple[Finding, ...]:
        """As many of the findings as a page can show."""
        return self.findings[:MOST]

    @property
    def mistakes(self) -> int:
        return sum(not one.warning for one in self.findings)

    @property
    def hints(self) -> int:
        return len(self.findings) - self.mistakes

    @property
    def tally(self) -> str:
        """How much there is to mend, in words."""
        mistakes = ngettext("%(num)d to mend", "%(num)d to mend", self.mistakes)
        hints = ngettext("%(num)d hint", "%(num)d hints", self.hints)
        told = [*([mistakes] if self.mistakes else ()), *([hints] if self.hints else ())]
        return ", ".join(told) or _("Nothing to mend")


def look(source: str, name: str, others: Iterable[Flow] = ()) -> Looked:
    """Everything there is to say about the text of the flow ``name`` that is to stand beside ``others``."""
    found = examine(source, f"{name}.yaml", framework=desk().themes)
    lines = _Lines(source)
    findings = [lines.finding(one) for one in found.findings]
    findings += _misnamed(found, name)
    if found.flow:
        findings += _clashing(found, found.flow, others)
    findings.sort(key=lambda one: (one.line, one.column))
    whole = found.flow if all(one.warning for one in findings) else None
    return Looked(whole, tuple(findings), tuple(_places(whole, found, lines)))


def name_in(source: str) -> str:
    """The name that a flow's text gives itself; "" when it cannot be read."""
    document = examine(source).document
    name = document.at(("flow",)) if document else None
    return name if isinstance(name, str) else ""


class _Lines:
    """Where the lines of the flow and its blocks stand in the whole text."""

    def __init__(self, source: str) -> None:
        main, blocks = split(source)
        self.before = {"": 0}
        passed = main.count("\n")
        for name, text in blocks.items():
            passed += 1  # the line that names it
            self.before[name] = passed
            passed += text.count("\n")

    def line(self, mark: Mark) -> int:
        return self.before.get(mark.file, 0) + mark.line

    def finding(self, error: FlowError) -> Finding:
        message, cure = _sentence(error.message), error.cure
        return Finding(self.line(error.mark), error.mark.column, message, cure, error.warning)


def _sentence(message: str) -> str:
    """A message as it stands alone, not behind a file's name."""
    return message[:1].upper() + message[1:] + ("" if message.endswith((".", "?")) else ".")


def _misnamed(found: Examined, name: str) -> list[Finding]:
    document = found.document
    written = document.at(("flow",)) if document else name
    if document is None or written == name or not isinstance(written, str):
        return []
    mark = document.mark(("flow",))
    cure = _("Write flow: %(name)s. For another survey, begin a new one.", name=name)
    message = _(
        "This survey is called %(name)s, but the text says %(written)s.", name=name, written=written
    )
    return [Finding(mark.line, mark.column, message, cure, language=interface.tag())]


def _clashing(found: Examined, flow: Flow, others: Iterable[Flow]) -> list[Finding]:
    mark = found.document.key(("keywords",)) if found.document else Mark()
    at = Finding(
        mark.line,
        mark.column,
        "",
        _("Choose another word: people text it, and only one thing can happen."),
        language=interface.tag(),
    )
    return [replace(at, message=_sentence(retold(why))) for why in clashes(flow, others)]


def _places(flow: Flow | None, found: Examined, lines: _Lines) -> list[Place]:
    if flow is None or found.document is None:
        return []
    asked = [(one.id, one.path) for one in flow.questions if one.asks]
    keys = [(CONSENT, ("consent",)), *asked]
    return [Place(name, lines.line(found.document.key(path))) for name, path in keys]

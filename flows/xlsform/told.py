"""What there is to tell about an import or an export: everything that did not go over as it was written."""

from collections.abc import Iterable
from dataclasses import dataclass, field

WRITE, LEFT, CHANGED = "write your own", "left out", "changed"
UNSEEN = "unseen"  # what travels on the sheet beside a form, and only comes back here


class FormError(ValueError):
    """A file that cannot be read as an XLSForm at all; the message says what to do."""


@dataclass(frozen=True)
class Told:
    """One thing to know: of what kind it is, where in the form, what, and what to do about it."""

    kind: str
    where: str
    message: str
    cure: str = ""

    def __str__(self) -> str:
        said = f"{self.where}: {self.message}" if self.where else self.message
        return f"{said}\n    {self.cure}" if self.cure else said


@dataclass
class Ledger:
    """What is told, in the order it was found; each once; what many rows have is gathered in one line."""

    told: dict[Told, None] = field(default_factory=dict)
    often: dict[tuple[str, str, str, str], list[str]] = field(default_factory=dict)

    def add(self, kind: str, where: str, message: str, cure: str = "") -> None:
        self.told[Told(kind, where, message, cure)] = None

    def again(self, kind: str, where: str, row: str, message: str, cure: str = "") -> None:
        """The same of one more row (or name): all of them become one line."""
        self.often.setdefault((kind, where, message, cure), []).append(row)

    def all(self) -> tuple[Told, ...]:
        gathered = (
            Told(kind, f"{where} ({listed(rows)})" if any(rows) else where, message, cure)
            for (kind, where, message, cure), rows in self.often.items()
        )
        return (*self.told, *gathered)


def listed(names: Iterable[str]) -> str:
    """Names joined by commas, rows that follow each other as one: "2, 4-9, 12"."""
    found: list[str] = []
    last = 0
    for name in dict.fromkeys(names):
        number = int(name) if name.isascii() and name.isdigit() else 0
        if number and number == last + 1 and found:
            found[-1] = f"{found[-1].split('-')[0]}-{number}"
        else:
            found.append(name)
        last = number
    return ", ".join(found)

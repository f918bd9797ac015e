"""The mistakes of one file while they are gathered."""

from collections import Counter
from dataclasses import dataclass, field

from flows.errors import MOST, FlowError, Mark
from flows.notation.reading import Document, Path


@dataclass
class Findings:
    """The mistakes found in one document, placed where they stand."""

    document: Document
    placed: list[tuple[Path, FlowError]] = field(default_factory=list)
    told: set[str] = field(default_factory=set)
    counts: Counter[bool] = field(default_factory=Counter)  # of mistakes, and of warnings
    settled: list[Path] = field(default_factory=list)

    def settle(self, path: Path) -> None:
        """One mistake has been told of what lies at ``path``: what follows from it is not told."""
        self.settled.append(path)

    def add(
        self,
        path: Path,
        message: str,
        cure: str = "",
        *,
        column: int | None = None,
        key: bool = False,
        warning: bool = False,
    ) -> None:
        if self.counts[warning] >= MOST:
            return
        if any(path[: len(done)] == done for done in self.settled):
            return
        mark = self.document.key(path) if key else self.document.mark(path)
        if column is None or path in self.document.blocks:  # of a block only its start is known
            column = 0
        elif path in self.document.quoted:
            column += 1
        place = Mark(mark.line, mark.column + column, mark.file)
        mistake = FlowError(self.document.file, place, message, cure, warning=warning)
        if str(mistake) not in self.told:  # two languages, one fault
            self.told.add(str(mistake))
            self.counts[warning] += 1
            self.placed.append((path, mistake))

"""The mistakes of one file while they are gathered."""

from dataclasses import dataclass, field

from flows.errors import FlowError, Mark
from flows.reading import Document, Path


@dataclass
class Findings:
    """The mistakes found in one document, placed where they stand."""

    document: Document
    placed: list[tuple[Path, FlowError]] = field(default_factory=list)
    told: set[str] = field(default_factory=set)

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
        mark = self.document.key(path) if key else self.document.mark(path)
        if (
            column is None or path in self.document.blocks
        ):  # inside a block of lines, only its start is known
            column = 0
        elif path in self.document.quoted:
            column += 1
        place = Mark(mark.line, mark.column + column, mark.file)
        mistake = FlowError(self.document.file, place, message, cure, warning=warning)
        if str(mistake) not in self.told:  # two languages, one fault
            self.told.add(str(mistake))
            self.placed.append((path, mistake))

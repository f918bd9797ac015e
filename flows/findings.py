"""The mistakes of one file while they are gathered."""

from dataclasses import dataclass, field

from flows.errors import FlowError, Mark
from flows.reading import Document, Path


@dataclass
class Findings:
    """The mistakes found in one document, placed where they stand."""

    document: Document
    placed: list[tuple[Path, FlowError]] = field(default_factory=list)

    def add(
        self, path: Path, message: str, cure: str = "", *, column: int = 0, key: bool = False
    ) -> None:
        mark = self.document.key(path) if key else self.document.mark(path)
        column += path in self.document.quoted and column > 0
        place = Mark(mark.line, mark.column + column)
        mistake = FlowError(self.document.file, place, message, cure)
        if str(mistake) not in map(
            str, (known for _, known in self.placed)
        ):  # two languages, one fault
            self.placed.append((path, mistake))

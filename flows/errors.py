"""What is wrong with a flow: each mistake with its place, its reason and its cure.

Only an author's mistakes are errors. A contact's unusable reply is a turn of the conversation, never an exception.
"""

from collections.abc import Sequence
from dataclasses import dataclass

MOST = 200  # mistakes that are told of one file; who has more begins with these


@dataclass(frozen=True, order=True)
class Mark:
    """A place in a file; both numbers count from 1, the column in characters.

    ``file`` is set only where it is another one than the flow's: that of an included block.
    """

    line: int = 1
    column: int = 1
    file: str = ""


class FlowError(ValueError):
    """One mistake of an author: where, what is wrong, and how to mend it.

    A ``warning`` is told and stops nothing.
    """

    def __init__(
        self, file: str, mark: Mark, message: str, cure: str = "", *, warning: bool = False
    ) -> None:
        self.file = mark.file or file
        self.mark = mark
        self.message = message
        self.cure = cure
        self.warning = warning
        super().__init__(str(self))

    def __str__(self) -> str:
        said = f"{self.file}:{self.mark.line}:{self.mark.column}: {self.message}"
        return f"{said}\n    {self.cure}" if self.cure else said


class FlowErrors(ExceptionGroup[FlowError]):
    """All mistakes of one file, in the order of its lines."""

    def __new__(cls, mistakes: Sequence[FlowError]) -> "FlowErrors":
        ordered = sorted(mistakes, key=lambda mistake: (mistake.mark.file, mistake.mark))
        return super().__new__(cls, "the flow has mistakes", ordered)

    def __init__(self, mistakes: Sequence[FlowError]) -> None:
        super().__init__("the flow has mistakes", mistakes)

    def derive(self, excs: Sequence[FlowError]) -> "FlowErrors":  # type: ignore[override]
        return FlowErrors(excs)

"""What the content of a file turns out to be: plain data between the workbench and those who ask it."""

from dataclasses import dataclass, field

# Why a file is not kept, in the words of ``storage.attachments``; the workbench knows nothing of storage.
UNKNOWN, BROKEN = "unknown", "broken"
MOST_MINUTES = 15  # of a recording; a longer one is only measured


@dataclass(frozen=True)
class Finding:
    """A file by its content. ``kind``: photo, voice or video. ``seconds`` are measured; None for pictures, and where
    nobody could tell. ``cleaned`` is a copy without metadata, None where none could be made.
    """

    kind: str
    content_type: str
    seconds: int | None = None
    cleaned_type: str | None = None
    cleaned: bytes | None = field(default=None, repr=False)


class Unfit(Exception):
    """The content is nothing that we keep, for this reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

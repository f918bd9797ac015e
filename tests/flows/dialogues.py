"""The dialogues of tests/transcripts, played on a phone that keeps only JSON between two messages."""

from pathlib import Path

from phone import Phone
from small_flows import shipped

from flows.rehearsing.playing import play
from flows.rehearsing.transcripts import Transcript, read


def told_in(path: Path) -> Transcript:
    return read(path.read_text(encoding="utf-8"), path.name)


def played(told: Transcript, beside: str = "") -> Transcript:
    """The dialogue as the bot gives it; ``beside`` is the flow of one that names none."""
    catalog = {name: shipped(name) for name in told.flows or (beside,)}
    return play(told, catalog, Phone(catalog, told.today))

"""What a service keeps of people's files: the rows, the folder, and their content as staff may read it."""

from pathlib import Path
from urllib.parse import urlsplit

from bot.services import Services
from storage import attachments


def folder(services: Services) -> Path:
    return Path(urlsplit(services.settings.media.url).path)


def stored(services: Services) -> dict[str, bytes]:
    """All that lies in the folder of files, by name."""
    found = folder(services)
    return {path.name: path.read_bytes() for path in found.iterdir()} if found.is_dir() else {}


def content(services: Services, attachment_id: int, *, original: bool = False) -> bytes | None:
    """A file in clear; None where there is none."""
    with services.database.reading() as session:
        there = attachments.locate(session, attachment_id, original=original)
    return None if there is None else attachments.read(services.files, there)

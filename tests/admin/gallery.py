"""Files that came with messages, as the service keeps them: sealed in a folder, with rows that tell of them."""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from sqlalchemy import func, select
from town import Town

from storage import keeping
from storage.files import Place, Store, open_store, seal_file
from storage.keeping import Expected, Found
from storage.models import Attachment

ORIGINAL = b"the original, with where it was taken"


def picture(kind: str = "PNG") -> bytes:
    """A small picture."""
    out = io.BytesIO()
    Image.new("RGB", (320, 200), "#8fb8a8").save(out, kind)
    return out.getvalue()


@dataclass
class Gallery:
    """Where the files of a town are kept."""

    town: Town
    store: Store

    @classmethod
    def at(cls, folder: Path, town: Town) -> "Gallery":
        return cls(town, open_store(Place(folder.as_uri())))

    def expect(self, message_id: int, kind: str = "photo") -> int:
        """A file that is to be fetched yet; returns its id."""
        with self.town.database.writing() as session:
            keeping.expect(session, message_id, [Expected(0, kind)], self.town.clock())
            return session.scalars(select(func.max(Attachment.id))).one()

    def hang(
        self,
        message_id: int,
        cleaned: bytes | None = None,
        cleaned_type: str | None = "image/png",
        **found: Any,
    ) -> int:
        """A file that was fetched and kept; returns its id."""
        number = self.expect(message_id, found.get("kind", "photo"))
        with self.town.database.writing() as session:
            errand = keeping.take_up(session, number)
        assert errand is not None
        self.store.put(errand.original, seal_file(errand.key, errand.original, ORIGINAL))
        if cleaned_type is not None:
            clean = picture() if cleaned is None else cleaned
            self.store.put(errand.cleaned, seal_file(errand.key, errand.cleaned, clean))
        known = {
            "kind": "photo",
            "content_type": "image/jpeg",
            "size": len(ORIGINAL),
            "sha256": hashlib.sha256(ORIGINAL).hexdigest(),
        }
        with self.town.database.writing() as session:
            kept = Found(**{**known, **found}, cleaned_type=cleaned_type)
            assert keeping.keep(session, number, kept, self.town.clock())
        return number

    def lose(self, message_id: int, status: str, error: str) -> int:
        """A file that was not kept; returns its id."""
        number = self.expect(message_id)
        with self.town.database.writing() as session:
            keeping.let_go(session, number, status, error, self.town.clock())
        return number

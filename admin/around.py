"""What stands around a testimony on its page: the list one came from, tags, marks, and what staff did with it."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request
from sqlalchemy.orm import Session

from admin import filters, history, marks, trail
from admin.history import Deed
from storage import audit, listing, looking, tags
from storage.looking import Looked
from storage.testimonies import Testimony


@dataclass(frozen=True)
class Around:
    """``came`` is the list as an address has it, ``search`` the search that led here, None for neither.

    ``before`` and ``after`` are the neighbours in the list. ``marks`` are the reasons of marked messages in words, by
    message; ``looked`` who has looked at them; ``open``: whether there is one that nobody has looked at.
    """

    came: Mapping[str, str]
    search: int | None
    before: int | None
    after: int | None
    deeds: tuple[Deed, ...]
    tags: Mapping[int, str]
    known_tags: tuple[str, ...]
    marks: Mapping[int, str]
    looked: Mapping[int, Looked]

    @property
    def open(self) -> bool:
        return any(number not in self.looked for number in self.marks)

    @property
    def trail(self) -> dict[str, str | int]:
        """What the addresses of neighbours and forms carry on."""
        return {**self.came, "search": self.search} if self.search else dict(self.came)


def around(session: Session, found: Testimony, language: str) -> Around:
    """All that stands around one testimony."""
    came, here = trail.read(session), found.listed
    search = filters.read_key(request.args.get("search", ""))
    before, after = None, None
    if search is None:  # what a search finds has no neighbours: it would have to be searched again
        before, after = listing.beside(session, came.asked.wanted, here, came.order)
    files = [file.id for line in found.dialogue for file in line.files]
    subjects = [f"interview:{here.id}", *(f"attachment:{one}" for one in files)]
    marked = [line for line in found.dialogue if line.attention]
    return Around(
        came=came.values,
        search=search,
        before=before,
        after=after,
        deeds=tuple(history.deeds(audit.about(session, subjects, history.MOST))),
        tags=tags.of(session, [here.id]).get(here.id, {}),
        known_tags=tuple(tags.known(session).values()),
        marks={
            line.id: marks.plainly(line.attention or "", found.flow, language) for line in marked
        },
        looked=looking.of_interview(session, here.id),
    )

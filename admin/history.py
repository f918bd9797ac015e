"""What staff did with one testimony, from the audit log, in words: what was done again and again is said once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from admin.words import day
from storage.audit import Event

MOST = 200  # events that are looked at
DEEDS = {
    "view": lazy_gettext("read it"),
    "view_file": lazy_gettext("looked at a file"),
    "download_file": lazy_gettext("took an original file"),
    "tag": lazy_gettext("put a tag on it"),
    "untag": lazy_gettext("took a tag off"),
    "looked at": lazy_gettext("ticked off what needed a look"),
    "unmask asked": lazy_gettext("asked for the number"),
    "unmask agreed": lazy_gettext("agreed to show the number"),
    "unmask refused": lazy_gettext("refused to show the number"),
    "unmask": lazy_gettext("saw the number"),
    "write": lazy_gettext("wrote to the person"),
    "hold": lazy_gettext("took the conversation over"),
    "hand_back": lazy_gettext("handed back to the bot"),
    "code": lazy_gettext("coded it"),
    "code taken back": lazy_gettext("took a code back"),
    "quote": lazy_gettext("chose a quotation"),
    "quote taken back": lazy_gettext("took a quotation back"),
    "mask": lazy_gettext("masked words"),
    "mask lifted": lazy_gettext("unmasked words"),
    "mask settled": lazy_gettext("looked at a mask after a change"),
    "removal asked": lazy_gettext("asked to remove words for good"),
    "removal refused": lazy_gettext("kept words from being removed"),
    "removed": lazy_gettext("removed words for good"),
    "translate": lazy_gettext("translated an answer"),
    "enter": lazy_gettext("typed it in"),
    "interview": lazy_gettext("wrote answers down in an interview"),
    "code given": lazy_gettext("gave a code to go on by phone"),
    "write refused": lazy_gettext("could not write to the person"),
    "hold refused": lazy_gettext("could not take the conversation over"),
    "refused": lazy_gettext("tried what their role does not include"),
    "erase": lazy_gettext("erased it"),
}


@dataclass(frozen=True)
class Deed:
    """One line: who did what, on which day, last at which moment."""

    who: str
    what: str
    day: str
    at: datetime
    times: int


def deeds(events: Iterable[Event]) -> list[Deed]:
    """The newest first. The same by the same person on one day, with nothing between, is one line."""
    return list(_lines(events))


def _lines(events: Iterable[Event]) -> Iterator[Deed]:
    alike = groupby(events, key=lambda one: (one.who, one.action, day(one.at)))
    for (who, action, when), same in alike:
        done = list(same)
        what = str(DEEDS.get(action, action))
        yield Deed(who or _("The command line"), what, when, done[0].at, len(done))

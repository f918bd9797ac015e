"""Where people leave a survey: its questions with how many reached, answered, refused and left each."""

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_pgettext, ngettext

from admin.glance.asking import Asked
from admin.glance.counts import number
from admin.glance.drawing import HEIGHT, WIDTH, Part
from admin.interface import tongue_of
from flows import CONSENT, Catalog, Flow
from storage.funnel import Reached

PARTS = {
    "answered": lazy_pgettext("people", "Answered"),
    "refused": lazy_pgettext("people", "Refused"),
    "waiting": lazy_pgettext("people", "Waiting"),
    "left": lazy_pgettext("people", "Left"),
}
HEADS = (lazy_pgettext("people", "Reached"), *PARTS.values())
LONGEST = 90  # characters of a question


@dataclass(frozen=True)
class Stage:
    """One question, the cells of its row, and its bar."""

    id: str
    label: str
    cells: list[str]
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Leaving:
    """The questions of a flow in their order, and in a sentence where most have left."""

    title: str
    language: str
    sentence: str
    stages: list[Stage]
    heads: tuple[object, ...] = HEADS


def shown(asked: Asked, catalog: Catalog) -> Flow | None:
    """The flow whose questions are shown: the one that was asked for, or the only one there is."""
    if asked.flow or len(catalog) == 1:
        return catalog.get(asked.flow or next(iter(catalog)))
    return None


def leaving(flow: Flow, found: dict[str, Reached]) -> Leaving | None:
    """None where nobody has begun it in that span."""
    most = max((one.reached for one in found.values()), default=0)
    if not most:
        return None
    stages = [
        Stage(name, _label(flow, name), _cells(one), _bar(one, most)) for name, one in found.items()
    ]
    language = tongue_of(flow)
    return Leaving(flow.say(flow.title, language), language, _sentence(flow, found), stages)


def _sentence(flow: Flow, found: dict[str, Reached]) -> str:
    worst = max(found, key=lambda name: found[name].left)
    left = found[worst].left
    if not left:
        return str(_("Nobody has left by the way."))
    told = ngettext(
        "The question where most have left, %(left)s person of %(reached)s, is: %(question)s",
        "The question where most have left, %(left)s people of %(reached)s, is: %(question)s",
        left,
        left=number(left),
        reached=number(found[worst].reached),
        question=f"\u2068{_label(flow, worst)}\u2069",
    )
    return str(told)


def _label(flow: Flow, name: str) -> str:
    if name == CONSENT:
        return str(_("Consent to take part"))
    text = flow.say(flow.by_id[name].label, tongue_of(flow)) or name
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"


def _cells(one: Reached) -> list[str]:
    return [number(one.reached), *(number(getattr(one, part)) for part in PARTS)]


def _bar(one: Reached, most: int) -> tuple[Part, ...]:
    x, parts = 0.0, []
    for look in PARTS:
        wide = WIDTH * getattr(one, look) / most
        if wide:
            parts.append(Part(look, round(x, 2), 0, round(wide, 2), HEIGHT))
        x += wide
    return tuple(parts)

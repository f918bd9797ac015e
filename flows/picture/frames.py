"""A flow's ordered questions as the tree that its author wrote: groups and repeats with what is in them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flows.language.model import Flow, Question

HEADING = ".label"  # how the heading of a group is named


@dataclass
class Frame:
    """A group or repeat: its heading, the condition that leaves all of it out, and its items in order."""

    id: str = ""
    heading: Question | None = None
    again: Question | None = None
    condition: str = ""
    items: list["Frame | Question"] = field(default_factory=list)

    @property
    def depth(self) -> int:
        """How many frames lie within each other below this one."""
        inner = (item.depth + 1 for item in self.items if isinstance(item, Frame))
        return max(inner, default=0)


def framed(flow: Flow) -> Frame:
    """The whole flow as a frame without a name."""
    root = Frame()
    opened = [root]
    for question in flow.questions:
        inside = _around(question)
        shared = _shared([frame.id for frame in opened[1:]], inside)
        del opened[shared + 1 :]
        for name in inside[shared:]:
            inner = Frame(name)
            opened[-1].items.append(inner)
            opened.append(inner)
        _put(opened[-1], question)
    _conditions(root, ())
    return root


def own_condition(question: Question) -> str:
    """The condition of a question itself, without those of the frames around it."""
    return question.relevant.source if question.relevant else ""


def _around(question: Question) -> tuple[str, ...]:
    """The frames a question stands in; a heading and the question for another time in the one they belong to."""
    if question.id.endswith(HEADING):
        return (*question.groups, question.id.removesuffix(HEADING))
    return (*question.groups, question.id) if question.type == "repeat" else question.groups


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    pairs = zip(one, other, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _put(frame: Frame, question: Question) -> None:
    if question.id == f"{frame.id}{HEADING}":
        frame.heading = question
        return
    if question.type == "repeat":
        frame.again = question
    frame.items.append(question)


def _conditions(frame: Frame, outer: tuple[str, ...]) -> None:
    """A frame's own condition, taken out of the joined one of what stands in it."""
    if frame.heading or frame.again:
        known = frame.heading or frame.again
        frame.condition = own_condition(known) if known else ""
    elif direct := [item for item in frame.items if isinstance(item, Question)]:
        frame.condition = _rest(direct[0], outer)
    around = (*outer, frame.condition) if frame.condition else outer
    for item in frame.items:
        if isinstance(item, Frame):
            _conditions(item, around)


def _rest(question: Question, outer: tuple[str, ...]) -> str:
    """What a question's joined condition holds beside the ``outer`` ones and its own."""
    whole = question.shown_if.source if question.shown_if else ""
    own = [question.relevant.source] if question.relevant else []
    if whole == _joined([*outer, *own]):
        return ""
    if not outer and not own:
        return whole
    before = "".join(f"({one}) and " for one in outer)
    behind = "".join(f" and ({one})" for one in own)
    middle = whole.removeprefix(before).removesuffix(behind)
    return middle[1:-1].replace(") and (", " and ")


def _joined(conditions: Sequence[str]) -> str:
    """The text of conditions that must all hold, as ``expressions.every`` writes it."""
    if len(conditions) < 2:
        return "".join(conditions)
    return " and ".join(f"({one})" for one in conditions)

"""What a reader sees of people's words: everything, or blocks where something is masked. The one place that decides.

Whoever shows words to staff, searches in them or quotes them asks here first.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from flows import Answer, Flow, Interview, Slot, slot_of
from storage import masks, permits
from storage.dialogues import Line
from storage.finding import Place, merged, widened
from storage.models import AnswerRow
from storage.permits import Permit
from storage.veils import BLOCKS, Hidden, Veil, cover, covered_line, veil


@dataclass(frozen=True)
class Seen:
    """One answer's words as a reader sees them. ``masks``: passages of ``text`` that are masked; where the reader may
    not see behind them, they are blocks.

    ``bare``: they stand there in clear. ``whole``: nothing but blocks is shown, because a mask cannot be found again.
    """

    text: str
    masks: tuple[Place, ...] = ()
    bare: bool = True
    whole: bool = False
    _original: tuple[Place, ...] = ()

    def original(self, start: int, end: int) -> Place | None:
        """A passage of what is seen as a passage of the original words; a touched block counts as a whole.

        None where that cannot be said.
        """
        if self.bare:
            return start, end
        if self.whole:
            return None
        return self._back(start, end=False), self._back(end, end=True)

    def _back(self, edge: int, *, end: bool) -> int:
        shift = 0
        for (start, stop), (began, ended) in zip(self.masks, self._original, strict=True):
            if edge <= start:
                break
            if edge < stop:
                return ended if end else began
            shift = ended - stop
        return edge + shift

    def place(self, start: int, end: int) -> Place | None:
        """Where a passage of the original words lies in what is seen; None where that cannot be said."""
        if self.bare:
            return start, end
        if self.whole:
            return None
        return self._forth(start, end=False), self._forth(end, end=True)

    def _forth(self, edge: int, *, end: bool) -> int:
        shift = 0
        for (start, stop), (began, ended) in zip(self.masks, self._original, strict=True):
            if edge <= began:
                break
            if edge < ended:
                return stop if end else start
            shift = stop - ended
        return edge + shift


def as_seen(session: Session, staff_id: int, texts: Mapping[int, str]) -> dict[int, Seen]:
    """The words of answers, by the answer's id, as this member sees them. ``texts`` are the original words."""
    behind = permits.holds(session, staff_id, Permit.BEHIND)
    hidden = masks.by_answer(session, texts)
    return {
        number: seen(veil(text, hidden.get(number, [])), behind) for number, text in texts.items()
    }


def seen(over: Veil, behind: bool) -> Seen:
    """An answer under its veil, for who sees behind it or not."""
    if behind:
        return Seen(over.text, over.places)
    if over.lost:
        return Seen(BLOCKS, ((0, len(BLOCKS)),), bare=False, whole=True)
    original = merged([widened(over.text, *place) for place in over.places])
    blocks, shift = [], 0
    for start, stop in original:
        blocks.append((start + shift, start + shift + len(BLOCKS)))
        shift += len(BLOCKS) - (stop - start)
    return Seen(over.covered(), tuple(blocks), not original, False, tuple(original))


def veiled(session: Session, interview: Interview) -> Interview:
    """An interview as it is gone on with by who may not see behind masks: masked answers are neither shown nor said."""
    hidden = masks.by_interview(session, [interview.id] if interview.id else [])
    rows = session.execute(
        select(AnswerRow.question, AnswerRow.instance).where(AnswerRow.id.in_(hidden))
    )
    slots = {slot_of(*row) for row in rows} if hidden else set()
    answers = {
        slot: replace(answer, words=BLOCKS, veiled=True) if slot in slots else answer
        for slot, answer in interview.answers.items()
    }
    return replace(interview, answers=answers)


@dataclass(frozen=True)
class Curtain:
    """All veils of one interview, by answer id, with the slot of each answer; for who may not see behind them."""

    veils: Mapping[int, tuple[Slot, Veil]]
    languages: tuple[str, ...]

    def answer(self, answer_id: int, answer: Answer, *, calculated: bool = False) -> Answer:
        """An answer as it is read: its own masks, and what a calculation repeats of others."""
        if answer_id in self.veils:
            answer = replace(answer, words=self.words(answer_id, answer.words))
        if calculated and isinstance(answer.value, str):
            answer = replace(answer, value=self.repeated(answer.value))
        return answer

    def words(self, answer_id: int, text: str) -> str:
        """The words of an answer as they are read."""
        return self.veils[answer_id][1].covered() if answer_id in self.veils else text

    def repeated(self, text: str) -> str:
        """A text that may repeat what is masked."""
        found = [place for _, one in self.veils.values() for place in one.echoes(text)]
        return cover(text, found)

    def line(self, line: Line) -> Line:
        """A message as it is read."""
        slot = line.slot if line.inbound else None
        return replace(line, text=self.said(line.text, slot)) if self.veils else line

    def said(self, text: str, slot: Slot | None) -> str:
        """What was said as it is read; ``slot``: where the answer belongs that it was heard as, None for no answer."""
        told = [(one, slot == theirs) for theirs, one in self.veils.values()]
        return covered_line(text, told, self.languages)


def curtain(
    hidden: Mapping[int, list[Hidden]], words: Mapping[int, tuple[Slot, str]], flow: Flow
) -> Curtain:
    """The curtain over one interview: ``words`` are its answers in words, by id; ``hidden`` the masks of any."""
    found = {
        number: (slot, veil(text, hidden[number]))
        for number, (slot, text) in words.items()
        if number in hidden
    }
    return Curtain(found, flow.languages)

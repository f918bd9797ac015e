"""Every branch of a flow tried by itself: what a walk meets, and the way to a question.

What the walker never reaches may still be reachable: that is a hint to the author, not a proof.
"""

from collections.abc import Sequence
from datetime import date

from flows.language.model import Flow
from flows.notation.reading import Document
from flows.rehearsing.coverage import Coverage
from flows.rehearsing.playing import DAY, transcript_of
from flows.rehearsing.reporting import WALKER, report
from flows.rehearsing.transcripts import Transcript, write
from flows.rehearsing.walking import Walk, Walker
from flows.talking.standing import Said

MOST = 4_000  # messages of one walk; fewer in a long flow, where each one takes longer
WORK = 1_000_000  # messages times questions, in all languages together
LEAST = 500
TO_ONE = 1_000  # messages on the way to one question
WORK_TO_ONE = 40_000  # the same, times questions: somebody waits for it
LEAST_TO_ONE = 60


def walk(flow: Flow, language: str, today: date = DAY, most: int = 0) -> Walk:
    """Try what there is to try in one language, in at most ``most`` messages (as many as seconds allow, if 0)."""
    each = WORK // max(2, len(flow.languages)) // len(flow.questions)
    return Walker(flow, language, today).walk(most or max(LEAST, min(MOST, each)))


def walk_all(flow: Flow, today: date = DAY) -> list[Walk]:
    """A walk in each language of the flow."""
    return [walk(flow, language, today) for language in flow.languages]


def way_to(flow: Flow, question_id: str, language: str, today: date = DAY) -> list[str] | None:
    """What a contact types, from the consent on, to be asked a question; None when the walker finds no way."""
    most = max(LEAST_TO_ONE, min(TO_ONE, WORK_TO_ONE // len(flow.questions)))
    found = Walker(flow, language, today, wanted=question_id).walk(most).ways.get(question_id)
    return None if found is None else [said.text for said in found]


def told(flow: Flow, walks: Sequence[Walk], document: Document | None = None) -> list[str]:
    """The walks in plain words: what goes wrong, with the messages that lead there, and what was never reached."""
    lines = []
    for one in walks:
        for fault in one.faults:
            lines += [f"in {one.language}: {fault.message}, after these messages:"]
            draft = _draft(flow, one.language, fault.said, one.today)
            lines += [f"    {line}".rstrip() for line in write(draft).splitlines()]
    seen = Coverage(flow)
    for one in walks:
        seen |= one.coverage
    lines += report(seen, document, WALKER)
    if seen.unseen() and not all(one.finished for one in walks):
        lines.append("the walker stopped before it had tried everything: this may be reached")
    return lines


def _draft(flow: Flow, language: str, said: Sequence[Said], today: date) -> Transcript:
    """The messages of a walk as a transcript, behind the one that starts the flow in a language."""
    start = Said(next(iter(flow.keywords.get(language, ())), "START"))
    return transcript_of([start, *said], today, language=language)

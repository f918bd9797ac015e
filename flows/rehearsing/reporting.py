"""Coverage in plain words: what no dialogue has shown of a flow, a line each, and a total."""

from collections.abc import Iterator, Sequence

from flows.language.model import CONSENT, YES, Path
from flows.notation.reading import Document
from flows.rehearsing.coverage import Branch, Coverage, Happens

TRANSCRIPTS, WALKER = "no transcript", "the walker never"  # who was not there


def report(
    coverage: Coverage, document: Document | None = None, who: str = TRANSCRIPTS
) -> list[str]:
    """A line for everything unseen and the total behind them; ``document`` tells the lines of the flow's file."""
    if not coverage.seen:
        return [f"{who} asks anything"]
    teller = _Teller(coverage, document, who)
    return [*teller.lines(), total(coverage)]


def total(coverage: Coverage) -> str:
    """How much was seen, such as "8 of 11 questions, 14 of 19 branches, 20 of 31 choices, in en and es"."""
    counted = [
        f"{sum(one in coverage.seen for one in listed)} of {len(listed)} {name}"
        for name, listed in (
            ("questions", coverage.questions),
            ("branches", coverage.ways),
            ("choices", coverage.choices),
        )
        if listed
    ]
    return f"{', '.join(counted)}, in {_listed(coverage.languages)}"


class _Teller:
    def __init__(self, coverage: Coverage, document: Document | None, who: str) -> None:
        self.coverage, self.document, self.who = coverage, document, who

    def lines(self) -> Iterator[str]:
        unseen = self.coverage.unseen()
        never = {one.question for one in unseen if one.happens is Happens.ASKED}
        chosen: dict[str, list[str]] = {}
        for one in unseen:
            if one.happens is Happens.CHOSEN:
                chosen.setdefault(one.question, []).append(one.choice)
        for one in unseen:
            if one.happens is not Happens.CHOSEN:
                if one.happens is Happens.ASKED or one.question not in never:
                    yield self.line(one)
            elif one.question not in never and (codes := chosen.pop(one.question, None)):
                yield self.choices(one.question, codes)
        yield from self.languages()

    def line(self, branch: Branch) -> str:
        name, question = self.named(branch.question), self.coverage.flow.by_id[branch.question]
        match branch.happens:
            case Happens.ASKED:
                return f"{self.who} {'asks' if question.asks else 'comes to'} {name}"
            case Happens.LEFT_OUT:
                return f"{self.who} leaves out {name}"
            case Happens.REFUSED:
                return f"{self.who} gives {name} an answer that its constraint refuses"
            case Happens.ONCE:
                return f"{self.who} tells of {name} only once"
            case _:
                return f"{self.who} tells of {name} more than once"

    def choices(self, question: str, codes: Sequence[str]) -> str:
        if question == CONSENT:
            return f"{self.who} {'agrees to' if YES in codes else 'declines'} the consent"
        return f"{self.who} chooses {_listed(codes, 'or')} at {self.named(question)}"

    def languages(self) -> Iterator[str]:
        """The languages that were never spoken, and how far each of the others went."""
        coverage, count = self.coverage, len(self.coverage.questions)
        for code in coverage.flow.languages:
            if code not in coverage.languages:
                yield f"{self.who} is in {code}"
            elif (asked := coverage.asked_in(code)) < count and len(coverage.languages) > 1:
                yield f"in {code} {asked} of {count} questions are asked"

    def named(self, question_id: str) -> str:
        """A question as its author finds it again: its id and its line."""
        name = question_id.removesuffix(".label")
        path: Path = self.coverage.flow.by_id[question_id].path
        if self.document is None or not path:
            return name
        mark = self.document.key(path)
        where = f"{mark.file}, line" if mark.file else "line"
        return f"{name} ({where} {mark.line})"


def _listed(words: Sequence[str], last: str = "and") -> str:
    if len(words) < 2:
        return words[0] if words else "no language"
    return f"{', '.join(words[:-1])} {last} {words[-1]}"

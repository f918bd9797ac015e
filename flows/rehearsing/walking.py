"""One walk through a flow in one language, by the real engine: everything tried, in the order of what is newest.

From each question it goes on with the answer tried least so far, beside the same answers to what a condition looks
at together with it. Two interviews that stand at the same question and know the same of all that counts later go the
same way from there: only the first one is followed. The same flow and the same day give the same walk.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from heapq import heappop, heappush
from traceback import format_exception_only

from flows.checks.fitting import MAX_MESSAGE
from flows.language.expressions import Value
from flows.language.model import Flow, parts_of
from flows.rehearsing.bearing import Names, counting, deciding, together
from flows.rehearsing.coverage import Branch, Coverage, Happens, branches, visited
from flows.rehearsing.playing import Moment
from flows.rehearsing.tries import Tries, Try
from flows.talking.engine import begin, hear
from flows.talking.interview import Interview, Reply, Status
from flows.talking.standing import Said
from flows.talking.way import Way, way

PATIENCE = 1_500  # messages without anything new
SATED = 300  # where nothing is left to be seen

Knows = frozenset[tuple[str, Value]]
Stand = tuple[str, Knows]  # a slot, and what is known there of all that counts
END: Stand = ("", frozenset())


@dataclass(frozen=True)
class Fault:
    """Something wrong that a contact would meet at a question, and the messages that lead there."""

    question: str
    language: str
    message: str
    said: tuple[Said, ...]


@dataclass(frozen=True)
class Walk:
    """What came of a walk in one language.

    ``ways``: the messages that first led to a question; ``whole``: to the end. ``heard``: how many were sent in all.
    ``finished``: nothing was left to try.
    """

    language: str
    today: date
    coverage: Coverage
    faults: tuple[Fault, ...]
    ways: Mapping[str, tuple[Said, ...]]
    whole: tuple[Said, ...]
    heard: int
    finished: bool


@dataclass(frozen=True)
class Place:
    """An interview, and all that was said on the way to it.

    ``beside``: what is known of the questions that conditions look at together with the one that waits.
    """

    interview: Interview
    stand: Stand
    said: tuple[Said, ...]
    beside: Knows = frozenset()

    @property
    def question(self) -> str:
        """The question that waits there, or waited last."""
        return parts_of(self.interview.state.asked or "the end")[0]

    def mark(self, answer: Try) -> tuple[str, Try, object]:
        """What counts as the same try."""
        return self.question, answer, self.beside


@dataclass
class Walker:
    """One walk. ``wanted``: the question at which it stops; only what can be typed is tried on the way there."""

    flow: Flow
    language: str
    today: date
    wanted: str = ""
    seen: set[Branch] = field(default_factory=set)
    faults: dict[tuple[str, str], Fault] = field(default_factory=dict)
    ways: dict[str, tuple[Said, ...]] = field(default_factory=dict)
    whole: tuple[Said, ...] = ()
    heard: int = 0
    news: int = 0  # when something was seen last for the first time
    tried: Counter[tuple[str, Try, object]] = field(default_factory=Counter)
    offered: int = 0
    untried: list[tuple[int, int, Place, Try]] = field(default_factory=list)
    places: dict[Stand, Place] = field(default_factory=dict)
    back: dict[Stand, list[Stand]] = field(default_factory=lambda: defaultdict(list))

    @cached_property
    def tries(self) -> Tries:
        return Tries(self.flow, self.language, self.today, self.wanted)

    @cached_property
    def counts(self) -> Mapping[str, Names]:
        """What is told apart at each question: all that counts later, or what decides on the wanted one."""
        return {name: later & self.decides for name, later in counting(self.flow).items()}

    @cached_property
    def decides(self) -> Names:
        """The questions whose answers make a difference; to others, on the way to a wanted one, any answer will do."""
        return deciding(self.flow, self.wanted) if self.wanted else Names(self.flow.by_id)

    @cached_property
    def together(self) -> Mapping[str, Names]:
        return together(self.flow)

    def walk(self, most: int) -> Walk:
        """Go on until all is tried, nothing new has come for long, or ``most`` messages were sent."""
        self.follow(self.hear(Place(Interview(self.flow), END, ()), None))
        hoped = set(branches(self.flow))
        while self.untried and self.heard < most and self.wanted not in self.ways:
            if self.heard - self.news > (SATED if hoped <= self.seen else PATIENCE):
                break
            count, _, place, answer = heappop(self.untried)
            if self.tried[place.mark(answer)] > count:
                self.offer(place, answer)  # it was tried elsewhere meanwhile: others come first
            else:
                self.follow(self.answer(place, answer))
        self.look_for_endless()
        coverage = Coverage(self.flow, dict.fromkeys(self.seen, frozenset({self.language})))
        told = coverage, tuple(self.faults.values()), self.ways, self.whole
        return Walk(self.language, self.today, *told, self.heard, not self.untried)

    def offer(self, place: Place, answer: Try) -> None:
        """An answer to try later; of those tried equally often the oldest first."""
        self.offered += 1
        heappush(self.untried, (self.tried[place.mark(answer)], self.offered, place, answer))

    def follow(self, place: Place | None) -> None:
        """From a new place on to the end, or to where another interview has gone on already."""
        while place and place.stand != END and place.stand not in self.places:
            self.places[place.stand] = place
            answers = self.tries.at(place.stand[0])
            if self.wanted and place.question not in self.decides:
                place = self.pass_by(place, answers)
                continue
            counts = [self.tried[place.mark(one)] for one in answers]
            least = answers.pop(counts.index(min(counts)))
            for answer in answers:
                self.offer(place, answer)
            place = self.answer(place, least)

    def pass_by(self, place: Place, answers: list[Try]) -> Place | None:
        """Give the first answer that leads on."""
        for answer in answers:
            now = self.answer(place, answer)
            if now and now.stand != place.stand:
                return now
        return None

    def answer(self, place: Place, answer: Try) -> Place | None:
        """The place that the messages of one answer lead to; None where the bot fails."""
        self.tried[place.mark(answer)] += 1
        now: Place | None = place
        for said in answer:
            self.heard += 1
            now = self.hear(now, said) if now else None
            if now is None or now.stand == END:
                break
        self.back[now.stand if now else END].append(place.stand)
        return now

    def hear(self, before: Place, said: Said | None) -> Place | None:
        """The place that a message leads to, the first one without a message; None where the bot fails."""
        heard = (*before.said, said) if said else ()
        try:
            if said:
                turn = hear(before.interview, said.text, self.today, media=said.media)
            else:
                turn = begin(self.flow, self.language, self.today)
            found = way(self.flow, turn.interview.answers, self.today)
        except Exception as error:  # noqa: BLE001 - a fault of ours is what is looked for
            told = "".join(format_exception_only(error)).strip()
            self.wrong("fails", before.question, f"the program fails at {{}}: {told}", heard)
            return None
        after = turn.interview
        place = self.place(after, found, heard)
        moment = Moment(before.interview, said.text if said else "", turn, self.today)
        self.note(moment, found, place)
        if after.state.status is Status.COMPLETE:
            self.whole = self.whole or heard
        if after.state != before.interview.state:
            self.look_at(turn.reply, place)
        return place

    def place(self, interview: Interview, found: Way, said: tuple[Said, ...]) -> Place:
        """Where an interview stands now, and what it has in common with all that go on like it."""
        slot = interview.state.asked
        if interview.state.status is not Status.WAITING or not slot:
            return Place(interview, END, said)
        step, question = found.by_slot.get(slot), parts_of(slot)[0]
        known = (step.facts if step else found.facts).values
        counting = frozenset((name, known[name]) for name in self.counts[question] & known.keys())
        near = self.together.get(question, Names())
        beside = frozenset(one for one in counting if one[0] in near)
        return Place(interview, (slot, counting), said, beside)

    def note(self, moment: Moment, found: Way, place: Place) -> None:
        """Keep what is seen for the first time."""
        for branch in visited(moment, found):
            if branch not in self.seen:
                self.seen.add(branch)
                self.news = self.heard
                if branch.happens is Happens.ASKED:
                    self.ways[branch.question] = place.said

    def look_at(self, reply: Reply | None, place: Place) -> None:
        length = len(reply.text) if reply else 0
        if not reply or not reply.text.strip():
            self.wrong("silent", place.question, "the bot says nothing at {}", place.said)
        elif length > MAX_MESSAGE:
            told = (
                f"the message at {{}} takes {length} characters; a text message holds {MAX_MESSAGE}"
            )
            self.wrong("long", place.question, told, place.said)

    def look_for_endless(self) -> None:
        """Places from which nothing that was tried leads to an end."""
        coming = [END, *(place.stand for _, _, place, _ in self.untried)]
        ending = set(coming)
        while coming:
            before = set(self.back[coming.pop()]) - ending
            ending |= before
            coming += before
        for stand, place in self.places.items():
            if stand not in ending:
                told = "from {} no answer leads to the end"
                self.wrong("endless", place.question, told, place.said)

    def wrong(self, kind: str, question: str, told: str, said: tuple[Said, ...]) -> None:
        """Keep the first fault of a kind at a question."""
        fault = Fault(question, self.language, told.replace("{}", question, 1), said)
        self.faults.setdefault((kind, question), fault)

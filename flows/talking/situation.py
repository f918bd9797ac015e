"""One message in its situation: who says it, what is on offer, and which flow and language speak for us."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from flows.folding import fold
from flows.language.model import Flow
from flows.phrases import FALLBACK, SHIPPED, Command, Phrasebook, command, phrasebook
from flows.talking.interview import Interview, Status
from flows.talking.moves import keyword as starting_word
from flows.talking.standing import Catalog, Said, Standing, listed


@dataclass(frozen=True)
class Situation:
    """What a decision on one message rests on."""

    catalog: Catalog
    standing: Standing
    said: Said
    today: date

    @cached_property
    def word(self) -> Command | None:
        """The command that the whole message is."""
        return command(self.said.text, self.languages)

    @property
    def settled(self) -> Command | None:
        """The word that the carrier has answered itself. A YES is START to carriers, and an answer to us."""
        settled = self.said.settled
        yes = settled is Command.START and self.word is not Command.START
        return None if yes and not self.standing.stopped else settled

    @property
    def steer(self) -> Command | None:
        return self.settled or self.word

    @property
    def lifts(self) -> bool:
        """Whether it allows messages again."""
        return self.said.begin or self.steer is Command.START

    @property
    def waiting(self) -> Interview | None:
        current = self.standing.current
        return current if current and current.state.status is Status.WAITING else None

    @property
    def held(self) -> bool:
        """Whether a person has taken the conversation over."""
        return self.standing.current is not None and self.standing.current.held

    @property
    def flow(self) -> Flow | None:
        """The flow that a reply outside of any question speaks for."""
        if self.standing.current:
            return self.standing.current.flow
        return next(iter(self.offered.values()), None)

    @property
    def offered(self) -> Catalog:
        """The flows that a contact who named none is asked for."""
        return listed(self.catalog)

    @property
    def started(self) -> tuple[Flow, str | None] | None:
        """The flow that these words start, and the language they are in; a meeting's code is in none."""
        said = fold(self.said.text)
        for flow in self.catalog.values() if said else ():
            for language, words in flow.keywords.items():
                if said in map(fold, words):
                    return flow, language
        return (self.invited, None) if self.invited else None

    @property
    def invited(self) -> Flow | None:
        """The flow of the meeting whose code this is."""
        return self.catalog.get(self.said.invited) if self.said.invited else None

    @property
    def asks_language(self) -> bool:
        """Whether the whole message is the word LANGUAGE."""
        return command(self.said.text, ()) is Command.LANGUAGE

    @property
    def language(self) -> str:
        for language in (self.waiting and self.waiting.language, self.standing.language):
            if language:
                return language
        if self.said.language in SHIPPED:
            return self.said.language
        return self.flow.source_language if self.flow else FALLBACK

    @property
    def languages(self) -> set[str]:
        """All in which this contact may say a carrier word."""
        held = [self.standing.current.flow] if self.standing.current else []
        offered = {code for flow in (*self.catalog.values(), *held) for code in flow.languages}
        return offered | {self.language}

    @property
    def book(self) -> Phrasebook:
        return phrasebook(self.language)

    @property
    def contact(self) -> str:
        return self.flow.say(self.flow.contact, self.language) if self.flow else "Testimony"

    @property
    def keyword(self) -> str:
        if self.flow is None:
            return self.book.shown[Command.START]
        return starting_word(self.flow, self.language)

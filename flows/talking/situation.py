"""One message in its situation: who says it, what is on offer, and which flow and language speak for us."""

from dataclasses import dataclass
from datetime import date

from flows.language.model import Flow
from flows.phrases import FALLBACK, SHIPPED, Command, Phrasebook, phrasebook
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

    @property
    def waiting(self) -> Interview | None:
        current = self.standing.current
        return current if current and current.state.status is Status.WAITING else None

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

"""A contact's phone: what is sent from it meets the bot, and between two messages only JSON is kept."""

import json
from dataclasses import dataclass, field, replace
from datetime import date

import plain_data
from small_flows import TODAY

from flows import Catalog, Interview, Menu, Outcome, Said, Standing, Status, converse


@dataclass
class Phone:
    """Keeps what a store would keep; of ``interviews`` the one that moved last stands at the end."""

    catalog: Catalog
    today: date = TODAY
    language: str | None = None
    stopped: bool = False
    menu: Menu = Menu.NONE
    interviews: dict[int, Interview] = field(default_factory=dict)

    @property
    def current(self) -> Interview | None:
        """The one that waits, else the one that moved last."""
        newest = [*reversed(self.interviews.values())]
        waiting = [one for one in newest if one.state.status is Status.WAITING]
        return next(iter([*waiting, *newest]), None)

    @property
    def standing(self) -> Standing:
        current = self.current
        paused = {
            one.flow.name: one
            for one in self.interviews.values()
            if one.state.status is Status.PAUSED and one is not current
        }
        return Standing(self.language, self.stopped, self.menu, current, paused)

    @property
    def reloaded(self) -> Standing:
        """The same standing, from the text that a store would hold."""
        text = json.dumps(plain_data.dump_standing(self.standing))
        return plain_data.load_standing(json.loads(text), self.catalog)

    def send(self, text: str, **said: object) -> Outcome:
        """What the bot decides on a message; its outcome is kept."""
        return self.keep(converse(self.catalog, self.reloaded, Said(text, **said), self.today))

    def keep(self, outcome: Outcome) -> Outcome:
        for interview in reversed(outcome.interviews):
            number = interview.id or len(self.interviews) + 1
            self.interviews.pop(number, None)
            self.interviews[number] = replace(interview, id=number)
        self.language = outcome.language or self.language
        self.stopped = self.stopped if outcome.stopped is None else outcome.stopped
        self.menu = outcome.menu
        return outcome

    def hears(self, *texts: str) -> str:
        """The reply to the last of ``texts``; nothing said is an empty text."""
        replies = [self.send(text).reply for text in texts]
        return replies[-1].text if replies[-1] else ""

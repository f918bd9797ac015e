"""A contact's phone: what is sent from it meets the bot, and between two messages only JSON is kept."""

import json
from dataclasses import dataclass
from datetime import date

import plain_data
from small_flows import TODAY

from flows import Outcome, Said, Standing, converse
from flows.rehearsing.playing import PlainPhone


@dataclass
class Phone(PlainPhone):
    """The product's own phone, which keeps between two messages only what a store would keep."""

    today: date = TODAY

    @property
    def reloaded(self) -> Standing:
        """The same standing, from the text that a store would hold."""
        text = json.dumps(plain_data.dump_standing(self.standing))
        return plain_data.load_standing(json.loads(text), self.catalog)

    def send(self, text: str, **said: object) -> Outcome:
        """What the bot decides on a message; its outcome is kept."""
        message = Said(text, **said)
        return self.note(
            self.keep(converse(self.catalog, self.reloaded, message, self.today)), message
        )

    def hears(self, *texts: str) -> str:
        """The reply to the last of ``texts``; nothing said is an empty text."""
        replies = [self.send(text).reply for text in texts]
        return replies[-1].text if replies[-1] else ""

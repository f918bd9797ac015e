"""How the answers to each question are read: decided once, not once an answer, and closed answers made only once.

An export reads very many answers and few that differ: of a choice or a number every value is made the first time that
it comes, by the rule of the export as all are, and kept. Words are opened one by one, and only those that may leave.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flows import Answer, Flow, Given
from storage.answers import GIVEN, WORDS, opened
from storage.exports.disclosing import HELD, Disclosure
from storage.exports.shaping import Dress, Shape
from storage.vault import Vault

KEPT, SHORT = 1000, 100  # so many values of a question are kept ready, none of more characters

K = TypeVar("K")
V = TypeVar("V")


class Lazy(dict[K, V]):
    """A dictionary that makes what it has not got."""

    def __init__(self, make: Callable[[K], V]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: K) -> V:
        found = self[key] = self._make(key)
        return found


@dataclass(frozen=True)
class Way:
    """What an export reads by."""

    vault: Vault
    rule: Disclosure
    shape: Shape

    def readers(self, flow: Flow, *, agreed: bool) -> "Readers":
        """The readers of one version, for those who said yes to the scope that is asked for, or for the others."""
        return Lazy(
            lambda given: Lazy(lambda question: Reader(self, flow, question, given, agreed=agreed))
        )


class Reader(dict[Any, Any]):
    """The answers to one question that were given in one way: what becomes of each, by how it is stored.

    ``several``: an answer becomes cells of more than one column, by name.
    """

    def __init__(self, way: Way, flow: Flow, question: str, given: str, *, agreed: bool) -> None:
        super().__init__()
        self._way, self._given, self._agreed = way, given, agreed
        self._id, self._question = question, flow.by_id.get(question)
        self._open = way.vault.opener(WORDS)
        self._wanted = way.shape.wants(question)
        alike = way.rule.alike(question, GIVEN[given], agreed=agreed)
        self._held = alike is HELD or not self._wanted  # nobody opens what stays here
        self._known = alike is not None or not self._wanted
        self._alike = way.shape.of(question, alike) if alike and self._wanted else None
        self._say = self._plainly()
        self.several = self._wanted and way.shape.one(question) is None

    def _plainly(self) -> Dress | None:
        """What makes words a cell where nothing has to be decided any more; None where something has."""
        plain = self._id not in self._way.rule.points and GIVEN[self._given] is not Given.REFUSED
        return self._way.shape.one(self._id) if plain and self._wanted else None

    def __missing__(self, stored: Any) -> Any:
        made = self._of(stored, None)
        if len(self) < KEPT and not (isinstance(stored, str) and len(stored) > SHORT):
            self[stored] = made
        return made

    def words(self, stored: Any, sealed: bytes) -> Any:
        """The same for an answer with words."""
        if self._held or (self._known and stored is None):
            return self._alike
        if stored is None and self._say is not None:
            return self._say(self._open(sealed) or None)
        return self._of(stored, sealed)

    def _of(self, stored: Any, sealed: bytes | None) -> Any:
        if self._held:
            return self._alike
        value = json.loads(stored) if isinstance(stored, str) else stored
        answer = opened(self._way.vault, self._question, self._given, value, sealed, "", False)
        return self.seen(answer)

    def seen(self, answer: Answer) -> Any:
        """The same for an answer that was opened already."""
        if not self._wanted:
            return None
        answer = self._way.rule.of(self._id, answer, agreed=self._agreed)
        return self._way.shape.of(self._id, answer)


Readers = Lazy[str, Lazy[str, Reader]]  # by how an answer was given, and by question

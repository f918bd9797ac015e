"""Looking for words in what people told us: sealed words are opened here, one batch at a time, and never kept.

From the newest testimony back; what is found is given out as it is found. No index of words is made anywhere. Who may
not see behind masks finds in what they see, so that no search tells what is masked.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from flows import parts_of, slot_of
from flows.talking.codes import without_codes
from storage import listing, masks, permits
from storage.answers import WORDS, words_in
from storage.db import Database, vault_of
from storage.library import Library
from storage.listing import Listed
from storage.matching import Piece, Sought
from storage.messages import BODY, IN
from storage.models import AnswerRow, InterviewRow, MessageRow
from storage.narrowing import Filter, narrowed
from storage.permits import Permit
from storage.reaching import asked_in
from storage.seeing import Curtain, curtain
from storage.vault import VaultError

FIRST, LARGEST = (
    50,
    800,
)  # interviews of the first batch, and of the largest: the first findings come at once
MOST_READ = 20_000  # interviews of one search; then it can be gone on with
MOST_PASSAGES = 3  # of one testimony


@dataclass(frozen=True)
class Passage:
    """A place that was found. ``question`` and ``instance``: whose answer it is in; "" for a message."""

    question: str
    instance: int
    message_id: int | None
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Hit:
    """A testimony in which something was found; ``more``: how many places beside those that are shown."""

    listed: Listed
    passages: tuple[Passage, ...]
    more: int


@dataclass(frozen=True)
class _Text:
    """One text that fits, and where it stands."""

    question: str
    instance: int
    message_id: int | None
    text: str


@dataclass
class _Batch:
    """The interviews of one batch: which texts fit, and the curtains over those in which something is masked.

    ``numbers``: the questions by which people can be reached, whose answers nobody searches; ``told``: the messages
    whose words are the words of an answer.
    """

    ids: Sequence[int]
    curtains: Mapping[int, Curtain]
    numbers: Mapping[int, frozenset[str]]
    found: dict[int, list[_Text]] = field(default_factory=dict)
    told: set[int] = field(default_factory=set)


@dataclass
class Search:
    """One search by one member. While ``hits`` is gone through, it says how far it has come.

    ``after``: the interview that the next search goes on after, None when all were read. ``damaged``: how many texts
    no key of ours opens.
    """

    database: Database
    library: Library
    staff_id: int
    sought: Sought
    wanted: Filter
    after: int | None = None
    found: int = 0
    read: int = 0
    damaged: int = field(default=0)

    def hits(self, most: int) -> Iterator[Hit]:
        """The testimonies in which something is found, up to ``most``; raises NotPermitted at the first."""
        size = FIRST
        while self.read < MOST_READ:
            with self.database.reading() as session:
                permits.require(session, self.staff_id, Permit.WORDS)
                ids = self._next(session, size)
                hits = self._batch(session, ids) if ids and self.sought else []
            for hit in hits:
                self.found += 1
                self.after = hit.listed.id
                yield hit
                if self.found == most:
                    return
            self.read += len(ids)
            if len(ids) < size:
                self.after = None
                return
            self.after, size = ids[-1], min(2 * size, LARGEST)

    def _next(self, session: Session, size: int) -> Sequence[int]:
        ids = narrowed(session, select(InterviewRow.id), self.wanted)
        if self.after is not None:
            ids = ids.where(InterviewRow.id < self.after)
        return session.scalars(ids.order_by(InterviewRow.id.desc()).limit(size)).all()

    def _batch(self, session: Session, ids: Sequence[int]) -> list[Hit]:
        behind = permits.holds(session, self.staff_id, Permit.BEHIND)
        curtains = {} if behind else self._curtains(session, ids)
        batch = _Batch(ids, curtains, self._numbers(session, ids))
        self._answers(session, batch)
        self._messages(session, batch)
        found = batch.found
        listed = listing.of(session, found) if found else {}
        return [self._hit(listed[one], found[one]) for one in sorted(found, reverse=True)]

    def _curtains(self, session: Session, ids: Sequence[int]) -> dict[int, Curtain]:
        """The curtain over each interview in which something is masked."""
        hidden = masks.by_interview(session, ids)
        rows = session.execute(
            select(AnswerRow, InterviewRow.flow_version_id)
            .join(InterviewRow, InterviewRow.id == AnswerRow.interview_id)
            .where(AnswerRow.id.in_(hidden))
        ).all()
        told: dict[tuple[int, int], dict[int, tuple[str, str]]] = {}
        for row, version in rows if hidden else ():
            words = self._open(session, row.words, WORDS) if row.words is not None else ""
            slot = slot_of(row.question, row.instance)
            told.setdefault((row.interview_id, version), {})[row.id] = slot, words
        return {
            interview: curtain(hidden, words, self.library.flow(session, version))
            for (interview, version), words in told.items()
        }

    def _numbers(self, session: Session, ids: Sequence[int]) -> dict[int, frozenset[str]]:
        """The questions of each interview by which somebody can be reached; of those that have any."""
        versions = select(InterviewRow.id, InterviewRow.flow_version_id)
        rows = session.execute(versions.where(InterviewRow.id.in_(ids))).all()
        library = self.library
        asked = {one: asked_in(library.flow(session, one)) for one in {row[1] for row in rows}}
        return {interview: asked[version] for interview, version in rows if asked[version]}

    def _answers(self, session: Session, batch: _Batch) -> None:
        """Search the answers, and note the messages whose words are the words of an answer."""
        rows = session.execute(
            select(
                AnswerRow.interview_id,
                AnswerRow.id,
                AnswerRow.question,
                AnswerRow.instance,
                AnswerRow.message_id,
                AnswerRow.value,
                AnswerRow.words,
            )
            .where(AnswerRow.interview_id.in_(batch.ids), AnswerRow.words.is_not(None))
            .order_by(AnswerRow.id)
        )
        for interview, number, question, instance, message_id, value, sealed in rows:
            if question in batch.numbers.get(interview, ()):
                continue
            text = words_in(value, self._open(session, sealed, WORDS))
            if value is None and message_id is not None:
                batch.told.add(message_id)
            if interview in batch.curtains:
                text = batch.curtains[interview].words(number, text)
            if self.sought.found_in(text):
                one = _Text(question, instance, message_id, text)
                batch.found.setdefault(interview, []).append(one)

    def _messages(self, session: Session, batch: _Batch) -> None:
        """Search what was written by people, on either side, but for what is an answer word for word."""
        by_people = (MessageRow.direction == IN) | MessageRow.staff_id.is_not(None)
        rows: Sequence[Any] = session.execute(
            select(
                MessageRow.interview_id,
                MessageRow.id,
                MessageRow.edits_id,
                MessageRow.direction,
                MessageRow.slot,
                MessageRow.body,
            )
            .where(MessageRow.interview_id.in_(batch.ids), by_people)
            .order_by(MessageRow.id)
        ).all()
        edited = {row.edits_id for row in rows if row.edits_id}
        for interview, number, _, direction, slot, sealed in rows:
            if number in batch.told and number not in edited:
                continue
            if slot and parts_of(slot)[0] in batch.numbers.get(interview, ()):
                continue
            text = self._open(session, sealed, BODY)
            if interview in batch.curtains:
                heard = slot if direction == IN else None
                text = batch.curtains[interview].said(text, heard)
            if self.sought.found_in(text) and self.sought.found_in(text := without_codes(text)):
                batch.found.setdefault(interview, []).append(_Text("", 0, number, text))

    def _open(self, session: Session, sealed: bytes, purpose: str) -> str:
        try:
            return vault_of(session).open(sealed, purpose)
        except VaultError:  # said at the end of the page: the others are still found
            self.damaged += 1
            return ""

    def _hit(self, listed: Listed, texts: Sequence[_Text]) -> Hit:
        once = list({one.text.strip(): one for one in reversed(texts)}.values())[::-1]
        passages = tuple(
            Passage(one.question, one.instance, one.message_id, self.sought.excerpt(one.text))
            for one in once[:MOST_PASSAGES]
        )
        return Hit(listed, passages, len(once) - len(passages))

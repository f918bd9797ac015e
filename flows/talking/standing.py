"""Who speaks and what follows from it: the plain data that a conversation takes and gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from flows.language.model import Flow
from flows.phrases import Command
from flows.talking.interview import Interview, Menu, Reply, Turn

Catalog = Mapping[str, Flow]  # the published flows by name


def listed(catalog: Catalog) -> Catalog:
    """The flows that are offered to everyone: those that are not unlisted, or all when all are."""
    return {name: flow for name, flow in catalog.items() if not flow.unlisted} or catalog


@dataclass(frozen=True)
class Said:
    """One inbound message, freed of its channel.

    ``begin``: the contact pressed a start button, for the flow named in ``flow`` if there is one. ``language``: what
    the channel knows of the contact's language. ``media``: the kinds of the files that came with it. ``settled``: the
    carrier has answered STOP, START or HELP itself. ``stale``: it was said to an earlier question than the one that
    waits, so it answers nothing. ``receipt`` is a code nobody has yet, for the case that one is given.
    """

    text: str
    begin: bool = False
    flow: str | None = None
    language: str | None = None
    media: tuple[str, ...] = ()
    settled: Command | None = None
    stale: bool = False
    receipt: str = ""


@dataclass(frozen=True)
class Standing:
    """How a contact stands with us: ``current`` is the newest interview, ``paused`` those put aside, by flow.

    ``silent`` is how long the current one has not moved.
    """

    language: str | None = None
    stopped: bool = False
    menu: Menu = Menu.NONE
    current: Interview | None = None
    paused: Mapping[str, Interview] = field(default_factory=dict)
    silent: timedelta = timedelta()


@dataclass(frozen=True)
class Outcome:
    """What a message changes. ``interviews`` are new or moved ones; the message belongs to the first.

    Of ``stopped`` None means unchanged; ``turn`` is the engine's, where it was asked. ``erase``: all that is known of
    the contact goes, once the reply is sent.
    """

    reply: Reply | None = None
    interviews: tuple[Interview, ...] = ()
    turn: Turn | None = None
    language: str | None = None
    stopped: bool | None = None
    menu: Menu = Menu.NONE
    erase: bool = False


def outcome_of(turn: Turn) -> Outcome:
    """What follows from a turn of the engine, and nothing else."""
    language = turn.interview.state.language
    return Outcome(turn.reply, interviews=(turn.interview,), turn=turn, language=language)

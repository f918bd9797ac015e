"""Who speaks and what follows from it: the plain data that a conversation takes and gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from flows.language.model import Flow, Slot
from flows.phrases import Command
from flows.talking.interview import Heard, Interview, Menu, Reply, Turn, Uttered

Catalog = Mapping[str, Flow]  # the published flows by name


def listed(catalog: Catalog) -> Catalog:
    """The flows that are offered to everyone: those that are not unlisted, or all when all are."""
    return {name: flow for name, flow in catalog.items() if not flow.unlisted} or catalog


@dataclass(frozen=True)
class Overtaken:
    """That pieces of a story, ``later``, were said after a message but came before it; all belong to ``slot``."""

    slot: Slot
    later: tuple[str, ...]


@dataclass(frozen=True)
class Tried:
    """What trying a code came to: the ``interview`` that it opens, which may be the contact's ``own``, or None.

    ``many``: nothing was tried, there were too many tries before. ``sure``: it was written as codes are given, so it
    is hardly an answer.
    """

    interview: Interview | None = None
    own: bool = False
    many: bool = False
    sure: bool = True


@dataclass(frozen=True)
class Said:
    """One inbound message, freed of its channel.

    ``begin``: the contact pressed a start button, for the flow named in ``flow`` if there is one. ``language``: what
    the channel knows of the contact's language. ``media``: the kinds of the files that came with it. ``settled``: the
    carrier has answered STOP, START or HELP itself. ``stale``: it was said to an earlier question than the one that
    waits, so it answers nothing. ``repeated``: a button pressed twice, or pressed before the next question was seen.
    ``receipt`` is a code nobody has yet, for the case that one is given. ``joins`` is where the other files of its
    album went, "" where they answered nothing; None for what belongs to no album. ``hushed`` is why it is not to be
    answered, for it comes from a machine; "" from a person. ``link`` leads with that code to where nobody else
    reads along; "" where there is no such place. ``tried``: the message may be a code, and was tried as one.
    ``invited``: the flow that a meeting's code opens which this message is, or brings; None where it is none.
    """

    text: str
    begin: bool = False
    flow: str | None = None
    language: str | None = None
    media: tuple[str, ...] = ()
    settled: Command | None = None
    stale: bool = False
    receipt: str = ""
    channel: str = ""
    repeated: bool = False
    joins: Slot | None = None
    overtaken: Overtaken | None = None
    hushed: str = ""
    link: str = ""
    tried: Tried | None = None
    invited: str | None = None


@dataclass(frozen=True)
class Standing:
    """How a contact stands with us: ``current`` is the newest interview, ``paused`` those put aside, by flow.

    ``silent`` is how long the current one has not moved. ``adding``: the message before was one that nobody asked for.
    ``told``: all that was told in the current one, in order; only where a copy is asked for.
    """

    language: str | None = None
    stopped: bool = False
    menu: Menu = Menu.NONE
    current: Interview | None = None
    paused: Mapping[str, Interview] = field(default_factory=dict)
    silent: timedelta = timedelta()
    adding: bool = False
    told: tuple[Uttered, ...] = ()

    def on(self, channel: str) -> "Standing":
        """The same, with the current interview on the channel by which it goes on now; "" changes nothing."""
        if self.current is None or not channel:
            return self
        return replace(self, current=replace(self.current, channel=channel))


@dataclass(frozen=True)
class Outcome:
    """What a message changes. ``interviews`` are new or moved ones; the message belongs to the first.

    Of ``stopped`` None means unchanged; ``turn`` is the engine's, where it was asked. ``erase``: all that is known of
    the contact goes, once the reply is sent. ``heard`` and ``slot`` are what the message was taken as;
    ``attention`` says why a person should look at it. ``coded``: the code that nobody had yet was given, for the first
    interview. ``taken``: the first interview goes over to this contact. ``hushes``: what is queued must not go out.
    ``invited``: the first interview begins by a meeting's code.
    """

    reply: Reply | None = None
    interviews: tuple[Interview, ...] = ()
    turn: Turn | None = None
    language: str | None = None
    stopped: bool | None = None
    menu: Menu = Menu.NONE
    erase: bool = False
    heard: Heard = Heard.STEER
    slot: Slot | None = None
    attention: str = ""
    coded: bool = False
    taken: bool = False
    hushes: bool = False
    invited: bool = False


def outcome_of(turn: Turn) -> Outcome:
    """What follows from a turn of the engine, and nothing else."""
    language = turn.interview.state.language
    return Outcome(
        turn.reply,
        interviews=(turn.interview,),
        turn=turn,
        language=language,
        heard=turn.heard,
        slot=turn.slot,
        attention=turn.attention,
    )

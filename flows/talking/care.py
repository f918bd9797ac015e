"""People in danger: help named at once to who writes of one, and a quiet word after which nothing is said any more.

It judges and corrects nobody, changes no answer and stops no interview. Whether somebody looks at a message
that is marked here is not decided here either.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from flows.folding import fold
from flows.language.model import Flow
from flows.phrases import Command, command
from flows.talking.interview import Heard, Interview, Reply, Status
from flows.talking.situation import Situation
from flows.talking.standing import Outcome, Said, Standing

MARK = "care: "  # what the mark of a message begins with that tells of danger; its topics follow
LEFT = "(left)"  # among what an interview ``cared`` for; no topic can have such a name
# what is heard as ever after the quiet word: the carriers' words, and those of who takes everything back
STILL_HEARD = (Command.STOP, Command.START, Command.HELP, Command.DELETE, Command.CODE)


@dataclass(frozen=True)
class Danger:
    """What words tell of that somebody said aloud or wrote on paper, and the help that is named to them."""

    topics: tuple[str, ...]
    help: tuple[str, ...]

    @property
    def mark(self) -> str:
        """Why a person must look at it; it holds no words."""
        return _mark(self.topics)


def danger_in(flow: Flow, texts: Iterable[str], language: str) -> Danger | None:
    """The danger that any of these texts tells of, in words of any language; its help is in ``language``."""
    told = {topic for text in texts for topic in flow.alarms.told(text)}
    return named(flow, told, language) if told else None


def named(flow: Flow, topics: Iterable[str], language: str) -> Danger:
    """The help that a flow names for these topics; one that it does not know is left out."""
    known = set(topics)
    cares = [one for one in flow.care if one.topic in known]
    said = tuple(flow.say(one.label, language) for one in cares)
    return Danger(tuple(one.topic for one in cares), said)


def topics_of(mark: str) -> tuple[str, ...]:
    """The topics that a message's mark names; none where it is marked for other reasons."""
    reasons = mark.split("; ")
    told = [one.removeprefix(MARK).split(", ") for one in reasons if one.startswith(MARK)]
    return tuple(topic for topics in told for topic in topics)


def _mark(topics: Iterable[str]) -> str:
    return MARK + ", ".join(topics)


def look_after(here: Situation, outcome: Outcome) -> Outcome:
    """What a message does, with help named before all else where it tells of a danger.

    No answer changes by it. Who would be corrected gets the help alone.
    """
    outcome = _taken_up(outcome)
    interview = outcome.interviews[0] if outcome.interviews else here.standing.current
    for flow in (interview.flow,) if interview else here.offered.values():
        told = flow.alarms.told(here.said.text)
        if told and not outcome.erase and not _steers(here):
            return _helped(here, outcome, flow, interview, told)
    return outcome


def look_after_edit(interview: Interview, text: str, today: date, outcome: Outcome) -> Outcome:
    """The same for a message that was edited: the new words may be the ones that tell of it."""
    here = Situation({}, Standing(interview.language, current=interview), Said(text), today)
    return look_after(here, outcome)


def _steers(here: Situation) -> bool:
    """Whether the whole message is a word of ours, which tells of nothing."""
    said = here.said.text
    return command(said, here.languages) is not None or fold(said) in _own_words(here)


def _helped(
    here: Situation,
    outcome: Outcome,
    flow: Flow,
    interview: Interview | None,
    told: Mapping[str, str],
) -> Outcome:
    """The message is marked each time; each kind of help is named once an interview."""
    topics = [one.topic for one in flow.care if one.topic in told]
    why = _mark(topics)
    outcome = replace(outcome, attention="; ".join(filter(None, (why, outcome.attention))))
    known = interview.cared if interview else frozenset()
    labels = [one.label for one in flow.care if one.topic in told and one.topic not in known]
    mute = here.said.hushed or (here.standing.stopped and outcome.stopped is not False)
    if not labels or mute:
        return outcome
    language = _language(here, interview, told[topics[0]])
    said = [flow.say(label, language) for label in labels]
    reply = outcome.reply or Reply("")
    if outcome.heard is Heard.TRY and here.waiting:  # no try is counted, and the question can wait
        kept = replace(here.waiting, cared=known.union(topics))
        help_alone = replace(outcome, turn=None, interviews=(kept,))
        return replace(help_alone, reply=Reply("\n\n".join(said)))
    if reply.text and LEFT not in known:
        said.append(reply.text)
    outcome = replace(outcome, reply=replace(reply, text="\n\n".join(said)))
    if interview is None:
        return outcome
    return _with(outcome, replace(interview, cared=known.union(topics)))


def _language(here: Situation, interview: Interview | None, spoken: str) -> str:
    """The interview's language; as long as that is not known, the one that the words were written in."""
    known = interview.state.language if interview else here.standing.language
    return known or spoken


def _with(outcome: Outcome, interview: Interview) -> Outcome:
    """The outcome with another first interview, and the turn that made it along with it."""
    turn = outcome.turn and replace(outcome.turn, interview=interview, reply=outcome.reply)
    return replace(outcome, interviews=(interview, *outcome.interviews[1:]), turn=turn)


def _taken_up(outcome: Outcome) -> Outcome:
    """An interview that goes on was not left for good."""
    if not outcome.interviews:
        return outcome
    interview = outcome.interviews[0]
    goes_on = interview.state.status is Status.WAITING or outcome.taken
    if not is_left(interview) or not goes_on:
        return outcome
    return _with(outcome, replace(interview, cared=interview.cared - {LEFT}))


def is_left(interview: Interview) -> bool:
    """Whether the quiet word was the last of it: until it is begun again, nothing may be said of what it was."""
    return LEFT in interview.cared


def _leaves(here: Situation) -> bool:
    """Whether this is the quiet word, or follows it: somebody else may hold the phone by now."""
    if here.said.begin or here.settled:
        return False
    if _is_quiet(here):
        return True
    current = here.standing.current
    if current is None or not is_left(current):
        return False
    opens = here.said.tried is not None and here.said.tried.interview is not None
    return not (here.steer in STILL_HEARD or here.standing.menu or here.started or opens)


def _is_quiet(here: Situation) -> bool:
    return here.steer is Command.LEAVE or fold(here.said.text) in _own_words(here)


def leave(here: Situation) -> Outcome | None:
    """Break off without a trace: nothing is said of what this was, and nothing is asked until it is begun again."""
    if not _leaves(here):
        return None
    current, quiet = here.standing.current, _is_quiet(here)
    mute = here.said.hushed or (here.standing.adding and not quiet)
    reply = None if mute else Reply(here.book.say("leave"))
    heard = Heard.STEER if quiet else Heard.UNASKED
    if current is None:
        return Outcome(reply, heard=heard, hushes=quiet)
    if current.state.status is Status.WAITING:
        current = replace(current, state=replace(current.state, status=Status.PAUSED, attempts=0))
    left = replace(current, cared=current.cared | {LEFT})
    return Outcome(reply, interviews=(left,), heard=heard, hushes=quiet)


def _own_words(here: Situation) -> frozenset[str]:
    """The quiet words that a flow adds: those of the contact's interview, before there is one those of every flow."""
    if here.standing.current:
        return here.standing.current.flow.leaving
    return frozenset[str]().union(*(flow.leaving for flow in here.catalog.values()))

"""What a contact's silence leads to: a story kept as far as it was told, a reminder, the end of an interview.

Pure: the moment, the day and the zones are passed in. What is said unasked keeps quiet hours; replies never wait.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from flows.language.model import CONSENT, parts_of
from flows.phrases import phrasebook
from flows.talking.hearing import refused_by_constraint
from flows.talking.interview import Given, Interview, Menu, Reply, Status, Turn
from flows.talking.moves import advance
from flows.talking.talk import Talk

OPENS, CLOSES = time(8), time(21)  # of the contact's day: when something may be said unasked
SPREAD = 15 * 60  # seconds after the opening over which contacts are spread
APART = 61  # seconds between two that follow each other
STORY_ENDS = timedelta(hours=12)
TOO_LATE = timedelta(days=30)  # what could not be said for so long is left unsaid
A_DAY = timedelta(days=1)
OPEN = (Status.WAITING, Status.PAUSED)


@dataclass(frozen=True)
class Silence:
    """One contact's silence in one interview. ``since`` is when they last wrote; ``reminded`` how many reminders of the
    flow are used up since.

    ``zones`` are those that the contact may live in: all must be awake. ``hushed``: nothing may be said unasked.
    ``called``: a text of ours reaches them by itself; a page does not.
    """

    now: datetime
    since: datetime
    today: date
    zones: Sequence[tzinfo] = (UTC,)
    reminded: int = 0
    spread: timedelta = timedelta()
    hushed: bool = False
    called: bool = True


@dataclass(frozen=True)
class Seen:
    """What a look at a silence changes. ``due_at`` is when to look again, None for never.

    ``turn`` is there where a story was ended: its answers are to be kept.
    """

    interview: Interview
    due_at: datetime | None
    reminded: int
    reply: Reply | None = None
    turn: Turn | None = None


@dataclass(frozen=True)
class _Word:
    """Something to say at ``at``, and so long after what was said before it; ``uses`` is the number of reminders that
    are used up then, None for the end of a story.
    """

    at: datetime
    after: timedelta
    uses: int | None = None


def first_look(interview: Interview, now: datetime) -> datetime | None:
    """When the silence of a contact who has just written is to be looked at; None for never."""
    return _next_look(interview, Silence(now, now, now.date()))


def look(interview: Interview, silence: Silence) -> Seen:
    """Decide what the silence leads to at this moment: at most one thing is said."""
    due_at = _next_look(interview, silence)
    seen = Seen(interview, due_at, silence.reminded)
    if due_at is None or due_at > silence.now:
        return seen
    expires = _expires(interview, silence)
    if expires is not None and expires <= silence.now:
        ended = replace(interview.state, status=Status.EXPIRED)
        return replace(seen, interview=replace(interview, state=ended), due_at=None)
    opens = opening(silence.now, silence.zones, silence.spread) or silence.now + A_DAY
    if opens > silence.now:
        return replace(seen, due_at=min(opens, expires) if expires else opens)
    word = min(_words(interview, silence), key=lambda one: (one.at > silence.now, one.uses or 0))
    return _say(interview, silence, word)


def _say(interview: Interview, silence: Silence, word: _Word) -> Seen:
    turn, reminded = None, silence.reminded
    if word.uses is None:
        turn = _end_story(interview, silence.today)
        interview, reply = turn.interview, turn.reply
    else:
        reminded = word.uses
        reply = Reply(phrasebook(interview.language).say("reminder"))
    later = replace(silence, reminded=reminded)
    return Seen(interview, _next_look(interview, later, said=True), reminded, reply, turn)


def _next_look(interview: Interview, silence: Silence, *, said: bool = False) -> datetime | None:
    """The earliest moment at which there is something to do. ``said``: something is being said now."""
    if interview.state.status not in OPEN:
        return None
    if interview.held:
        return silence.now + A_DAY  # nothing is due while a person writes; who comes back is seen
    words = list(_words(interview, silence))
    moments = [max(one.at, silence.now + one.after) if said else one.at for one in words]
    if (expires := _expires(interview, silence)) is not None:
        moments.append(expires)
    return min(moments, default=None)


def _expires(interview: Interview, silence: Silence) -> datetime | None:
    expires = interview.flow.expires
    return None if expires is None else silence.since + expires


def _words(interview: Interview, silence: Silence) -> Iterator[_Word]:
    """What is still to be said, if the contact stays silent. One reminder makes up for all that were missed."""
    since, now = silence.since, silence.now
    if silence.hushed or interview.state.status is not Status.WAITING:
        return
    if _tells(interview) and now - since <= STORY_ENDS + TOO_LATE:
        yield _Word(since + STORY_ENDS, STORY_ENDS / 2)
    if not silence.called or CONSENT not in interview.answers:
        return  # who has not agreed yet is not asked again
    spans = sorted({*interview.flow.remind})
    for place in range(silence.reminded, len(spans)):
        missed = place + 1 < len(spans) and since + spans[place + 1] <= now
        if missed or now - since > spans[place] + TOO_LATE:
            continue
        before = spans[place - 1] if place else timedelta()
        yield _Word(since + spans[place], (spans[place] - before) / 2, place + 1)


def _tells(interview: Interview) -> bool:
    """Whether what waits is a story that has begun."""
    slot = interview.state.asked or ""
    answer, question = interview.answers.get(slot), interview.flow.by_id.get(parts_of(slot)[0])
    begun = answer is not None and answer.given is Given.OPEN
    return begun and question is not None and question.multiline


def _end_story(interview: Interview, today: date) -> Turn:
    """Keep a story as far as it was told, say so, and go on to what comes next."""
    talk = Talk(interview, today)
    talk.move(menu=Menu.NONE)
    told = interview.answers[talk.slot]
    refused = refused_by_constraint(talk, talk.question, told.known)
    talk.say("story_kept")
    talk.give(talk.slot, replace(told, given=Given.KEPT if refused else Given.ANSWERED))
    advance(talk)
    return talk.turn()


def opening(
    moment: datetime, zones: Sequence[tzinfo], spread: timedelta = timedelta()
) -> datetime | None:
    """``moment`` if it is awake in all ``zones``; else when it next is, and a little later; None if it never is.

    The eight o'clock of each day is the clock's own, whether it was set forward or back that night.
    """
    if _awake(moment, zones):
        return moment
    days = [moment.date() + timedelta(days=days) for days in range(-1, 4)]
    morning = (datetime.combine(day, OPENS, zone).astimezone(UTC) for day in days for zone in zones)
    openings = (at + spread for at in sorted(morning))
    return next((at for at in openings if at > moment and _awake(at, zones)), None)


def _awake(moment: datetime, zones: Sequence[tzinfo]) -> bool:
    return all(OPENS <= moment.astimezone(zone).time() < CLOSES for zone in zones)


def spread_of(contact_id: int) -> timedelta:
    """How long after the opening a contact's turn comes: not all at eight o'clock."""
    return timedelta(seconds=contact_id * APART % SPREAD)

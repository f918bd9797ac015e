"""The codes by which a person goes on from another phone: how they are written, and what one does when it is sent.

A code opens an interview to go on with, never to read in: what was told before is veiled from then on. Whether a code
is good is not known here.
"""

import re
import unicodedata
from dataclasses import replace
from typing import NamedTuple

from flows.language.model import CONSENT
from flows.phrases import phrasebook
from flows.talking import engine
from flows.talking.discretion import DELETE_THREAD, NOT_PRIVATE
from flows.talking.interview import Interview, Menu, Reply, Status
from flows.talking.situation import Situation
from flows.talking.standing import Outcome, Tried, outcome_of

ALPHABET = (
    "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that is misread aloud, nothing that spells words
)
GROUP = 4  # letters of each of the two groups
LONGEST_TYPED = 40  # characters of a message that may be a code
_DASHED = re.compile(r"\w{4} ?- ?\w{4}")
_BETWEEN = re.compile(r"[\s-]+")
_WITHIN = re.compile(  # as we write it ourselves: alone, or in a link
    rf"\b[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}\b|(?<=start[= ])[{ALPHABET}]{{8}}\b", re.IGNORECASE
)
HIDDEN = "****-****"
EXAMPLE = "7F3K-9QRT"  # where nothing is kept, and none can be good
CODED = (Status.WAITING, Status.PAUSED, Status.COMPLETE)  # those to which a code may be given


class Code(NamedTuple):
    """A text that may be a code, in the form "7F3K-9QRT". ``sure``: it can hardly be meant for anything else."""

    text: str
    sure: bool


def code_in(text: str) -> Code | None:
    """The code that the whole of ``text`` may be, in whatever way it was typed.

    Every code holds two digits and two letters, so that no word and no number is one. Only its dash makes it sure:
    "2345 West" is an address, and may be a code all the same.
    """
    if not 2 * GROUP <= len(text) <= LONGEST_TYPED:
        return None
    plain = unicodedata.normalize("NFKC", text).strip(" \t\r\n.").upper()
    plain = "".join("-" if unicodedata.category(one) == "Pd" else one for one in plain)
    bare = _BETWEEN.sub("", plain)
    digits = sum(one.isdigit() for one in bare)
    if len(bare) != 2 * GROUP or not set(bare) <= set(ALPHABET) or not 2 <= digits <= len(bare) - 2:
        return None
    return Code(f"{bare[:GROUP]}-{bare[GROUP:]}", bool(_DASHED.fullmatch(plain)))


def without_codes(text: str) -> str:
    """``text`` with the codes in it made unreadable: who reads along must not use them."""
    written = code_in(text)
    if written and written.sure:
        return HIDDEN
    return _WITHIN.sub(lambda found: HIDDEN if code_in(found[0]) else found[0], text)


def give(here: Situation) -> Outcome:
    """A code for what is being told, or was; the engine only says that it was given."""
    current = here.standing.current
    if current is None or current.state.status not in CODED:
        kept = (current,) if current else ()
        return Outcome(Reply(here.book.say("answers_none")), interviews=kept)
    text = here.book.say("code_given", receipt=here.said.receipt)
    return Outcome(Reply(text), interviews=(current,), menu=here.standing.menu, coded=True)


def meant(here: Situation) -> bool:
    """Whether a message is to be taken as the code that it may be: not where it rather answers a question."""
    tried = here.said.tried
    if tried is None or tried.sure or tried.interview:
        return tried is not None
    return here.waiting is None or here.waiting.state.asked == CONSENT


def take(here: Situation, tried: Tried) -> Outcome:
    """Go on with the interview that a code opens; or say that it opens none, and never why."""
    current = here.standing.current
    if tried.interview is None:
        menu = here.standing.menu if here.standing.menu is not Menu.ERASURE else Menu.NONE
        text = here.book.say("code_many" if tried.many else "code_wrong")
        return Outcome(Reply(text), interviews=(current,) if current else (), menu=menu)
    outcome = _go_on(here, tried.interview, own=tried.own)
    if current is None or current.id == tried.interview.id:
        return outcome
    if current.state.status is Status.WAITING:
        aside = replace(current, state=replace(current.state, status=Status.PAUSED))
        return replace(outcome, interviews=(*outcome.interviews, aside))
    if current.state.status is Status.EXPIRED:
        return replace(outcome, interviews=(*outcome.interviews, current))
    return outcome


def _go_on(here: Situation, interview: Interview, *, own: bool) -> Outcome:
    taken = interview if own else _moved(interview, here.said.channel)
    if taken.held or taken.state.status is Status.COMPLETE:
        phrase = "code_ended" if taken.state.status is Status.COMPLETE else "code_taken"
        reply = Reply(phrasebook(taken.language).say(phrase))
        outcome = Outcome(reply, interviews=(taken,), language=taken.state.language)
    else:
        greeting = "welcome_back" if own else "code_taken"
        outcome = outcome_of(engine.resume(taken, None, here.today, greeting=greeting))
    return replace(outcome, taken=not own)


def _moved(interview: Interview, channel: str) -> Interview:
    """The interview on another phone: what was told counts and is not shown, and its owner is warned anew."""
    answers = {slot: replace(answer, veiled=True) for slot, answer in interview.answers.items()}
    cared = interview.cared - {NOT_PRIVATE, DELETE_THREAD}
    return replace(interview, answers=answers, channel=channel, cared=cared)

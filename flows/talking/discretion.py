"""What people are told of those who may read along: before a sensitive question, and at the end.

Each is said once an interview; what was said is kept with it among what it ``cared`` for.
"""

from dataclasses import replace

from flows.language.model import Flow
from flows.phrases import phrasebook
from flows.talking.channels import UNADDRESSED
from flows.talking.interview import Interview

SMS = "sms"
# no topic of care can have such a name
NOT_PRIVATE, DELETE_THREAD = "(not private)", "(delete thread)"
Said = tuple[Interview, list[str]]


def warn(interview: Interview, link: str) -> Said:
    """Before a sensitive question on SMS: who can read it, and by ``link``, if there is one, where nobody can."""
    text = interview.flow.say(interview.flow.not_private, interview.language)
    if not text or interview.channel != SMS or NOT_PRIVATE in interview.cared:
        return interview, []
    said = [text]
    if link:
        said.append(phrasebook(interview.language).say("go_to_telegram", link=link))
    return _noted(interview, NOT_PRIVATE), said


def part(interview: Interview) -> Said:
    """Behind the closing, where the messages stay on a phone and say what others should not read."""
    on_a_phone = interview.channel not in ("", *UNADDRESSED)
    if not on_a_phone or not confides(interview.flow) or DELETE_THREAD in interview.cared:
        return interview, []
    said = phrasebook(interview.language).say("delete_thread")
    return _noted(interview, DELETE_THREAD), [said]


def confides(flow: Flow) -> bool:
    """Whether people may tell in a flow what nobody else should read on their phone."""
    return bool(flow.care) or any(question.sensitive for question in flow.questions)


def _noted(interview: Interview, mark: str) -> Interview:
    return replace(interview, cared=interview.cared | {mark})

"""A person takes a conversation over, and hands it back: what the contact is told. Who may is decided elsewhere."""

from dataclasses import replace
from datetime import date

from flows.phrases import phrasebook
from flows.talking import engine
from flows.talking.care import is_left
from flows.talking.interview import Interview, Reply, Status, Turn
from flows.talking.moves import keyword

HOLDABLE = (Status.WAITING, Status.PAUSED, Status.COMPLETE)
LEFT = {Status.PAUSED: "paused_by_you", Status.COMPLETE: "after_end"}  # where no question waits


def announce(interview: Interview) -> Reply:
    """That from now on a person writes, not the program."""
    contact = interview.flow.say(interview.flow.contact, interview.language)
    return Reply(phrasebook(interview.language).say("person_here", contact=contact))


def hand_back(interview: Interview, today: date) -> Turn:
    """That the person has gone; the question that waits is asked again, and nothing is taken as its answer."""
    if is_left(interview):
        return Turn(interview, None)
    book, flow = phrasebook(interview.language), interview.flow
    if left := LEFT.get(interview.state.status):
        said = book.say(left, keyword=keyword(flow, interview.language))
        return Turn(interview, Reply(said))
    if interview.state.status is not Status.WAITING:
        return Turn(interview, None)
    turn = engine.ask_again(interview, today)
    asked = turn.reply or Reply("")
    texts = (book.say("person_gone"), asked.text)
    said = "\n\n".join(text for text in texts if text)
    return replace(turn, reply=replace(asked, text=said))

"""A broadcast as people read it: who writes, what is said, the word that begins a survey, and how to get no more."""

from flows import Flow, phrasebook
from flows.talking.moves import keyword


def whole(sender: str, text: str, language: str, flow: Flow | None = None) -> str:
    """The message in one language. ``flow`` is the survey that it invites to."""
    book = phrasebook(language)
    said = [f"{sender}: {text}"]
    if flow is not None and (word := keyword(flow, language)) not in text:
        said.append(book.say("begin_again", keyword=word))
    return "\n".join([*said, book.say("no_more")])

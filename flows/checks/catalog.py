"""What the flows of one catalogue may not share: words that would start one flow and mean something in another."""

from collections.abc import Iterable, Iterator

from flows.folding import fold
from flows.language.model import Flow
from flows.talking.matching import words_for


def clashes(flow: Flow, others: Iterable[Flow]) -> Iterator[str]:
    """Why ``flow`` cannot be published beside ``others``, a sentence each; one of its own name is passed over."""
    keywords = keywords_of(flow)
    answers = answers_of(flow)
    for other in others:
        if other.name == flow.name:
            continue
        starts = keywords_of(other)
        for word in sorted(keywords & starts):
            yield f"the keyword “{word}” also starts {other.name}"
        for word in sorted(keywords & answers_of(other)):
            yield f"the keyword “{word}” is an answer in {other.name}"
        for word in sorted(answers & starts):
            yield f"the answer “{word}” is a keyword that starts {other.name}"
        for word in sorted(flow.leaving & starts):
            yield f"the quiet word “{word}” is a keyword that starts {other.name}"
        for word in sorted(keywords & other.leaving):
            yield f"the keyword “{word}” is the quiet word of {other.name}"


def keywords_of(flow: Flow) -> set[str]:
    """The words that start a flow, in any language, folded."""
    return {fold(word) for listed in flow.keywords.values() for word in listed}


def answers_of(flow: Flow) -> set[str]:
    """The words that choose an answer somewhere in a flow, in any language, folded."""
    return {
        word
        for question in flow.questions
        for language in flow.languages
        for word in words_for(flow, question, language)
    }

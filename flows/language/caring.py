"""What a flow says for the safety of those who answer: from its shape to what is listened for and said."""

from flows.language.building import plain_text, words_of
from flows.language.model import Care, Text
from flows.language.shape import FlowShape
from flows.phrases import phrasebook


def care_of(shape: FlowShape) -> tuple[Care, ...]:
    first = shape.languages[0]
    return tuple(
        Care(topic, words_of(one.words, first), plain_text(one.label, first))
        for topic, one in shape.care.items()
    )


def not_private_of(shape: FlowShape) -> Text:
    """The flow's own warning, or the program's for ``true``; empty where there is none."""
    if isinstance(shape.not_private, dict):
        return plain_text(shape.not_private, shape.languages[0])
    if not shape.not_private:
        return {}
    return {code: phrasebook(code).say("not_private") for code in shape.languages}

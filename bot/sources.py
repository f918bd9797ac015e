"""How a contact came to an interview, from the message that began it: for the counts, never for the conversation."""

from bot.channels import WEB, Inbound
from flows import Catalog
from flows.folding import fold
from storage import sources


def source_of(inbound: Inbound, catalog: Catalog) -> str:
    """The source of an interview that this message begins, as ``storage.sources`` has it."""
    if inbound.source:
        return inbound.source[: sources.MOST]
    if inbound.channel == WEB:
        return sources.WEB
    if inbound.begin and inbound.flow in catalog:
        return sources.LINK
    return sources.KEYWORD if _is_keyword(inbound.text, catalog) else sources.MESSAGE


def _is_keyword(text: str, catalog: Catalog) -> bool:
    said = fold(text)
    keywords = (words for flow in catalog.values() for words in flow.keywords.values())
    return bool(said) and any(said == fold(word) for words in keywords for word in words)

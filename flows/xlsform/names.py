"""Names from a form made into ids and codes of a flow: valid, and each its own."""

import keyword
import re
import unicodedata
from collections.abc import Callable, Container

from flows.checks.rules import CODE, QUESTION_ID, RESERVED

MOST = 63


def _bare(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name)
    return "".join(char for char in letters if char.isascii() and not unicodedata.combining(char))


def question_id(name: str, taken: Container[str]) -> str:
    """An id that is free: "Q 1" becomes "q_1"."""
    bare = re.sub(r"[^a-z0-9]+", "_", _bare(name).lower()).strip("_")
    if not bare or not bare[0].isalpha():
        bare = f"q_{bare}" if bare else "question"
    if bare in RESERVED or keyword.iskeyword(bare):
        bare = f"{bare}_question"
    kept = name if QUESTION_ID.fullmatch(name) and name not in RESERVED else bare
    kept = bare if keyword.iskeyword(kept) else kept
    return free(kept, lambda one: one in taken)


def choice_code(name: str, taken: Container[str]) -> str:
    """A code that is free: "don't know" becomes "don_t_know"."""
    bare = re.sub(r"[^A-Za-z0-9_-]+", "_", _bare(name)).strip("_-")
    return free(name if CODE.fullmatch(name) else bare or "choice", lambda one: one in taken)


def free(name: str, taken: Callable[[str], bool]) -> str:
    """The name, or the first of name_2, name_3 ... that is not taken."""
    name = name[:MOST]
    number, found = 1, name
    while taken(found):
        number += 1
        end = f"_{number}"
        found = f"{name[: MOST - len(end)]}{end}"
    return found

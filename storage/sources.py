"""How people come to an interview: the words that are kept for it, and the mark that a printed code carries.

Nothing is read from the database here. A source is an open string of at most MOST characters, so that others may add
their own, such as the code of a meeting ("meeting:OAK"); it never says who somebody is.
"""

KEYWORD = "keyword"  # they typed a survey's word
LINK = "link"  # they followed a link that names the survey
POSTER = "poster"  # they scanned a poster's code
WEB = "web"  # they opened the page in a browser
MESSAGE = "message"  # they wrote something else, and were led in or chose from the list

MOST = 40
LONGEST_START = 64  # characters of what a start link of Telegram's may carry
_MARK = "__"  # no survey's name has it
_MARKED = frozenset({POSTER})


def marked(flow: str, source: str) -> str:
    """What a start link for ``flow`` carries to tell its ``source``; the bare name where both do not fit."""
    told = f"{flow}{_MARK}{source}"
    return told if len(told) <= LONGEST_START else flow


def unmarked(told: str) -> tuple[str, str | None]:
    """The survey that a start link names, and the source that it tells, if it is one that we print ourselves.

    A link can be written by anybody: what else it claims is left on the name, and is no survey's.
    """
    flow, mark, source = told.rpartition(_MARK)
    return (flow, source) if mark and source in _MARKED else (told, None)

"""What a trouble is, for those who judge and those who show."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Trouble:
    """One thing that is wrong. ``grave``: people are waiting, or something is about to be lost.

    ``page``: where more is to be seen, and ``link`` its name; "" for nowhere.
    """

    id: str
    grave: bool
    title: str
    told: str
    advice: str
    page: str = ""
    link: str = ""
    reasons: tuple[str, ...] = ()

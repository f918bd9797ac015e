"""What one thing that is wrong is to the page of alerts. What is wrong is judged elsewhere."""

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

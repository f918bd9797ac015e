"""The names of the time zones there are, as the IANA data has them. What a clock shows there is not known here."""

from functools import cache
from importlib.resources import files


@cache
def zone_names() -> tuple[str, ...]:
    """Every zone by its region and place, such as America/New_York, old names included.

    Without EST and its like, and Etc/GMT+5: no place's clock keeps to them the year round.
    """
    listed = (files("tzdata") / "zones").read_text(encoding="ascii").split()
    places = (name for name in listed if "/" in name and not name.startswith("Etc/"))
    return (*places, "UTC")

"""What of the collection is asked for: a survey or all, and a span of days. From an address, nothing is read here."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from flask_babel import lazy_gettext

from admin import filters
from admin.interface import tongue_of
from flows import Catalog
from storage.testimonies import Filter

SPANS = {
    "7": lazy_gettext("7 days"),
    "30": lazy_gettext("30 days"),
    "90": lazy_gettext("90 days"),
    "all": lazy_gettext("All time"),
}
USUAL = "30"


@dataclass(frozen=True)
class Asked:
    """What was asked for. ``span`` is one of SPANS, or "" for chosen days; ``flows`` are the titles by name."""

    wanted: Filter
    span: str
    today: date
    flows: Mapping[str, str]
    values: Mapping[str, str]
    mistaken: tuple[str, ...]

    @property
    def flow(self) -> str:
        """The survey's name; "" for all."""
        return self.wanted.flow or ""

    def over(self, span: str) -> dict[str, str]:
        """The fields of an address that shows the same survey over another span."""
        return {"span": span, **({"flow": self.flow} if self.flow else {})}


def read(args: Mapping[str, str], catalog: Catalog, now: datetime) -> Asked:
    """The survey and the days in ``args``, as far as they can be understood. Days go before a span."""
    flows = {name: flow.say(flow.title, tongue_of(flow)) for name, flow in catalog.items()}
    given = {name: args.get(name, "") for name in ("flow", "since", "until")}
    found = filters.read(given, {"flow": flows})
    today = now.astimezone(UTC).date()
    if "since" in found.values or "until" in found.values:
        return Asked(found.wanted, "", today, flows, found.values, found.mistaken)
    span = args.get("span", "")
    span = span if span in SPANS else USUAL
    wanted = replace(found.wanted, since=_since(span, today))
    return Asked(wanted, span, today, flows, {**found.values, "span": span}, found.mistaken)


def _since(span: str, today: date) -> datetime | None:
    """The beginning of the first day of a span that ends today."""
    if span == "all":
        return None
    return datetime.combine(today - timedelta(days=int(span) - 1), time.min, UTC)

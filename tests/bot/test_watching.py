"""The dashboard, the alert rules and the guide speak of numbers that there are, and the guide of all of them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.gauges import Scrape
from tests.bot.conftest import ON_SQLITE, Service

DOCS = Path(__file__).parents[2] / "docs"
NAME = re.compile(r"testimony_[a-z_]+[a-z]")
TAILS = ("", "_bucket", "_count", "_sum", "_total")


@pytest.fixture
def names(service: Service) -> set[str]:
    """What a scrape may tell, by the names that are asked for."""
    found = {family.name for family in Scrape(service.services).collect()}
    return {name for name in found if name.startswith("testimony_")}


def board() -> Any:
    return json.loads((DOCS / "grafana.json").read_text(encoding="utf-8"))


def rules() -> list[Any]:
    groups = yaml.safe_load((DOCS / "alerts.yaml").read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def asked(text: str, names: set[str]) -> set[str]:
    """The families that a text speaks of; what is none of them stays as it is."""
    told = set(NAME.findall(text))
    ends = {f"{name}{tail}": name for name in names for tail in TAILS}
    return {ends.get(one, one) for one in told}


@ON_SQLITE
def test_the_dashboard_and_the_rules_ask_for_what_there_is(names: set[str]) -> None:
    expressions = [target["expr"] for panel in board()["panels"] for target in panel["targets"]]
    expressions += [rule["expr"] for rule in rules()]
    assert len(expressions) > 30
    assert asked("\n".join(expressions), names) <= names


@ON_SQLITE
def test_the_guide_tells_every_number_and_no_other(names: set[str]) -> None:
    guide = (DOCS / "watching.md").read_text(encoding="utf-8")
    assert asked(guide, names) == names


def test_a_panel_has_a_place_of_its_own_and_says_what_it_asks() -> None:
    panels = board()["panels"]
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels]
    assert len(set(places)) == len(places)
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert all(panel["title"] and panel["targets"] for panel in panels)


def test_a_rule_says_what_is_wrong_and_how_grave_it_is() -> None:
    for rule in rules():
        assert rule["annotations"]["summary"].endswith(".")
        assert rule["labels"]["severity"] in ("page", "ticket")
    assert len({rule["alert"] for rule in rules()}) == len(rules())

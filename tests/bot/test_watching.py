"""The dashboard, the alert rules and the guide speak of numbers that there are, and the guide of all of them."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.gauges import Scrape
from tests.bot.conftest import ON_SQLITE, Service

DOCS = Path(__file__).parents[2] / "docs"
NAME = re.compile(r"testimony_[a-z_]+[a-z]")
PROMTOOL = shutil.which("promtool")
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


BY_ONE = re.compile(r"increase\((.+?)\[(\w+)\]\)")


def test_a_rule_that_waits_for_one_more_hears_of_the_first() -> None:
    """What counts has no number before the first, and the first is no increase."""
    found = {rule["alert"]: " ".join(rule["expr"].split()) for rule in rules()}
    waiting = {name: BY_ONE.findall(text) for name, text in found.items() if "increase(" in text}
    assert set(waiting) == {"TestimonyErrors", "TestimonyMissedMessages"}
    for name, counted in waiting.items():
        for what, time in counted:
            assert f"{what} unless {what} offset {time}" in found[name]


FIRST = """
rule_files: [%s]
evaluation_interval: 15s
tests:
  - interval: 15s
    input_series:
      - {series: 'testimony_log_lines_total{level="error",module="bot.receive"}', values: "_x20 1x200"}
      - {series: 'testimony_reconciled_messages_total{direction="in"}', values: "_x4 37x300"}
    alert_rule_test:
      - {eval_time: 4m, alertname: TestimonyErrors}
      - eval_time: 6m
        alertname: TestimonyErrors
        exp_alerts:
          - exp_labels: {severity: ticket, module: bot.receive}
            exp_annotations: {summary: "A fault in bot.receive; the log has its place."}
      - {eval_time: 40m, alertname: TestimonyErrors}
      - eval_time: 10m
        alertname: TestimonyMissedMessages
        exp_alerts:
          - exp_labels: {severity: ticket}
            exp_annotations:
              summary: Messages came in while nobody answered webhooks; they are here now.
"""


@pytest.mark.skipif(not PROMTOOL, reason="promtool of Prometheus is not installed")
def test_prometheus_tells_the_first_fault_and_the_first_missed_message(tmp_path: Path) -> None:
    assert PROMTOOL
    (tmp_path / "first.yaml").write_text(FIRST % (DOCS / "alerts.yaml"), encoding="utf-8")
    command = [PROMTOOL, "test", "rules", str(tmp_path / "first.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_rule_says_what_is_wrong_and_how_grave_it_is() -> None:
    for rule in rules():
        assert rule["annotations"]["summary"].endswith(".")
        assert rule["labels"]["severity"] in ("page", "ticket")
    assert len({rule["alert"] for rule in rules()}) == len(rules())

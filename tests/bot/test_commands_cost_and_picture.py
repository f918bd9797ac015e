"""``testimony flows cost`` and ``testimony flows picture``: what a flow costs, and how it looks."""

import json
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import click
import pytest
from click.testing import CliRunner, Result

from bot.commands.flows.cost import cost
from bot.commands.flows.picture import picture
from tests.storage.material import source

SPANISH = """\
  name: {type: text, label: {en: Your name?, es: ¿Cuál es su nombre?}}
  more: {type: text, label: {en: More?, es: "%s"}}
""" % ("Dígalo aquí. " * 12)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "small.yaml"
    found.write_text(source(SPANISH, "small", "SMALL"), encoding="utf-8")
    return found


def run(command: click.Command, *words: str | Path) -> Result:
    return CliRunner().invoke(command, [str(word) for word in words], catch_exceptions=False)


def test_the_costs_are_told_in_a_table(path: Path) -> None:
    result = run(cost, path, "--price", "0.01", "--contacts", "2000")
    assert result.exit_code == 0
    rows = [line for line in result.stdout.splitlines() if line.startswith("  likely")]
    assert len(rows) == 2
    english = rows[0].split()
    assert english[1:4:2] == [
        "4",
        "4",
    ]  # consent, name, more, closing; a keyword, yes and two answers
    segments = int(english[2]) + int(english[4])
    assert english[5:] == [f"{segments / 100:.4f}", f"{segments * 20:.2f}"]


def test_the_table_fits_a_terminal(path: Path) -> None:
    result = run(cost, path, "--price", "123.456789", "--contacts", "1000000")
    assert all(len(line) <= 80 for line in result.stdout.splitlines())


def test_a_message_that_costs_more_is_told_with_its_letters_and_what_would_save(path: Path) -> None:
    told = " ".join(run(cost, path, "--price", "0.01").stdout.split())
    assert "UCS-2 more because of Dígalo (label), aquí (label)" in told
    assert "fewer if spelled Digalo, aqui" in told


def test_the_columns_of_one_contact_are_left_out_for_one(path: Path) -> None:
    assert "contacts" not in run(cost, path, "--price", "0.01").stdout


def test_the_costs_are_told_to_programs_as_json(path: Path) -> None:
    """The keys are a promise."""
    result = run(cost, path, "--price", "0.0083", "--contacts", "500", "--format", "json")
    found = json.loads(result.stdout)
    assert set(found) == {"flow", "version", "price", "contacts", "languages"}
    assert (found["flow"], found["price"], found["contacts"]) == ("small", "0.0083", 500)
    english, spanish = found["languages"]
    assert set(english) == {"language", "name", "likely", "longest", "messages"}
    assert set(english["likely"]) == {
        "sent_messages", "sent_segments", "sent_segments_smart", "received_messages", "received_segments",
        "cost_each", "cost_all",
    }  # fmt: skip
    for way in (english["likely"], english["longest"], spanish["longest"]):
        segments = way["sent_segments"] + way["received_segments"]
        assert Decimal(way["cost_each"]) == segments * Decimal("0.0083")
        assert Decimal(way["cost_all"]) == segments * Decimal("0.0083") * 500
    more = next(message for message in spanish["messages"] if message["name"] == "more")
    assert set(more) == {
        "name", "more", "times", "encoding", "segments", "segments_smart", "text", "before", "letters", "saving",
    }  # fmt: skip
    assert more["letters"][0] == {"letter": "í", "word": "Dígalo", "where": "questions.more.label"}
    assert more["saving"] == {"saved": 2, "words": [["Dígalo", "Digalo"], ["aquí", "aqui"]]}


@pytest.mark.parametrize("price", ["0", "-1", "nan", "inf", "0,0083", "cheap", "", "1e9", "1_0"])
def test_a_price_is_a_positive_number(path: Path, price: str) -> None:
    result = run(cost, path, "--price", price)
    assert result.exit_code == 2
    assert "is no price. Write it with a point, such as 0.0083." in result.stderr


@pytest.mark.parametrize(
    "words", [["--contacts", "0"], ["--contacts", "-5"], ["--format", "xml"], ["--contacts", "x"]]
)
def test_other_wrong_use(path: Path, words: list[str]) -> None:
    assert run(cost, path, "--price", "0.01", *words).exit_code == 2


def test_a_price_must_be_given(path: Path) -> None:
    assert run(cost, path).exit_code == 2


@pytest.mark.parametrize("words", [["--price", "1"], ["-o", "x.svg"]])
def test_a_flow_with_mistakes_is_a_finding(tmp_path: Path, words: list[str]) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(source("  name: {type: txet, label: A?}\n", "bad", "BAD"), encoding="utf-8")
    result = run(cost if words[0] == "--price" else picture, bad, *words)
    assert result.exit_code == 1
    assert "there is no type “txet”" in result.stderr


def test_a_flow_is_drawn_into_a_file(path: Path, tmp_path: Path) -> None:
    output = tmp_path / "flow.svg"
    result = run(picture, path, "-o", output, "--language", "es")
    assert (result.exit_code, result.stdout) == (0, f"Drawn: {output}\n")
    text = output.read_text(encoding="utf-8")
    assert ElementTree.fromstring(text).tag.endswith("svg")  # noqa: S314 - our own
    assert "¿Cuál es su nombre?" in text


def test_without_a_language_the_first_is_drawn(path: Path, tmp_path: Path) -> None:
    run(picture, path, "-o", tmp_path / "flow.svg")
    assert "Your name?" in (tmp_path / "flow.svg").read_text(encoding="utf-8")


def test_a_language_that_the_flow_does_not_speak_is_wrong_use(path: Path, tmp_path: Path) -> None:
    result = run(picture, path, "-o", tmp_path / "flow.svg", "--language", "fr")
    assert result.exit_code == 2
    assert result.stderr == "small speaks en, es, not fr.\n"
    assert not (tmp_path / "flow.svg").exists()


def test_a_folder_that_is_not_there_is_wrong_use(path: Path, tmp_path: Path) -> None:
    result = run(picture, path, "-o", tmp_path / "nowhere" / "flow.svg")
    assert result.exit_code == 2
    assert "There is no folder" in result.stderr

"""``testimony flows import`` and ``export``: forms of Kobo and ODK in and out, and no file written over by mistake."""

from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook, load_workbook

from bot.commands.flows.xlsform import export, import_
from flows import load_file

SURVEY = [["type", "name", "label::English (en)"], ["text", "place", "Where do you live?"]]
UNFIT = [*SURVEY, ["text", "story", "x" * 1601]]


def run(command: object, *words: str | Path) -> Result:
    assert command in (import_, export)
    chosen = import_ if command is import_ else export
    return CliRunner().invoke(chosen, [str(word) for word in words], catch_exceptions=False)


def write_form(folder: Path, rows: list[list[str]], name: str = "form.xlsx") -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "survey"
    for row in rows:
        sheet.append(row)
    book.save(folder / name)
    return folder / name


@pytest.fixture
def form(tmp_path: Path) -> Path:
    return write_form(tmp_path, SURVEY)


def test_a_form_becomes_a_flow_that_loads(form: Path, tmp_path: Path) -> None:
    output = tmp_path / "my-town.yaml"
    result = run(import_, form, "-o", output)
    assert result.exit_code == 0
    assert [question.id for question in load_file(output).questions] == ["place"]
    assert result.stderr == ""
    assert result.stdout == (
        f"{output} is written: 1 question.\n"
        "\n"
        "Write your own (marked in the file by “# write your own”):\n"
        "  keywords: the word that people send to begin (MY TOWN now)\n"
        "  contact: who you are and how you are reached; HELP says it\n"
        "  consent: the question for consent, asked before all\n"
        "  closing: the thanks at the end\n"
        "  consent: what is said to who does not agree\n"
        "\n"
        f"Then check it: testimony flows check {output}\n"
    )


def test_a_form_that_makes_no_good_flow_writes_nothing(tmp_path: Path) -> None:
    form, output = write_form(tmp_path, UNFIT), tmp_path / "long.yaml"
    result = run(import_, form, "-o", output)
    assert result.exit_code == 1
    assert not output.exists()
    assert "this takes 1601 characters in en; a text message holds 1600" in result.stderr
    assert result.stderr.endswith(
        "Nothing was written. Mend the form, or write the flow with --anyway and mend that.\n"
    )


def test_it_can_be_written_anyway_to_be_mended(tmp_path: Path) -> None:
    form, output = write_form(tmp_path, UNFIT), tmp_path / "long.yaml"
    result = run(import_, form, "-o", output, "--anyway")
    assert result.exit_code == 1
    assert output.read_text(encoding="utf-8").startswith("flow: long\n")
    assert "It has mistakes and cannot be published yet:" in result.stderr


def test_what_is_no_form_is_told_and_writes_nothing(tmp_path: Path) -> None:
    form, output = tmp_path / "form.xlsx", tmp_path / "town.yaml"
    form.write_text("type,name,label\n", encoding="utf-8")
    result = run(import_, form, "-o", output)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"{form}: This is not an Excel workbook (.xlsx).")
    assert not output.exists()


WRONG = {
    "no such form": (["nowhere.xlsx", "-o", "town.yaml"], "There is no file nowhere.xlsx."),
    "no file of a flow": (
        ["form.xlsx", "-o", "town.txt"],
        "town.txt: a flow's file ends in .yaml.",
    ),
    "no name of a flow": (["form.xlsx", "-o", "My Town.yaml"], "My Town.yaml cannot hold a flow."),
    "no such folder": (["form.xlsx", "-o", "away/town.yaml"], "There is no folder"),
    "no language": (
        ["form.xlsx", "-o", "town.yaml", "--language", "spanish"],
        "“spanish” is not the code of a language.",
    ),
}


@pytest.mark.parametrize(("words", "said"), WRONG.values(), ids=WRONG)
def test_wrong_use_is_told(
    words: list[str], said: str, form: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(form.parent)
    result = run(import_, *words)
    assert result.exit_code == 2
    assert result.stderr.startswith(said)


@pytest.mark.parametrize("command", [import_, export], ids=["import", "export"])
def test_a_file_that_is_there_is_written_over_only_by_force(
    command: object, form: Path, tmp_path: Path
) -> None:
    output = tmp_path / ("town.yaml" if command is import_ else "town.xlsx")
    output.write_text("someone's work", encoding="utf-8")
    what = form if command is import_ else "city-testimony"
    result = run(command, what, "-o", output)
    assert result.exit_code == 2
    assert result.stderr == (
        f"{output} is there already. Name another file, or write over it with --force.\n"
    )
    assert output.read_text(encoding="utf-8") == "someone's work"
    assert run(command, what, "-o", output, "--force").exit_code == 0
    assert output.read_bytes() != b"someone's work"
    assert {path.name for path in tmp_path.iterdir()} == {"form.xlsx", output.name}


@pytest.mark.parametrize("command", [import_, export], ids=["import", "export"])
def test_a_link_is_not_put_aside_even_by_force(command: object, form: Path, tmp_path: Path) -> None:
    output = tmp_path / ("town.yaml" if command is import_ else "town.xlsx")
    output.symlink_to("nowhere")
    what = form if command is import_ else "city-testimony"
    result = run(command, what, "-o", output, "--force")
    assert (result.exit_code, output.is_symlink()) == (2, True)
    assert "is a device, a pipe or a link" in result.stderr


def test_a_flow_becomes_a_form_and_comes_back(tmp_path: Path) -> None:
    form = tmp_path / "form.xlsx"
    result = run(export, "city-testimony", "-o", form)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == f"{form} is written, and Kobo and ODK can read it."
    assert lines[2] == ("Other tools will not see (it comes back when the form is imported here):")
    assert "  scope (quote, updates): what a consent is for: asked as a plain yes or no" in lines
    assert load_workbook(BytesIO(form.read_bytes())).sheetnames == [
        *("survey", "choices", "settings", "testimony")
    ]
    back = run(import_, form, "-o", tmp_path / "city-testimony.yaml")
    assert back.exit_code == 0
    assert len(load_file(tmp_path / "city-testimony.yaml").questions) == 18


def test_a_flow_with_mistakes_makes_no_form(tmp_path: Path) -> None:
    flow, form = tmp_path / "bad.yaml", tmp_path / "bad.xlsx"
    flow.write_text("flow: bad\n", encoding="utf-8")
    result = run(export, flow, "-o", form)
    assert result.exit_code == 1
    assert "“questions” is missing" in result.stderr
    assert result.stderr.endswith("Nothing was written. Mend the flow first.\n")
    assert not form.exists()


def test_a_form_is_written_as_a_workbook_only(tmp_path: Path) -> None:
    result = run(export, "city-testimony", "-o", tmp_path / "form.csv")
    assert result.exit_code == 2
    assert result.stderr == f"{tmp_path / 'form.csv'}: an XLSForm's file ends in .xlsx.\n"

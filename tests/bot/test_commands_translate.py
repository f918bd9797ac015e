"""``testimony flows translate``: texts go out, come back and are counted; a file that is refused changes nothing."""

from pathlib import Path

import click
import polib
import pytest
from click.testing import CliRunner, Result

from bot.commands.flows.replacing import put_in_place, replace_all
from bot.commands.flows.translate import translate
from flows import load_file
from tests.bot.test_commands_flows import write

QUESTIONS = """\
  city: {type: text, label: Which city?}  # the one you live in
  issue: {type: text, label: "What weighs on you in {city}?"}
"""
BLOCK = "# a block\nquestions:\n  street: {type: text, label: Which street?}\n"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(translate, [str(word) for word in words], catch_exceptions=False)


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    return write(tmp_path, "one", QUESTIONS)


@pytest.fixture
def catalog(flow: Path) -> Path:
    """What a translator sends back."""
    path = flow.with_name("vi.po")
    assert run("export", flow, "--to", "vi", "-o", path).exit_code == 0
    fill(path)
    return path


def fill(path: Path) -> None:
    texts = polib.pofile(str(path))
    for entry in texts:
        entry.msgstr = f"Dịch {entry.msgid}"
    texts.save(str(path))


def spoil(path: Path) -> None:
    path.write_text(
        path.read_text(encoding="utf-8").replace("Dịch What weighs on you in {city}", "Ở")
    )


def test_texts_go_out(flow: Path) -> None:
    path = flow.with_name("vi.csv")
    result = run("export", flow, "--to", "vi", "-o", path)
    assert result.stdout == f"{path}: 8 texts to Vietnamese (8 missing, 0 stale).\n"
    assert path.read_bytes().startswith(b"\xef\xbb\xbfid,context,source,translation,")


def test_someones_work_is_not_written_over(flow: Path, catalog: Path) -> None:
    before = catalog.read_bytes()
    result = run("export", flow, "--to", "vi", "-o", catalog)
    assert (result.exit_code, catalog.read_bytes()) == (2, before)
    assert run("export", flow, "--to", "vi", "-o", catalog, "--force").exit_code == 0
    assert catalog.read_bytes() != before


@pytest.mark.parametrize(
    ("language", "name", "code", "reason"),
    [
        ("vi", "vi.doc", 2, "must end in .po, .xlsx or .csv"),
        ("xx", "xx.po", 1, "not the code of a language"),
        ("en", "en.po", 1, "is the language that is translated from"),
        ("vi", "nowhere/vi.po", 1, "cannot be written"),
    ],
)
def test_what_cannot_go_out_is_told(
    flow: Path, language: str, name: str, code: int, reason: str
) -> None:
    result = run("export", flow, "--to", language, "-o", flow.parent / name)
    assert result.exit_code == code
    assert reason in result.stderr


def test_translations_come_back(flow: Path, catalog: Path) -> None:
    result = run("import", flow, catalog)
    assert result.exit_code == 0
    assert f"{flow}: 8 texts in Vietnamese taken.\n    {flow}\n" in result.stdout
    loaded = load_file(flow)
    assert loaded.languages == ("en", "es", "vi")
    assert loaded.by_id["city"].label["vi"] == "Dịch Which city?"
    assert "# the one you live in" in flow.read_text(encoding="utf-8")


def test_the_same_file_again_changes_nothing(flow: Path, catalog: Path) -> None:
    run("import", flow, catalog)
    before = flow.read_bytes()
    result = run("import", flow, catalog)
    assert result.stdout == f"{flow}: nothing in Vietnamese is new.\n"
    assert flow.read_bytes() == before


def test_a_file_that_is_refused_changes_nothing(flow: Path, catalog: Path) -> None:
    before = flow.read_bytes()
    spoil(catalog)
    result = run("import", flow, catalog)
    assert result.exit_code == 1
    assert "questions.issue.label: {city} is missing." in result.stderr
    assert result.stderr.endswith("Nothing was changed.\n")
    assert flow.read_bytes() == before


def test_a_file_that_cannot_be_read_is_told(flow: Path) -> None:
    path = flow.with_name("vi.xlsx")
    path.write_bytes(b"PK")
    result = run("import", flow, path)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"{path}: This is not a workbook (.xlsx)")


def test_a_flow_with_mistakes_is_not_touched(flow: Path, catalog: Path) -> None:
    flow.write_text(flow.read_text(encoding="utf-8").replace("type: text", "type: txet"))
    result = run("import", flow, catalog)
    assert result.exit_code == 1
    assert "there is no type “txet”" in result.stderr


def test_texts_of_a_block_are_written_into_its_file(tmp_path: Path) -> None:
    (tmp_path / "blocks").mkdir()
    block = tmp_path / "blocks" / "about.yaml"
    block.write_text(BLOCK, encoding="utf-8")
    flow = write(tmp_path, "one", "  about: {include: blocks/about.yaml}\n")
    run("export", flow, "--to", "vi", "-o", tmp_path / "vi.po")
    fill(tmp_path / "vi.po")
    result = run("import", flow, tmp_path / "vi.po")
    assert f"    {flow}\n    {block}\n" in result.stdout
    assert block.read_text(encoding="utf-8").startswith("# a block\nquestions:\n")
    assert load_file(flow).by_id["street"].label["vi"] == "Dịch Which street?"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_line_ends_marks_and_rights_of_a_file_stay(
    flow: Path, catalog: Path, mark: bytes, end: bytes
) -> None:
    flow.write_bytes(mark + flow.read_bytes().replace(b"\n", end))
    flow.chmod(0o640)
    assert run("import", flow, catalog).exit_code == 0
    raw = flow.read_bytes()
    assert raw.startswith(mark + b"flow: one")
    assert raw.count(b"\n") == raw.count(end)
    assert flow.stat().st_mode & 0o777 == 0o640


def test_how_far_a_language_is(flow: Path, catalog: Path) -> None:
    run("import", flow, catalog)
    flow.write_text(flow.read_text(encoding="utf-8").replace("Which city?", "Which town?", 1))
    lines = run("status", flow).stdout.splitlines()
    assert lines[0].startswith("Spanish (es): 1 of 7 texts translated (14%), 0 stale, 6 missing, ")
    assert (
        "Vietnamese (vi): 6 of 7 texts translated (85%), 1 stale, 0 missing, not reviewed." in lines
    )
    assert lines[-1] == "    stale: questions.city.label"


def test_who_has_read_a_language_says_so(flow: Path, catalog: Path) -> None:
    run("import", flow, catalog)
    result = run("review", flow, "--language", "vi")
    assert result.stdout == f"{flow}: Vietnamese is reviewed.\n"
    assert load_file(flow).reviewed == {"vi"}
    assert "to be read over again" in run("review", flow, "--language", "vi", "--undo").stdout
    assert load_file(flow).reviewed == set()


def test_a_language_that_is_not_there_cannot_be_reviewed(flow: Path) -> None:
    result = run("review", flow, "--language", "vi")
    assert result.exit_code == 1
    assert "no language that this flow is translated into" in result.stderr


def test_the_phrases_of_the_program_go_the_same_way(tmp_path: Path) -> None:
    path = tmp_path / "sw.po"
    result = run("export", "phrases", "--to", "sw", "-o", path)
    assert "texts to Swahili" in result.stdout
    refused = run("import", "phrases", path)
    assert refused.exit_code == 1
    assert "must be whole" in refused.stderr
    assert "Spanish (es): " in run("status", "phrases").stdout


def test_an_older_copy_tells_what_a_text_once_said(flow: Path, catalog: Path) -> None:
    run("import", flow, catalog)
    older = flow.with_name("older.yaml")
    older.write_bytes(flow.read_bytes())
    flow.write_text(flow.read_text(encoding="utf-8").replace("Which city?", "Which town?", 1))
    out = flow.with_name("again.po")
    assert run("export", flow, "--to", "vi", "-o", out, "--before", older).exit_code == 0
    assert polib.pofile(str(out)).find("Which town?").previous_msgid == "Which city?"


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """Two files, with “a” and “b” in them."""
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("a")
    two.write_text("b")
    return one, two


def test_files_are_replaced_together(pair: tuple[Path, Path]) -> None:
    one, two = pair
    replace_all({one: ("a", "A"), two: ("b", "B")})
    assert (one.read_text(), two.read_text()) == ("A", "B")
    assert sorted(path.name for path in one.parent.iterdir()) == ["one", "two"]


@pytest.mark.parametrize("wrong", ["two", "missing/two"])
def test_no_file_is_replaced_when_one_was_changed_or_cannot_be(
    pair: tuple[Path, Path], wrong: str
) -> None:
    one, two = pair
    with pytest.raises(SystemExit):
        replace_all({one: ("a", "A"), one.parent / wrong: ("something else", "B")})
    assert (one.read_text(), two.read_text()) == ("a", "b")
    assert sorted(path.name for path in one.parent.iterdir()) == ["one", "two"]


def test_what_was_replaced_is_put_back_when_the_next_cannot_be(pair: tuple[Path, Path]) -> None:
    one, two = pair
    draft, lost = one.with_name("draft"), one.with_name("lost")
    draft.write_text("A")
    with pytest.raises(FileNotFoundError):
        put_in_place([(draft, one, b"a"), (lost, two, b"b")])
    assert (one.read_text(), two.read_text()) == ("a", "b")


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_text("a")
    link.symlink_to(real)
    replace_all({link: ("a", "A")})
    assert link.is_symlink()
    assert real.read_text() == "A"


@pytest.mark.parametrize("command", [translate, *translate.commands.values()])
def test_every_command_has_its_help(command: click.Command) -> None:
    assert CliRunner().invoke(command, ["--help"]).exit_code == 0

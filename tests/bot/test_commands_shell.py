"""The command line itself: its help, its list of commands, and how quickly it is there.

``run`` and ``spawn`` are what the other tests of commands use: one inside this process, one as a process of its own.
"""

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from bot.cli import COMMANDS, main

ROOT = Path(__file__).parent.parent.parent
KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"  # the key of the fixture ``database``
KEYS = {"SECRET_KEY": "a-secret-key-of-flask", "TESTIMONY_KEYS": KEY}
OURS = ("TESTIMONY_", "TWILIO_", "TELEGRAM_", "DATABASE_URL", "SECRET_KEY", "PUBLIC_URL")
OURS += ("FLOWS_DIR", "LOG_LEVEL", "PORT", "WORK", "MEDIA_URL")


def run(*words: str | Path, stdin: str | None = None, **environ: str) -> Result:
    """A command in this process, with these settings and no others."""
    clean = {name: None for name in os.environ if name.startswith(OURS)}
    given = {**KEYS, **environ}
    return CliRunner(env={**clean, **given}).invoke(
        main, [str(word) for word in words], input=stdin, catch_exceptions=False
    )


def spawn(folder: Path, *words: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    """A command as a process of its own, in a folder of its own, with an almost empty environment."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), **environ},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def paths(command: click.Command, *names: str) -> Iterator[tuple[str, ...]]:
    """The words of a command and of all under it."""
    yield names
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from paths(inner, *names, name)


@pytest.mark.parametrize("words", list(paths(main)), ids=" ".join)
def test_every_command_has_its_help(words: tuple[str, ...]) -> None:
    result = run(*words, "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: main {' '.join(words)}".rstrip())
    described = result.stdout.split("\n\n")[1].strip()
    assert described.endswith((".", ")"))


def test_the_contract_names_commands_that_there_are() -> None:
    wanted = {
        *("start", "serve", "worker", "chat", "flows check", "flows publish", "flows list"),
        *("export", "staff add", "staff password", "db upgrade", "keys new", "keys rotate"),
        *("telegram set-webhook", "telegram poll", "twilio set-webhook"),
    }
    assert wanted <= {" ".join(words) for words in paths(main)}


def test_the_list_says_what_each_command_does() -> None:
    listed = run("--help").stdout
    for name, (_, said) in COMMANDS.items():
        assert f"  {name} " in listed
        assert said.split()[0] in listed


def test_an_unknown_command_is_answered_with_those_there_are() -> None:
    result = run("flow")
    assert result.exit_code == 2
    assert "There is no command “flow”." in result.stderr
    assert f"The commands are: {', '.join(COMMANDS)}." in result.stderr


@pytest.mark.parametrize(
    "words", [("flows", "chek"), ("export",), ("chat",), ("serve", "--port", "0")]
)
def test_wrong_use_ends_with_two(words: tuple[str, ...]) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert "Usage:" in result.stderr


def test_the_version_is_told() -> None:
    assert run("--version").stdout.startswith("testimony, version ")


HELP = """
import json, sys
from bot.cli import main
try:
    main(["--help"], prog_name="testimony")
finally:
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def test_help_comes_without_loading_what_commands_need(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", HELP],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("Usage: testimony ")
    loaded = set(json.loads(done.stderr))
    assert loaded & {"flask", "sqlalchemy", "twilio", "telegram", "pydantic", "yaml"} == set()


UNFORESEEN = """
import click, sys
from bot import cli

@click.command()
@click.argument("how")
def fails(how):
    if how == "badly":
        raise RuntimeError("what somebody told")
    if how == "foreseen":
        raise click.UsageError("so not")
    raise KeyboardInterrupt if how == "away" else SystemExit(3)

sys.modules["made"] = sys.modules["__main__"]
cli.COMMANDS["fails"] = ("made:fails", "")
cli.console()
"""


BY_A_FAULT = "The command failed by a fault of the program"


@pytest.mark.parametrize(
    ("how", "code", "told"),
    [
        ("badly", 1, f"{BY_A_FAULT}: RuntimeError in fails, line 9. Please report this line."),
        ("foreseen", 2, "Error: so not"),
        ("away", 1, "Aborted!"),
        ("by itself", 3, ""),
    ],
)
def test_what_nobody_foresaw_is_told_in_a_line_by_its_kind_and_place(
    tmp_path: Path, how: str, code: int, told: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", UNFORESEEN, "fails", how],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.strip().rpartition("\n")[2]) == (code, told)
    assert "Traceback" not in done.stderr
    assert "somebody" not in done.stderr


def test_the_installed_program_tells_it_so_too() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {"testimony": "bot.cli:console"}


def test_the_program_runs_where_it_is_not_installed(tmp_path: Path) -> None:
    done = spawn(tmp_path, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: testimony ")
    assert list(tmp_path.iterdir()) == []

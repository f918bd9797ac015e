"""``testimony chat``: the same conversation as by text message, in the terminal, and nothing is kept."""

from pathlib import Path

import pytest

from tests.bot.test_commands_shell import run, spawn
from tests.storage.material import source

CITY = "city-testimony"
ENGLISH = [
    "1",
    "yes",
    "Atlanta",
    "1 7",
    "7",
    "1",
    "They stopped me",
    "DONE",
    "SKIP",
    "Train them",
    "Mayor",
]
SPANISH = ["2", "sí", "Atlanta", "ninguno", "El parque", "Nada", "Nadie"]


def chat(*said: str, flow: str | Path = CITY, options: tuple[str, ...] = ()) -> str:
    """What the terminal shows when this is typed and then the end of the file comes."""
    result = run("chat", flow, *options, stdin="".join(f"{line}\n" for line in said))
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def test_the_whole_way_in_english() -> None:
    shown = chat(*ENGLISH, "yes", "no")
    assert "May we ask you 10 questions?" in shown
    assert "Which one weighs most on you?" in shown
    kept = shown.partition("What would be kept:\n")[2].splitlines()
    assert kept == [
        "  consent: yes",
        "  place: Atlanta",
        "  issues: home, justice",
        "  main: justice",
        "  justice_parts: policing",
        "  story: They stopped me",
        "  progress: (refused)",
        "  change: Train them",
        "  actor: Mayor",
        "  quote: yes",
        "  updates: no",
    ]


def test_the_whole_way_in_spanish() -> None:
    shown = chat(*SPANISH, "no", "no")
    assert "¿Le hacemos 10 preguntas?" in shown
    assert "Gracias. Guardamos su testimonio" in shown
    assert shown.endswith("  quote: no\n  updates: no\n")


def test_a_language_can_be_given_at_the_start() -> None:
    shown = chat(options=("--language", "es"))
    assert shown.strip().startswith("Our Rights Our City pregunta a residentes")


def test_stop_ends_messages_and_start_allows_them_again() -> None:
    shown = chat("1", "yes", "STOP", "hello?", "START")
    assert "You will get no more messages from Our Rights Our City" in shown
    assert shown.count("(no reply: messages are stopped; START allows them again)") == 1
    assert shown.rstrip("you> \n").endswith("send RIGHTS.")


def test_the_end_of_the_file_ends_the_chat() -> None:
    assert "What would be kept" not in chat()


def test_an_answer_of_zero_is_an_answer(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(source("  people: {type: integer, label: How many?}\n"), encoding="utf-8")
    assert chat("1", "yes", "0", flow=path).endswith("  consent: yes\n  people: 0\n")


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (
            ("nowhere",),
            2,
            "There is no flow “nowhere”: give a file, or the name of a file in FLOWS_DIR.",
        ),
        ((CITY, "--language", "fr"), 2, "city-testimony speaks en, es, not fr."),
    ],
)
def test_what_cannot_be_tried_is_told(words: tuple[str, ...], code: int, told: str) -> None:
    result = run("chat", *words)
    assert (result.exit_code, result.stderr) == (code, f"{told}\n")


def test_a_flow_with_mistakes_is_told_with_them(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(source("  people: {type: number, label: How many?}\n"), encoding="utf-8")
    result = run("chat", path)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"{path}:9:18: there is no type “number”\n")


def test_a_chat_of_a_file_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(source("  people: {type: integer, label: How many?}\n"), encoding="utf-8")
    done = spawn(tmp_path, "chat", "small.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert [one.name for one in tmp_path.iterdir()] == ["small.yaml"]

"""What the engine, the reader of flows and the telling of languages take: a part of ``make bench``."""

from datetime import date

from bot.settings import SURVEYS
from flows import Said, Standing, converse, examine, load
from flows.notation.reading import read
from flows.tongues import detect
from tests.bench_table import Table, spent

SURVEY = (SURVEYS / "city-testimony.yaml").read_text(encoding="utf-8")
LOADED = load(SURVEY)
DIALOGUE = [
    "RIGHTS",
    "yes",
    "Atlanta",
    "1 2",
    "home",
    "1 3",
    "The rent",
    "skip",
    "Less rent",
    "Mayor",
    "yes",
    "no",
]
TURN = 150e-6  # seconds of processor that a turn may take
TOLD = 1e-3  # and the telling of a language
TEN = ("en", "es", "fr", "pt", "ht", "vi", "so", "am", "ko", "zh")
FIRST_WORDS = (
    "The landlord has not mended the heating since last winter",
    "hay ratas en el edificio y nadie viene",
    "nou pa gen dlo depi de jou",
    "chúng tôi không có nước nóng",
    "quero contar o que aconteceu na minha rua",
    "guriga waa qabow yahay oo kulayl ma jiro",
)


def large(count: int = 1000) -> str:
    """A flow of so many questions in ten languages: half of them of five choices, a tenth with conditions."""

    def said(text: str) -> str:
        return "{" + ", ".join(f"{code}: {text} in {code}" for code in TEN) + "}"

    lines = ["flow: large", f"title: {said('Large')}", f"languages: [{', '.join(TEN)}]"]
    lines += [
        "contact: The testers",
        f"consent: {{label: {said('May we')}, declined: {said('Bye')}}}",
    ]
    lines += [f"closing: {said('Thanks')}", "questions:"]
    for number in range(count):
        listed = number % 2 == 0
        lines += [f"  q{number}:", f"    type: {'select_one' if listed else 'text'}"]
        lines.append(f"    label: {said(f'Question {number}')}")
        if number % 10 == 5:
            lines.append(f"    relevant: q{number - 1} == c1 or q{number - 1} == c2")
        if listed:
            lines.append("    choices:")
            lines += [
                f"      c{one}: {said(f'Answer {chr(97 + one) * 5}{number}')}" for one in range(5)
            ]
    return "\n".join(lines) + "\n"


def play() -> None:
    """One whole interview through the engine."""
    flow, standing = LOADED, Standing()
    for message in DIALOGUE:
        outcome = converse({flow.name: flow}, standing, Said(message), date(2026, 5, 31))
        current = outcome.interviews[0] if outcome.interviews else None
        standing = Standing(outcome.language or standing.language, current=current)


def tell() -> None:
    """The language of each of the first words."""
    for text in FIRST_WORDS:
        detect(text, TEN)


def engine(table: Table) -> None:
    """A turn, a language, a flow read and checked."""
    play(), tell()  # what is loaded once is loaded
    table.alone(
        "engine: one turn of a flow of 12 questions",
        lambda: spent(play, 20).shared(len(DIALOGUE)),
        TURN,
    )
    table.alone(
        "the language of a first message, of ten",
        lambda: spent(tell, 50).shared(len(FIRST_WORDS)),
        TOLD,
    )
    table.compare(
        "flow: load and check",
        lambda: spent(lambda: load(SURVEY), 10),
        lambda: spent(lambda: load(SURVEY, trusted=True), 10),
        "load alone",
    )
    written = large()
    table.compare(
        "1,000 questions, ten languages: check",
        lambda: spent(lambda: examine(written)),
        lambda: spent(lambda: read(written, "flow.yaml")),
        "reading its YAML",
    )

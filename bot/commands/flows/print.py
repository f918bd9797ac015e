"""``testimony flows print``: a survey as a form to be filled in by hand."""

from pathlib import Path

import click

from bot.commands import WRONG_USE, fail, opened, settings
from bot.commands.flows.files import named
from flows import Flow, FlowErrors, load_file
from storage import meetings
from storage.paper.form import Occasion, form
from storage.paper.press import Unprintable


@click.command("print")
@click.argument("flow")
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path, dir_okay=False),
    help="The file to print into, such as form.pdf.",
)  # fmt: skip
@click.option("--language", help="In this language, not in its first.")
@click.option("--meeting", help="For the meeting with this code, which then stands at its head.")
@click.option("--paper", type=click.Choice(["letter", "a4"]), default="letter")
def print_(flow: str, output: Path, language: str | None, meeting: str | None, paper: str) -> None:
    """Print FLOW (a file, or the name of a flow) as a form: its consent, its questions, and who leaves which out."""
    try:
        loaded = load_file(named(flow))
    except FlowErrors as errors:
        fail("\n".join(map(str, errors.exceptions)))
    language = language or loaded.source_language
    if language not in loaded.languages:
        fail(f"{loaded.name} speaks {', '.join(loaded.languages)}, not {language}.", WRONG_USE)
    if output.suffix.lower() != ".pdf":
        fail(f"A form is printed as PDF: name a file such as {output.stem}.pdf.", WRONG_USE)
    if not output.absolute().parent.is_dir():
        fail(f"There is no folder {output.absolute().parent}.", WRONG_USE)
    at = _occasion(loaded, language, meeting) if meeting else None
    try:
        output.write_bytes(form(loaded, language, at, "a4" if paper == "a4" else "letter"))
    except Unprintable as reason:
        fail(str(reason))
    except OSError as error:
        fail(f"{output} cannot be written: {error.strerror}")
    click.echo(f"Printed: {output}")


def _occasion(flow: Flow, language: str, code: str) -> Occasion:
    """The meeting of a code, which must be one about this survey."""
    from storage.paper.meeting import Doors, occasion  # dates in every language, for meetings only

    found = settings()
    with opened(found) as database, database.reading() as session:
        meeting = meetings.by_code(session, code)
    if meeting is None:
        fail(f"There is no meeting with the code {code}.")
    if meeting.facts.flow != flow.name:
        fail(f"The meeting {meeting.code} is about {meeting.facts.flow}, not {flow.name}.")
    sender = (found.twilio.sender or "") if found.twilio else ""
    doors = Doors(
        number=sender if sender.startswith("+") else "",
        telegram=found.telegram.name if found.telegram and found.telegram.name else "",
        public_url=found.public_url or "",
    )
    return occasion(meeting, flow, language, doors)

"""``testimony flows picture``: a flow drawn into an SVG file."""

from pathlib import Path

import click

from bot.commands import WRONG_USE, fail
from bot.commands.flows.files import named
from flows import FlowErrors, load_file
from flows.picture import picture as draw


@click.command()
@click.argument("flow")
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path, dir_okay=False),
    help="The file to draw into, such as flow.svg.",
)  # fmt: skip
@click.option("--language", help="Draw its texts in this language, not in its first.")
def picture(flow: str, output: Path, language: str | None) -> None:
    """Draw FLOW (a file, or the name of a flow): its questions in order, and what leaves them out.

    The file opens in every browser and can be printed.
    """
    try:
        loaded = load_file(named(flow))
    except FlowErrors as errors:
        fail("\n".join(map(str, errors.exceptions)))
    if language and language not in loaded.languages:
        fail(f"{loaded.name} speaks {', '.join(loaded.languages)}, not {language}.", WRONG_USE)
    if output.suffix.lower() != ".svg":
        fail(f"A picture is drawn as SVG: name a file such as {output.stem}.svg.", WRONG_USE)
    if not output.absolute().parent.is_dir():
        fail(f"There is no folder {output.absolute().parent}.", WRONG_USE)
    try:
        output.write_text(draw(loaded, language or loaded.source_language), encoding="utf-8")
    except OSError as error:
        fail(f"{output} cannot be written: {error.strerror}")
    click.echo(f"Drawn: {output}")

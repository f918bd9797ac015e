"""``testimony flows check``: every mistake of flow files, each with its place and its cure."""

from pathlib import Path

import click

from bot.commands import fail, settings
from bot.commands.flows.files import load_all
from bot.services import utc_now
from flows import Flow
from flows.engine import begin
from flows.sms import segments


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
def check(paths: tuple[Path, ...]) -> None:
    """Tell every mistake in flow files (all of FLOWS_DIR when none is named)."""
    loaded, mistakes = load_all(paths or (settings().flows_dir,))
    if mistakes:
        count = len(mistakes)
        fail("\n".join([*mistakes, "", f"{count} mistake{'s' if count > 1 else ''}."]))
    for path, flow, _ in loaded:
        asked = sum(question.asks for question in flow.questions)
        click.echo(
            f"{path}: good ({asked} questions; SMS segments of the consent: {_consent_sizes(flow)})"
        )


def _consent_sizes(flow: Flow) -> str:
    """In how many SMS segments the first message goes, in each language."""
    today = utc_now().date()
    first = {code: begin(flow, code, today).reply for code in flow.languages}
    return ", ".join(
        f"{segments(reply.text)[1]} in {code}" for code, reply in first.items() if reply
    )

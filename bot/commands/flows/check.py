"""``testimony flows check``: every mistake and warning of flow files, their transcripts played, every branch tried."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from bot.commands import FINDING, settings
from bot.commands.flows import report
from bot.commands.flows.files import Checked, check_all, check_file, files
from bot.services import utc_now
from flows import Flow
from flows.rehearsing.rehearsal import update
from flows.rehearsing.reporting import report as seen
from flows.rehearsing.walker import told, walk_all
from flows.sms import segments
from flows.talking.engine import begin

FORMATS = ("text", "json", "github")


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option(
    "--update", "record", is_flag=True, help="Write anew what the bot says in the transcripts."
)
@click.option("--coverage", is_flag=True, help="Name what no transcript visits.")
@click.option("--walk", is_flag=True, help="Try every branch, and tell what goes wrong on the way.")
def check(paths: tuple[Path, ...], form: str, record: bool, coverage: bool, walk: bool) -> None:
    """Tell every mistake in flow files (all of FLOWS_DIR when none is named), and play their transcripts.

    A transcript of my-flow.yaml is a .txt file in the folder my-flow beside it. Warnings stop nothing: the exit code is
    1 only for mistakes.
    """
    wanted = paths or (settings().flows_dir,)
    if record:
        for line in _record(wanted):
            click.echo(line, err=form != "text")
    checked = check_all(wanted)
    findings = [finding for one in checked for finding in one.findings]
    mistakes = [finding for finding in findings if not finding.warning]
    if form != "text":
        click.echo(report.as_json(findings) if form == "json" else report.as_github(findings))
    else:
        for line in report.as_text(mistakes):
            click.echo(line, err=True)
        for line in report.as_text(one for one in findings if one.warning):
            click.echo(line)
        for one in checked:
            for line in _sums(one, coverage, walk):
                click.echo(line)
    if mistakes:
        count = len(mistakes)
        if form == "text":
            click.echo(f"\n{count} mistake{'s' if count > 1 else ''}.", err=True)
        raise SystemExit(FINDING)


def _record(paths: Sequence[Path]) -> Iterator[str]:
    """Record the transcripts of every flow that loads."""
    for path in files(paths):
        one = check_file(path)
        for changed in update(path, one.flow, today=utc_now().date()) if one.flow else ():
            yield f"{changed}: written anew"


def _sums(one: Checked, coverage: bool, walk: bool) -> Iterator[str]:
    """What is good about a file: its size, what its consent costs, what its transcripts visit."""
    if one.flow is None or one.mistakes:
        return
    asked = sum(question.asks for question in one.flow.questions)
    sizes = _consent_sizes(one.flow)
    yield f"{one.path}: good ({asked} questions; SMS segments of the consent: {sizes})"
    if one.rehearsal and one.rehearsal.files:
        lines = seen(one.rehearsal.coverage, one.document)
        count = len(one.rehearsal.files)
        yield f"    {count} transcript{'' if count == 1 else 's'} visit{'s' * (count == 1)} {lines[-1]}"
        yield from (f"    {line}" for line in lines[:-1] if coverage)
    elif coverage:
        folder = one.path.with_suffix("")
        yield f"    There are no transcripts: write what a contact says into {folder}/first.txt"
    if walk:
        yield from (f"    {line}" for line in told(one.flow, walk_all(one.flow), one.document))


def _consent_sizes(flow: Flow) -> str:
    """In how many SMS segments the first message goes, in each language."""
    today = utc_now().date()
    first = {code: begin(flow, code, today).reply for code in flow.languages}
    return ", ".join(
        f"{segments(reply.text)[1]} in {code}" for code, reply in first.items() if reply
    )

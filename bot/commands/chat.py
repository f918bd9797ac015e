"""A conversation with a flow in the terminal: the same engine, nothing kept."""

from dataclasses import replace
from datetime import datetime

import click

from bot.commands import fail
from bot.commands.flows.files import named
from flows import (
    Catalog,
    FlowErrors,
    Interview,
    Outcome,
    Said,
    Standing,
    Status,
    converse,
    load_file,
)
from flows.talking.codes import EXAMPLE


@click.command()
@click.argument("flow")
@click.option(
    "--language", help="Begin in this language, as if the contact were known to speak it."
)
def chat(flow: str, language: str | None) -> None:
    """Try FLOW (a file, or the name of a flow) in the terminal. Ctrl-D ends."""
    try:
        loaded = load_file(named(flow))
    except FlowErrors as errors:
        fail("\n".join(map(str, errors.exceptions)))
    if language and language not in loaded.languages:
        fail(f"{loaded.name} speaks {', '.join(loaded.languages)}, not {language}.", 2)
    catalog = {loaded.name: loaded}
    begin = Said("", begin=True, flow=loaded.name, language=language)
    standing = _turn(catalog, Standing(language=language), begin)
    while True:
        try:
            text = click.prompt(
                click.style("you", fg="green"), prompt_suffix="> ", default="", show_default=False
            )
        except click.Abort:
            click.echo()
            break
        standing = _turn(catalog, standing, Said(text, receipt=EXAMPLE))
        if standing.current and standing.current.state.status is Status.COMPLETE:
            _sum_up(standing.current)
            break


def _turn(catalog: Catalog, standing: Standing, said: Said) -> Standing:
    outcome = converse(catalog, standing, said, datetime.now().astimezone().date())
    if outcome.reply:
        click.echo(f"\n{outcome.reply.text}\n")
    else:
        why = (
            "messages are stopped; START allows them again"
            if outcome.stopped or standing.stopped
            else "it listens"
        )
        click.echo(f"\n(no reply: {why})\n")
    return after(standing, outcome)


def after(standing: Standing, outcome: Outcome) -> Standing:
    """How the contact stands after an outcome, when nothing but memory keeps it."""
    current = outcome.interviews[0] if outcome.interviews else standing.current
    stopped = standing.stopped if outcome.stopped is None else outcome.stopped
    language = outcome.language or standing.language
    return replace(standing, current=current, stopped=stopped, language=language, menu=outcome.menu)


def _sum_up(interview: Interview) -> None:
    click.echo(click.style("What would be kept:", bold=True))
    for question, answer in interview.answers.items():
        known = answer.words if answer.value is None else answer.value
        shown = ", ".join(known) if isinstance(known, tuple) else str(known)
        click.echo(f"  {question}: {shown or f'({answer.given})'}")

"""Flows from files to the database: checked first, all or none published."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from bot.commands import fail, opened, settings
from bot.commands.flows.files import between, load_all
from bot.services import utc_now
from storage import audit, library
from storage.db import Database


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
def publish(paths: tuple[Path, ...]) -> None:
    """Check flow files and make them current (all of FLOWS_DIR when none is named)."""
    found = settings()
    with opened(found) as database:
        for line in publish_all(database, paths or (found.flows_dir,)):
            click.echo(line)


def publish_all(database: Database, paths: Sequence[Path]) -> Iterator[str]:
    """Publish every flow of ``paths`` in one transaction, or none of them."""
    loaded, mistakes = load_all(paths)
    with database.writing() as session:
        named = {flow.name for _, flow, _ in loaded}
        others = library.Library().catalog(session)
        mistakes += between(
            [*loaded, *((None, other, "") for name, other in others.items() if name not in named)]
        )
        if mistakes:
            fail("\n".join([*dict.fromkeys(mistakes), "", "Nothing was published."]))
        for _, flow, source in loaded:
            if library.publish(session, flow, source, utc_now()):
                audit.record(
                    session, utc_now(), "publish", f"flow:{flow.name}", version=flow.version
                )
                yield f"Published {flow.name} ({flow.version[:12]})."
            else:
                yield f"{flow.name} is current already."


@click.command("list")
def list_() -> None:
    """Name the published flows and their current versions."""
    with opened() as database, database.reading() as session:
        published = library.current_versions(session)
        for version in published:
            when = version.published_at.strftime("%Y-%m-%d %H:%M UTC")
            click.echo(f"{version.flow}\t{version.hash[:12]}\t{when}")
        if not published:
            click.echo(
                "No flow is published. Publish those that ship with: testimony flows publish"
            )

"""Flows from files to the database: checked first, all or none published; and back to an earlier version."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from sqlalchemy.orm import Session

from bot.commands import fail, opened, settings
from bot.commands.flows.files import Checked, check_all
from bot.services import utc_now
from flows import Flow, FlowError, load
from flows.checks.catalog import clashes
from flows.checks.staleness import gate
from flows.checks.wording import unwritten
from storage import audit, library, moving
from storage.db import Database
from storage.library import Library

HASH = 12


@dataclass(frozen=True)
class Wishes:
    """How to publish: with texts lacking, with those under way moved along, over what was chosen since."""

    allow_untranslated: bool = False
    migrate: bool = False
    over: bool = False


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--allow-untranslated",
    is_flag=True,
    help="Publish although a language lacks texts or has stale ones.",
)
@click.option(
    "--migrate",
    is_flag=True,
    help="Move interviews under way to the new version, where every answered question is still the same.",
)
def publish(paths: tuple[Path, ...], allow_untranslated: bool, migrate: bool) -> None:
    """Check flow files and make them current (all of FLOWS_DIR when none is named)."""
    found = settings()
    with opened(found) as database:
        wishes = Wishes(allow_untranslated, migrate, over=bool(paths))
        for line in publish_all(database, paths or (found.flows_dir,), wishes):
            click.echo(line)


def publish_all(
    database: Database, paths: Sequence[Path], wishes: Wishes = Wishes()
) -> Iterator[str]:
    """Publish every flow of ``paths`` in one transaction, or none of them."""
    with database.reading() as session:
        published = list(Library().catalog(session).values())
    checked = check_all(paths, published)
    refusals = [str(mistake) for one in checked for mistake in one.mistakes]
    refusals += [str(mistake) for one in checked for mistake in _unwritten(one)]
    if not wishes.allow_untranslated:
        refusals += [line for one in checked for line in _untranslated(one)]
    if refusals:
        fail("\n".join([*dict.fromkeys(refusals), "", "Nothing was published."]))
    with database.writing() as session:
        for one in checked:
            yield from _publish(session, one, wishes)


def _unwritten(one: Checked) -> Iterator[FlowError]:
    for path in unwritten(one.document) if one.document else ():
        yield one.found(
            path, "this text is still to be written", "Replace what stands in brackets."
        )


def _untranslated(one: Checked) -> Iterator[str]:
    for message in gate(one.document) if one.document else ():
        yield f"{one.path}: {message}\n    Translate them, or publish with --allow-untranslated."


def _publish(session: Session, one: Checked, wishes: Wishes) -> Iterator[str]:
    flow, now = one.flow, utc_now()
    if flow is None:
        return
    if not wishes.over and (since := _chosen_since(session, flow)):
        yield f"{flow.name} is left as it is: {since}. To publish the file, name it."
        return
    if library.publish(session, flow, one.source, now):
        audit.record(session, now, "publish", f"flow:{flow.name}", version=flow.version)
        yield f"Published {flow.name} ({flow.version[:HASH]})."
    else:
        yield f"{flow.name} is current already."
    if wishes.migrate:
        count = moving.migrate(session, flow, Library(), now.date())
        if count:
            audit.record(session, now, "migrate", f"flow:{flow.name}", interviews=count)
        yield f"Moved {count} interview{'' if count == 1 else 's'} of {flow.name} under way."


def _chosen_since(session: Session, flow: Flow) -> str:
    """Why the text of a file is not what should be current: people have chosen another one; "" where they have not.

    A folder is published at every start and deployment, which must not undo what was done by hand.
    """
    current, *older = library.versions(session, flow.name) or (None,)
    if current is None or current.hash == flow.version:
        return ""
    if current.published_by is not None:
        return "its current version was published in the admin view"
    replaced = any(one.hash == flow.version for one in older)
    return "it was published before, and went back to another version" if replaced else ""


@click.command()
@click.argument("flow")
@click.option("--version", "wanted", help="The first letters of its hash; else the one before.")
def rollback(flow: str, wanted: str | None) -> None:
    """Make an earlier version of FLOW current again. Interviews stay on the version they are on."""
    with opened() as database, database.writing() as session:
        current, *older = library.versions(session, flow) or (None,)
        if current is None:
            fail(f"No flow “{flow}” was ever published. Name one of: testimony flows list")
        chosen = [one for one in older if _is_wanted(one, current, wanted)]
        chosen.sort(key=lambda one: -one.id)
        if not chosen or (wanted and len(chosen) > 1):
            fail(_no_version(flow, wanted, [one.hash[:HASH] for one in older]))
        source, now = library.source_of(session, chosen[0].id), utc_now()
        earlier = load(source, trusted=True)
        if taken := list(clashes(earlier, Library().catalog(session).values())):
            fail("\n".join([*taken, "", "Nothing was changed."]))
        library.publish(session, earlier, source, now)
        version = chosen[0].hash
        audit.record(session, now, "rollback", f"flow:{flow}", version=version)
        click.echo(f"{flow} is at {version[:HASH]} again (it was at {current.hash[:HASH]}).")


def _is_wanted(one: library.Published, current: library.Published, wanted: str | None) -> bool:
    """Whether a version can be gone back to: the one named, or else one that was made before the current one.

    A version that was rolled back from was made later: a second rollback goes further back, and not to it.
    """
    return one.hash.startswith(wanted) if wanted else one.id < current.id


def _no_version(flow: str, wanted: str | None, older: Sequence[str]) -> str:
    if not older:
        return f"{flow} has only one version."
    known = ", ".join(older)
    if wanted:
        return f"{flow} has not one earlier version that begins with {wanted}. They are: {known}."
    return f"Name one of the earlier versions: {known}."


@click.command("list")
def list_() -> None:
    """Name the published flows, their current versions, and how many interviews are under way."""
    with opened() as database, database.reading() as session:
        published = library.current_versions(session)
        for version in published:
            when = version.published_at.strftime("%Y-%m-%d %H:%M UTC")
            count = sum(moving.under_way(session, version.flow).values())
            click.echo(f"{version.flow}\t{version.hash[:HASH]}\t{when}\t{count} under way")
        if not published:
            click.echo(
                "No flow is published. Publish those that ship with: testimony flows publish"
            )

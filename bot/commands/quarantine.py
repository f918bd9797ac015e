"""Bursts that looked automated and were not answered: who is in quarantine, and what becomes of them."""

import click

from bot.app import build_services
from bot.commands import fail, opened, settings
from bot.letting_through import let_through
from bot.services import utc_now
from storage import audit
from storage import quarantine as rooms
from storage.db import Database
from storage.quarantine import LEFT, LET, Burst


@click.command()
@click.option("--let", "let", metavar="PSEUDONYM", help="Answer what this contact wrote, or ALL.")
@click.option("--leave", metavar="PSEUDONYM", help="Keep it, answer nothing; ALL for everybody.")
def quarantine(let: str | None, leave: str | None) -> None:
    """Show who is in quarantine; let their messages through, or leave them. None is ever deleted."""
    if let and leave:
        fail("Name --let or --leave, not both.", 2)
    found = settings()
    with opened(found) as database:
        with database.reading() as session:
            bursts = rooms.bursts(session)
        chosen = _named(bursts, let or leave or "")
        if leave:
            _leave(database, chosen)
        elif not let:
            _show(bursts)
    if let:
        _let(chosen)


def _named(bursts: list[Burst], name: str) -> list[Burst]:
    wanted = name.strip().upper()
    chosen = [one for one in bursts if wanted in ("ALL", one.pseudonym)]
    if wanted and not chosen:
        fail(f"{name} is not in quarantine.")
    return chosen


def _show(bursts: list[Burst]) -> None:
    if not bursts:
        click.echo("Nobody is in quarantine.")
    for one in bursts:
        click.echo(
            f"{one.pseudonym}  {one.channel}  {one.number} from {one.first:%Y-%m-%d %H:%M:%S} "
            f"to {one.last:%Y-%m-%d %H:%M:%S} UTC"
        )


def _let(chosen: list[Burst]) -> None:
    services = build_services(settings())
    try:
        for one in chosen:
            number = let_through(services, one.contact_id)
            _note(services.database, LET, one, number)
            click.echo(f"{one.pseudonym}: {number} are answered.")
    finally:
        services.close()


def _leave(database: Database, chosen: list[Burst]) -> None:
    for one in chosen:
        with database.writing() as session:
            number = rooms.leave(session, one.contact_id)
        _note(database, LEFT, one, number)
        click.echo(f"{one.pseudonym}: {number} are kept, and stay unanswered.")


def _note(database: Database, deed: str, one: Burst, number: int) -> None:
    with database.writing() as session:
        audit.record(session, utc_now(), deed, f"contact:{one.contact_id}", messages=number)

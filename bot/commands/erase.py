"""``testimony erase``: forget a person who asks for it by another way than by message, and say when one was."""

import click

from bot.commands import fail, opened
from storage import contacts, erasure
from storage.db import Database
from storage.receipts import new_receipt


@click.command()
@click.argument("pseudonym", required=False)
@click.option("--yes", is_flag=True, help="Do not ask once more.")
@click.option("--receipt", help="Erase nobody: say when the person with this receipt was erased.")
def erase(pseudonym: str | None, yes: bool, receipt: str | None) -> None:
    """Erase the words, files and address of the contact PSEUDONYM (such as R-7F3K), for good.

    What stays is a tombstone and, if the person opted out, that messages to them are stopped. Prints the receipt.
    """
    if (pseudonym is None) == (receipt is None):
        fail("Name either a PSEUDONYM to erase, or a --receipt to look up.", 2)
    with opened() as database:
        if receipt is not None:
            _look_up(database, receipt)
        elif pseudonym is not None:
            _erase(database, pseudonym, yes=yes)


def _look_up(database: Database, receipt: str) -> None:
    with database.reading() as session:
        erased_at = erasure.erased_by(session, receipt)
    if erased_at is None:
        fail(
            "Nobody was erased with this receipt. Check its letters: it has no 0, 1, I, L, O or U."
        )
    click.echo(f"The person with this receipt was erased on {erased_at:%Y-%m-%d at %H:%M} UTC.")


def _erase(database: Database, pseudonym: str, *, yes: bool) -> None:
    with database.reading() as session:
        known = contacts.find_pseudonym(session, pseudonym)
    if known is None:
        fail(f"There is no contact {pseudonym}. The pseudonym stands on the page of a testimony.")
    if not yes:
        click.confirm(f"Erase all that {pseudonym} told, for good?", abort=True)
    with database.writing() as session:
        contact = contacts.lock_pseudonym(session, pseudonym)
        if contact is None:
            fail(f"There is no contact {pseudonym} any more.")
        receipt, now = new_receipt(), database.clock()
        erasure.erase(session, contact, receipt, now)
        erasure.forget(session, contact.id, now)
    click.echo(f"{pseudonym} is erased. Receipt: {receipt}")

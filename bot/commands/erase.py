"""``testimony erase``: forget a person who asks for it by another way than by message."""

import click

from bot.commands import fail, opened
from bot.services import utc_now
from storage import contacts, erasure


@click.command()
@click.argument("pseudonym")
@click.option("--yes", is_flag=True, help="Do not ask once more.")
def erase(pseudonym: str, yes: bool) -> None:
    """Erase the words, files and address of the contact PSEUDONYM (such as R-7F3K), for good.

    What stays is a tombstone and, if the person opted out, that messages to them are stopped. Prints the receipt.
    """
    with opened() as database:
        with database.reading() as session:
            known = contacts.find_pseudonym(session, pseudonym)
        if known is None:
            fail(
                f"There is no contact {pseudonym}. The pseudonym stands on the page of a testimony."
            )
        if not yes:
            click.confirm(f"Erase all that {pseudonym} told, for good?", abort=True)
        with database.writing() as session:
            contact = contacts.lock_pseudonym(session, pseudonym)
            if contact is None:
                fail(f"There is no contact {pseudonym} any more.")
            receipt, now = erasure.new_receipt(), utc_now()
            erasure.erase(session, contact, receipt, now)
            erasure.forget(session, contact.id, now)
    click.echo(f"{pseudonym} is erased. Receipt: {receipt}")

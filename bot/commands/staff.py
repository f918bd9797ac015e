"""Staff members from the command line: the first owner, and forgotten passwords."""

import click

from bot.commands import fail, opened
from bot.services import utc_now
from storage import audit
from storage import staff as members


@click.group()
def staff() -> None:
    """Add staff members, reset passwords."""


@staff.command()
@click.argument("email")
@click.option(
    "--role",
    type=click.Choice([role.value for role in members.Role]),
    default=members.Role.COORDINATOR.value,
    show_default=True,
)
@click.option(
    "--password", help="At least 12 characters; one is made and shown when this is left out."
)
def add(email: str, role: str, password: str | None) -> None:
    """Let EMAIL log in to the admin view."""
    secret = password or members.new_password()
    with opened() as database:
        try:
            with database.writing() as session:
                member = members.add_staff(session, email, secret, members.Role(role), utc_now())
                audit.record(session, utc_now(), "staff add", f"staff:{member.id}", role=role)
        except members.StaffError as error:
            fail(f"{error}.")
    click.echo(
        f"{email} can log in at /admin/ as {role}." + ("" if password else f"\nPassword: {secret}")
    )


@staff.command()
@click.argument("email")
@click.option(
    "--password", help="At least 12 characters; one is made and shown when this is left out."
)
def password(email: str, password: str | None) -> None:
    """Give EMAIL a new password."""
    secret = password or members.new_password()
    with opened() as database:
        try:
            with database.writing() as session:
                member = members.set_password(session, email, secret)
                audit.record(session, utc_now(), "staff password", f"staff:{member.id}")
        except members.StaffError as error:
            fail(f"{error}.")
    click.echo(f"{email} has a new password." + ("" if password else f"\nPassword: {secret}"))

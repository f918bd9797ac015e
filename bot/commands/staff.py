"""Staff members from the command line: the first owner, forgotten passwords and phones, who comes and who goes."""

from collections.abc import Callable
from typing import TypeVar

import click
from sqlalchemy.orm import Session

from bot.commands import fail, opened, settings
from bot.services import utc_now
from storage import audit, people, second_factor, staff_links
from storage import staff as members
from storage.models import StaffMember

Done = TypeVar("Done")
ROLES = click.Choice([role.value for role in members.Role])


@click.group()
def staff() -> None:
    """Add and invite staff members, reset what they forgot, let them go."""


@staff.command()
@click.argument("email")
@click.option("--role", type=ROLES, default=members.Role.COORDINATOR.value, show_default=True)
@click.option(
    "--password", help="At least 12 characters; one is made and shown when this is left out."
)
def add(email: str, role: str, password: str | None) -> None:
    """Let EMAIL log in to the admin view."""
    secret = password or members.new_password()

    def made(session: Session) -> None:
        member = members.add_staff(session, email, secret, members.Role(role), utc_now())
        audit.record(session, utc_now(), "staff add", f"staff:{member.id}", role=role)

    _do(made)
    click.echo(
        f"{email} can log in at /admin/ as {role}." + ("" if password else f"\nPassword: {secret}")
    )


@staff.command()
@click.argument("email")
@click.option("--role", type=ROLES, default=members.Role.COORDINATOR.value, show_default=True)
def invite(email: str, role: str) -> None:
    """Print a link by which EMAIL sets a password and joins. It is good once, for seven days."""
    found = settings()
    token = _do(
        lambda session: staff_links.invite(session, email, members.Role(role), None, utc_now())
    )
    click.echo(f"{found.public_url}/admin/welcome/{token}")


@staff.command()
@click.argument("email")
def link(email: str) -> None:
    """Print a link by which EMAIL sets a new password. It is good once, for seven days."""
    found = settings()

    def made(session: Session) -> str:
        member = _member(session, email)
        if member.disabled_at is not None:
            raise members.StaffError(f"{member.email} is disabled; enable them first")
        return staff_links.renew(session, member, None, utc_now())

    click.echo(f"{found.public_url}/admin/welcome/{_do(made)}")


@staff.command()
@click.argument("email")
@click.option(
    "--password", help="At least 12 characters; one is made and shown when this is left out."
)
def password(email: str, password: str | None) -> None:
    """Give EMAIL a new password, and end their log-ins."""
    secret = password or members.new_password()

    def made(session: Session) -> None:
        member = members.set_password(session, email, secret)
        audit.record(session, utc_now(), "staff password", f"staff:{member.id}")

    _do(made)
    click.echo(f"{email} has a new password." + ("" if password else f"\nPassword: {secret}"))


@staff.command("list")
def list_() -> None:
    """Show everybody: role, second factor, and whether they are disabled."""
    for one in _do(people.everybody):
        factor = "second factor" if one.second_factor else "password only"
        click.echo(f"{one.email}  {one.role}  {factor}{'  disabled' if one.disabled else ''}")


@staff.command()
@click.argument("email")
@click.argument("role", type=ROLES)
def role(email: str, role: str) -> None:
    """Give EMAIL another ROLE, from the next page on."""
    _do(
        lambda session: people.set_role(
            session, _member(session, email), members.Role(role), None, utc_now()
        )
    )
    click.echo(f"{email} is {role} now.")


@staff.command()
@click.argument("email")
def disable(email: str) -> None:
    """Keep EMAIL out from now on, and end their log-ins."""
    _do(lambda session: people.disable(session, _member(session, email), None, utc_now()))
    click.echo(f"{email} is disabled, and logged out everywhere.")


@staff.command()
@click.argument("email")
def enable(email: str) -> None:
    """Let EMAIL in again, with the password they had."""
    _do(lambda session: people.enable(session, _member(session, email), None, utc_now()))
    click.echo(f"{email} can log in again.")


@staff.command("log-out")
@click.argument("email")
def log_out(email: str) -> None:
    """End every log-in of EMAIL."""
    ended = _do(
        lambda session: people.end_log_ins(session, _member(session, email), None, utc_now())
    )
    click.echo(f"{email} is logged out everywhere ({ended}).")


@staff.command("second-factor-off")
@click.argument("email")
def second_factor_off(email: str) -> None:
    """Take the second factor of EMAIL away, whose phone is lost and recovery codes too."""
    _do(lambda session: second_factor.remove(session, _member(session, email), None, utc_now()))
    click.echo(f"{email} logs in with a password alone.")


def _do(deed: Callable[[Session], Done]) -> Done:
    """Do it in one transaction, or end with what stands against it."""
    with opened() as database:
        try:
            with database.writing() as session:
                return deed(session)
        except members.StaffError as error:
            fail(f"{error}.")


def _member(session: Session, email: str) -> StaffMember:
    member = members.by_email(session, members.normal_email(email))
    if member is None:
        raise members.StaffError(f"there is no staff member {email}")
    return member

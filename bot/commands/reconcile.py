"""What Twilio received while nobody was here, fetched by hand. It does no harm at any time, and twice."""

from datetime import UTC, datetime

import click

from bot.app import build_services
from bot.channels.twilio_log import LogUnread
from bot.commands import WRONG_USE, fail, settings, told
from bot.commands.serve import ready
from bot.reconciling import LONGEST, Reconciled, default_since, reconcile
from bot.services import Services
from flows import warm_up

FORMATS = ["%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
KEPT = "What was brought in so far is kept. Run it again: nothing is taken twice."


@click.command("reconcile")
@click.option(
    "--since",
    type=click.DateTime(FORMATS),
    help="From when on, in UTC. Default: a day before the service was here last.",
)
def reconcile_now(since: datetime | None) -> None:
    """Fetch what Twilio received while the service was away, in order, and how far our own messages have come.

    It reads Twilio's own log of messages; what is known already is passed over. After an outage it runs by itself.
    """
    found = settings()
    if found.twilio is None:
        fail("TWILIO_ACCOUNT_SID is not set: there is no log to read", WRONG_USE)
    ready(found)
    warm_up()
    services = build_services(found)
    try:
        with told(services.database):
            done = _reconcile(services, since.replace(tzinfo=UTC) if since else None)
    finally:
        services.close()
    click.echo(
        f"Messages brought in: {done.received}. Messages of ours that have moved on: {done.moved}."
    )


def _reconcile(services: Services, since: datetime | None) -> Reconciled:
    now = services.now()
    with services.database.reading() as session:
        begin = since or default_since(session, now)
    if not now - LONGEST <= begin <= now:
        fail(
            f"--since must be within the last {LONGEST.days} days: Twilio keeps no more.", WRONG_USE
        )
    click.echo(f"Reading Twilio's log since {begin:%Y-%m-%d %H:%M} UTC.")
    try:
        return reconcile(services, begin)
    except LogUnread as unread:
        if unread.ours:
            fail(
                f"Twilio does not let us read its log ({unread.reason}): check TWILIO_ACCOUNT_SID, "
                f"TWILIO_AUTH_TOKEN and TWILIO_MESSAGING_SERVICE_SID. {KEPT}",
                WRONG_USE,
            )
        wait = (
            f" It asks to wait for {unread.retry_after:.0f} seconds." if unread.retry_after else ""
        )
        fail(f"Twilio's log could not be read ({unread.reason}).{wait} {KEPT}")

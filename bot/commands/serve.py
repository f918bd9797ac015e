"""The running service: the web server, the sender's threads, and the worker that does without a web server."""

import signal
import threading
from collections.abc import Callable
from typing import Any

import click
from flask import Flask

from bot import connections, health
from bot.app import MAX_BODY, build_services, create_app
from bot.beside import beside, running, upkeep
from bot.commands import WRONG_USE, fail, open_at, opened, settings, told
from bot.commands.flows.publish import publish_all
from bot.reconciling import heart
from bot.sending import SenderThreads
from bot.services import Services, utc_now
from bot.settings import Settings
from bot.settings.broker import CELERY
from flows import FlowErrors, warm_up
from flows.framework.reading import framework_in
from storage import audit, contacts, schema
from storage import staff as members
from storage.db import Database

REQUEST_THREADS, WATCHERS = 16, 2
CHANNEL_TIMEOUT = 30  # seconds a client may be silent, or read nothing
CONNECTIONS = 800  # at once; a slow client holds one and no thread. Below the 1024 files that a process may open
FIRST_OWNER = "owner@localhost"


def listening(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say where to listen."""
    at = click.option(
        "--host",
        default="127.0.0.1",
        show_default=True,
        help="0.0.0.0 to be reached from elsewhere.",
    )
    on = click.option("--port", type=click.IntRange(1, 65535), help="Default: PORT, else 8000.")
    return at(on(command))


@click.command()
@listening
def serve(host: str, port: int | None) -> None:
    """Answer webhooks and show the pages; send what is queued, with WORK=threads."""
    found = settings()
    ready(found)
    _serve(found, host, port or found.port)


@click.command()
@listening
def start(host: str, port: int | None) -> None:
    """Set up whatever is missing (tables, flows, an owner), say how to log in, then serve."""
    found = settings()
    database = open_at(found)
    with told(database):
        schema.upgrade(database.engine)
        for line in publish_all(database, [found.flows_dir]):
            click.echo(line)
        password = _first_owner(database)
    database.close()
    ready(found)
    _serve(
        found,
        host,
        port or found.port,
        welcome=lambda: _welcome(found, port or found.port, password),
    )


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where --port is.")
@click.option(
    "--port", type=click.IntRange(1, 65535), help="Tell /healthz, /readyz and /metrics there."
)
def worker(host: str, port: int | None) -> None:
    """Send what waits in the outbox, until stopped. Any number of workers may run.

    With WORK=celery it is a Celery worker.
    """
    found = settings()
    ready(found)
    stop = end_by_signal() if found.work != CELERY else None
    services = build_services(found)
    if port:
        server = _listen(services, health.alone(services), host, port, threads=WATCHERS)
        threading.Thread(target=server.run, name="watched", daemon=True).start()
    if stop is None:
        _run_celery(services)
        return
    with running(services, SenderThreads(services), *upkeep(services)):
        click.echo("The worker runs.")
        stop.wait()


def _run_celery(services: Services) -> None:
    _leave_at_signals()  # until it runs, and sees to them itself
    from bot.work.celery import run_worker  # an extra, and slow to load

    with running(services, *upkeep(services)):
        click.echo("The worker runs.")
        run_worker(services)


def _first_owner(database: Database) -> str | None:
    """Make the first owner where there is no staff yet; returns the password then."""
    password = members.new_password()
    with database.writing() as session:
        if members.any_staff(session):
            return None
        member = members.add_staff(session, FIRST_OWNER, password, members.Role.OWNER, utc_now())
        audit.record(session, utc_now(), "staff add", f"staff:{member.id}", role=member.role)
    return password


def ready(found: Settings) -> None:
    """End with a clear line unless the themes can be read, the database is migrated and the keys open what is in it."""
    try:
        framework_in(found.flows_dir)
    except FlowErrors as errors:
        fail("\n".join(str(one) for one in errors.exceptions), WRONG_USE)
    with opened(found) as database, database.reading() as session:
        contacts.try_keys(session)


def _serve(
    found: Settings, host: str, port: int, welcome: Callable[[], None] | None = None
) -> None:
    warm_up()  # else the first message would wait for it
    services = build_services(found)
    server = _listen(services, create_app(services), host, port, threads=REQUEST_THREADS)
    _leave_at_signals()
    if welcome:
        welcome()
    with running(services, heart(services), *beside(services)):
        click.echo(f"Serving on http://{host}:{port}")
        server.run()  # ends at SystemExit and KeyboardInterrupt, when requests in hand are answered


def _listen(services: Services, app: Flask, host: str, port: int, threads: int) -> Any:
    """A web server of ``app`` that listens already, or the end of the command."""
    try:
        return connections.listen(
            app,
            host=host,
            port=port,
            threads=threads,
            channel_timeout=CHANNEL_TIMEOUT,
            cleanup_interval=CHANNEL_TIMEOUT // 3,
            connection_limit=CONNECTIONS,
            max_request_body_size=MAX_BODY,
            ident=None,
            # ProxyFix reads them where proxies are trusted; /metrics sees by them that a proxy asks
            clear_untrusted_proxy_headers=False,
        )
    except (OSError, ValueError) as error:
        services.close()
        reason = getattr(error, "strerror", None) or "there is no such host"
        fail(f"PORT {port} on {host} cannot be used: {reason}.", WRONG_USE)


def _leave_at_signals() -> None:
    def leave(*_: object) -> None:
        raise SystemExit(0)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, leave)


def end_by_signal() -> threading.Event:
    """An event that SIGTERM or SIGINT sets.

    By a thread of its own: the handler runs in the thread that waits, which may hold the event's lock just then.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=stop.set).start())
    return stop


def _welcome(found: Settings, port: int, password: str | None) -> None:
    here = f"http://localhost:{port}"
    again = f"testimony staff password {FIRST_OWNER}"
    lines = [
        "",
        "Testimony is ready.",
        "",
        f"  Try a flow   {here}/",
        f"  Admin        {here}/admin/",
    ]
    if password:
        lines += [
            f"  Log in as    {FIRST_OWNER}",
            f"  Password     {password}",
            f"               (shown this once; a new one: .venv/bin/{again})",
        ]
    else:
        lines += [f"  Log in       as before; forgotten: .venv/bin/{again}"]
    sms = "connected" if found.twilio else "not connected; see README, “Connect a Twilio number”"
    bot = "connected" if found.telegram else "not connected; see README, “Connect a Telegram bot”"
    lines += [f"  SMS          {sms}", f"  Telegram     {bot}", ""]
    click.echo("\n".join(lines))

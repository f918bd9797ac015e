"""Connecting a Telegram bot: by webhook, or by polling where there is no public address."""

import logging
import threading

import click
from sqlalchemy.exc import SQLAlchemyError
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.app import build_services
from bot.beside import beside, running
from bot.channels import TELEGRAM
from bot.channels.telegram import TelegramChannel, seconds
from bot.channels.telegram_updates import UPDATES, read_update
from bot.commands import WRONG_USE, fail, settings
from bot.commands.serve import end_by_signal, ready
from bot.faults import fault
from bot.services import Services
from bot.settings import Settings
from bot.settings.providers import TelegramSettings
from bot.webhooks import take
from flows import warm_up

log = logging.getLogger(__name__)
POLL = 8  # seconds that Telegram holds a request open: SIGTERM is heeded between two
PAUSE = 3.0  # seconds before another try


@click.group()
def telegram() -> None:
    """Connect a Telegram bot."""


@telegram.command("set-webhook")
def set_webhook() -> None:
    """Tell Telegram where to bring messages: PUBLIC_URL, with TELEGRAM_WEBHOOK_SECRET."""
    found = settings()
    token = _settings(found)
    if not token.secret:
        fail("TELEGRAM_WEBHOOK_SECRET is not set; make one with: openssl rand -hex 32", WRONG_USE)
    url = f"{found.public_url}/webhooks/telegram"
    channel = TelegramChannel(token)
    try:
        channel.run(
            channel.bot.set_webhook(url, allowed_updates=UPDATES, secret_token=token.secret)
        )
    except TelegramError as error:
        fail(f"Telegram refused the webhook {url}: {error.message}")
    finally:
        channel.close()
    click.echo(f"Telegram brings messages to {url}")


@telegram.command()
def poll() -> None:
    """Fetch messages from Telegram, for machines without a public address. Takes a webhook away first."""
    found = settings()
    _settings(found)
    ready(found)
    warm_up()
    stop = end_by_signal()
    services = build_services(found)
    with running(services, *beside(services)):
        _poll(services, stop)


def _settings(found: Settings) -> TelegramSettings:
    if found.telegram is None:
        fail("TELEGRAM_BOT_TOKEN is not set; get one from @BotFather in Telegram", WRONG_USE)
    return found.telegram


def _poll(services: Services, stop: threading.Event) -> None:
    channel = services.channels[TELEGRAM]
    assert isinstance(channel, TelegramChannel)  # noqa: S101 - build_services made it
    offset, ready = 0, False
    while not stop.is_set():
        try:
            if not ready:
                channel.run(channel.bot.delete_webhook(drop_pending_updates=False))
                ready = True
                click.echo("Fetching messages from Telegram.")
            for update in channel.fetch(offset, POLL):
                take(services, read_update(update))
                offset = update["update_id"] + 1  # Telegram forgets it only when asked for the next
        except InvalidToken:
            fail("TELEGRAM_BOT_TOKEN is not a token that Telegram knows", WRONG_USE)
        except Conflict:
            fail("Another program fetches this bot's messages. Stop it first.")
        except RetryAfter as error:
            stop.wait(seconds(error))
        except (TelegramError, SQLAlchemyError) as error:
            log.warning("nothing could be fetched or kept now: %s", type(error).__name__)
            stop.wait(PAUSE)
        except Exception as error:  # noqa: BLE001 - the update stays with Telegram and is fetched again
            log.error("an update could not be kept: %s", fault(error))
            stop.wait(PAUSE)

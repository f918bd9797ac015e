"""The composition root: everything is built here once and handed on. Start reading here.

It is the one place where ``bot`` knows ``admin``.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from flask import Flask, Request, Response, current_app, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

import admin
from admin import errors
from admin.desk import Desk
from bot import health, meters, web, webhooks
from bot.channels import SMS, TELEGRAM, WEB, Channel
from bot.channels.sms import SmsChannel
from bot.channels.telegram import TelegramChannel
from bot.channels.web import WebChannel
from bot.faults import fault
from bot.limits import Limits
from bot.services import NAME, Services
from bot.settings import Settings
from storage.db import open_database
from storage.files import open_store
from storage.library import Library
from storage.pulse import Pulse

log = logging.getLogger(__name__)

MAX_BODY = 1024 * 1024  # bytes; providers send far less
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
HTTPS_HEADERS = {"Strict-Transport-Security": "max-age=31536000", **SECURITY_HEADERS}


def build_services(settings: Settings, now: Callable[[], datetime] | None = None) -> Services:
    """The database and the channels that the settings name; connects to nothing yet. ``now``: the database's clock."""
    channels: dict[str, Channel] = {WEB: WebChannel()}
    if settings.twilio:
        channels[SMS] = SmsChannel(settings.twilio, settings.public_url)
    if settings.telegram:
        channels[TELEGRAM] = TelegramChannel(settings.telegram)
    pulse = Pulse(meters.database)
    database = replace(open_database(settings.database_url, list(settings.keys)), pulse=pulse)
    files, library = open_store(settings.media), Library(settings.flows_dir)
    return Services(settings, database, channels, now or database.clock, files, library)


def create_app(services: Services) -> Flask:
    """The web application on ``services``."""
    app = Flask("bot")
    secure = services.settings.public_url.startswith("https://")
    app.config.update(
        SECRET_KEY=services.settings.secret_key,
        SESSION_COOKIE_NAME="__Host-testimony" if secure else "testimony",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=8),
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
        WTF_CSRF_SSL_STRICT=False,  # it wants a Referer, which our pages tell browsers not to send
    )
    app.session_interface = _Sessions()
    _see_through(app, services.settings.trusted_proxies)
    app.extensions[NAME] = services
    meters.measure(app)
    csrf = CSRFProtect(app)
    csrf.exempt(webhooks.bp)  # they are signed instead
    for blueprint in (webhooks.bp, health.bp, web.bp):
        app.register_blueprint(blueprint)
    admin.register(app, _desk(services))
    app.after_request(partial(_add_headers, HTTPS_HEADERS if secure else SECURITY_HEADERS))
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(SQLAlchemyError, _database_away)
    app.register_error_handler(Exception, _bug)
    return app


class _Sessions(SecureCookieSessionInterface):
    """Nobody logs in by a webhook: it has no session, which takes longer to open than its signature to check."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if request.path.startswith(f"{webhooks.bp.url_prefix}/"):
            return None
        return super().open_session(app, request)


def _see_through(app: Flask, proxies: int) -> None:
    """Take the visitor's address from as many proxies as we trust, and no more: anybody can send the header."""
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=0)  # type: ignore[method-assign]


def _desk(services: Services) -> Desk:
    """What the pages of staff work with. A messaging service's number is not among the settings."""
    twilio, telegram = services.settings.twilio, services.settings.telegram
    sender = (twilio.sender or "") if twilio else ""
    return Desk(
        services.database,
        services.library,
        services.now,
        number=sender if sender.startswith("+") else None,
        telegram=telegram.name if telegram else None,
        public_url=services.settings.public_url,
        files=services.files,
        places=services.places,
        limits=Limits(services).look,
    )


def _add_headers(secure: Mapping[str, str], response: Response) -> Response:
    """What a page says of itself stands; all else is added at once, for to ask name by name takes six times as long."""
    stated = {name.lower() for name, _ in response.headers}
    added = [(name, value) for name, value in secure.items() if name.lower() not in stated]
    response.headers.extend(added)
    if response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _page(title: str, text: str, status: int) -> tuple[str, int]:
    """A page that asks the database for nothing, as a rendered one may: it is shown where that does not answer."""
    told: dict[str, Any] = {"title": title, "text": text}
    if request.path.startswith("/admin/"):
        told = errors.failed(status)
    return current_app.jinja_env.get_template("message.html").render(**told), status


def _stale_form(error: CSRFError) -> tuple[str, int]:
    text = (
        "This page was open for too long, or came from elsewhere. Go back, reload it and try again."
    )
    return _page("Please try again", text, 400)


def _http_error(error: HTTPException) -> tuple[str, int] | HTTPException:
    if error.code is None or error.code < 400:
        return error
    if error.code == 404:
        return _page(
            "There is nothing here", "The address may be misspelt, or the page has gone.", 404
        )
    return _page(error.name, error.description or "", error.code)


def _database_away(error: SQLAlchemyError) -> tuple[str, int]:
    log.error("the database could not be used: %s", type(error).__name__)
    text = "Our database does not answer at the moment. Nothing you sent before is lost. Try again soon."
    return _page("Please try again in a minute", text, 503)


def _bug(error: Exception) -> tuple[str, int]:
    log.error("a page failed: %s", fault(error))
    return _page("Something went wrong", "The fault is ours. Please try again later.", 500)

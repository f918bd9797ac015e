"""What providers call. Each route reads: verify and parse, one transaction, then the answer.

An answer of 200 says that everything is kept; 503 asks the provider to come again. Replies never go out from here.
"""

import logging
import time
from collections.abc import Callable
from functools import partial

from flask import Blueprint, Response, current_app, request
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from bot import meters
from bot.channels import Blocking, Inbound, Malformed, Progress, Rejected, sms, telegram_updates
from bot.media import clearing
from bot.receive import Undecided, receive, take_progress
from bot.services import NAME, Services
from bot.stopping import take_blocking
from storage.engines import is_deadlock
from storage.messages import RECEIVED

log = logging.getLogger(__name__)

bp = Blueprint("webhooks", __name__, url_prefix="/webhooks")
EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


@bp.post("/twilio")
def twilio() -> Response:
    """An SMS, MMS or WhatsApp message."""
    settings = services().settings
    take(services(), sms.parse(request, settings.twilio, settings.public_url))
    return Response(EMPTY_TWIML, content_type="text/xml")


@bp.post("/twilio/status")
def twilio_status() -> Response:
    """How far a message of ours has come."""
    settings = services().settings
    progress = sms.parse_status(request, settings.twilio, settings.public_url)
    if progress and not services().database.write(partial(_advance, services(), progress)):
        log.warning("a status came for a message that is not ours")
    return Response(status=204)


def _advance(services: Services, progress: Progress, session: Session) -> bool:
    """Keep how far a message has come; returns whether it is ours."""
    now = services.now()
    known = take_progress(session, progress, now)
    clearing.hasten(session, services.settings, progress, now)
    return known


@bp.post("/telegram")
def telegram_update() -> Response:
    """An update of the Bot API."""
    take(services(), telegram_updates.parse(request, services().settings.telegram))
    return Response(status=200)


def take(services: Services, event: Inbound | Blocking | None) -> bool:
    """Keep what came in, in one transaction, and wake the sender once it is committed; returns whether it was new."""
    if event is None:
        return False
    began = time.perf_counter()
    new = again(lambda: _keep(services, event))
    if new and isinstance(event, Inbound):
        meters.took(meters.KEPT, began, event.channel)
        meters.message(event.channel, RECEIVED)
    services.wake.set()
    return new


def again(work: Callable[[], bool]) -> bool:
    """Do it once more where two have waited for each other, or the line to the database was cut.

    Not every provider comes again after a 503, and what was kept before the cut is not kept twice.
    """
    for left in (2, 1, 0):
        try:
            return work()
        except DBAPIError as error:
            if not left or not (is_deadlock(error) or error.connection_invalidated):
                raise
    return False


def _keep(services: Services, event: Inbound | Blocking) -> bool:
    """Whether it was new. After a bug of ours with it nothing was kept yet: then it is, and marked."""
    try:
        return services.database.write(partial(_write, services, event), at_once=True)
    except Undecided as bug:
        return services.database.write(partial(_write, services, event, undecided=str(bug)))


def _write(
    services: Services, event: Inbound | Blocking, session: Session, undecided: str = ""
) -> bool:
    now, today = services.now(), services.today()
    if isinstance(event, Blocking):
        take_blocking(session, event, now)
        return True
    known = services.settings.telegram
    name = known.name if known else ""
    new = receive(session, services.library, event, now, today, telegram=name, undecided=undecided)
    if new:
        clearing.clear_inbound(session, services.settings, event, now)
    return new


def services() -> Services:
    found: Services = current_app.extensions[NAME]
    return found


@bp.errorhandler(Rejected)
def rejected(error: Rejected) -> Response:
    log.warning("%s refused: %s", request.path, error)
    return Response("forbidden\n", status=403, content_type="text/plain")


@bp.errorhandler(Malformed)
def malformed(error: Malformed) -> Response:
    log.warning("%s malformed: %s", request.path, error)
    return Response("malformed\n", status=400, content_type="text/plain")


@bp.errorhandler(SQLAlchemyError)
def database_away(error: SQLAlchemyError) -> Response:
    log.error("%s could not be kept: %s", request.path, type(error).__name__)
    headers = {"Retry-After": "5"}
    return Response("try again\n", status=503, content_type="text/plain", headers=headers)

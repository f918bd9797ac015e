"""The slow work of the outbox: files fetched and kept, taken away, cleared at the provider; exports; tidying.

Claim, commit, fetch, record: network, store and workbench are never inside a transaction. Whoever dies on the way is
followed by another, who does all of it again under the same names: one file is kept, whole.
"""

import hashlib
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot import broadcasting, exporting, letting_through, reconciling
from bot.channels import SMS
from bot.faults import BUG, fault
from bot.media import clearing, telling
from bot.media.examining import examine
from bot.media.fetching import ClearsAway, FetchesFiles, FetchFailed, TooLarge
from bot.media.findings import MOST_MINUTES, Finding, Unfit
from bot.services import Services
from bot.trying import FEWEST_TRIES, GIVE_UP, next_try
from storage import keeping, outbox, sheets
from storage.attachments import GONE, LOST, REFUSED, TOO_LARGE, TOO_LONG, TOO_MANY
from storage.files import StoreFailed, seal_file
from storage.keeping import Errand, Found
from storage.outbox import Claimed

log = logging.getLogger(__name__)

MEGABYTE = 1024 * 1024
MOST_BYTES = 25 * MEGABYTE
MOST_FILES = 30  # in one answer
LEASE = keeping.IN_HAND
MISSING_TRIES = 6  # a provider may tell of a file shortly before it has it
CLEARING_DAYS = timedelta(days=7)
EXPORT_TRIES = timedelta(hours=1)  # somebody waits for it, and can ask again
LASTS = {outbox.FETCH: GIVE_UP, outbox.EXPORT: EXPORT_TRIES, outbox.LET: EXPORT_TRIES}
LASTS |= dict.fromkeys((outbox.CLEAR, outbox.RECONCILE), CLEARING_DAYS)


class _Refused(Exception):
    """A file that is not kept; ``limit`` is the bound that it breaks."""

    def __init__(self, error: str, limit: int = 0) -> None:
        super().__init__(error)
        self.error = error
        self.limit = limit


def run_errand(services: Services, job: Claimed, owner: str) -> None:
    """Do one slow job. What fails is tried again later; a bug with one file must not end the work on the others."""
    try:
        ERRANDS[job.kind](services, job, owner)
    except StoreFailed as failure:
        _again(services, job, owner, str(failure))
    except FetchFailed as failure:
        _again(services, job, owner, failure.reason, failure)
    except Exception as error:  # noqa: BLE001 - see above; the kind and place are told, no content
        _again(services, job, owner, f"{BUG}{fault(error)}")


def _fetch(services: Services, job: Claimed, owner: str) -> None:
    errand = _begin(services, job, owner)
    if errand is None:
        return
    try:
        found = _keep(services, errand)
    except _Refused as refusal:
        _end(services, job, owner, REFUSED, refusal)
        return
    with services.database.writing() as session:
        now = services.now()
        if keeping.keep(session, errand.attachment_id, found, now):
            clearing.clear_file(session, services.settings, job.target, now)
            spare = [errand.cleaned] if found.cleaned_type is None else []
        else:
            spare = _not_ours(session, errand)
        for name in spare:
            outbox.enqueue_away(session, outbox.DISCARD, name, now)
        outbox.finish(session, job.id, owner, now)


def _not_ours(session: Session, errand: Errand) -> list[str]:
    """What must not stay in the store: nothing of what another has kept, all of what was erased or given up."""
    kept = keeping.is_kept(session, errand.attachment_id)
    return [] if kept else [errand.original, errand.cleaned]


def _begin(services: Services, job: Claimed, owner: str) -> Errand | None:
    """What is to be fetched, held for long enough; None when there is nothing to do."""
    with services.database.writing() as session:
        now, number = services.now(), job.attachment_id
        errand = None if number is None else keeping.take_up(session, number)
        if errand is None:
            outbox.finish(session, job.id, owner, now)
            return None
        outbox.hold(session, job.id, owner, now + LEASE)
        many = keeping.too_many(session, errand.attachment_id, MOST_FILES)
    if many:  # in a transaction of its own: who is told is locked before the file, as everywhere
        _end(services, job, owner, REFUSED, _Refused(TOO_MANY, MOST_FILES))
        return None
    return errand


def _keep(services: Services, errand: Errand) -> Found:
    """Fetch, examine, seal, store. When it returns, the store holds all of it."""
    channel: object = services.channels.get(errand.channel)
    if not isinstance(channel, FetchesFiles):
        raise FetchFailed("the channel is not set up")
    try:
        data = channel.fetch_file(errand.item, MOST_BYTES)
        finding = examine(data)
    except TooLarge as large:
        raise _Refused(TOO_LARGE, large.most // MEGABYTE) from None
    except Unfit as unfit:
        raise _Refused(unfit.reason) from None
    if (finding.seconds or 0) > MOST_MINUTES * 60:
        raise _Refused(TOO_LONG, MOST_MINUTES)
    copies = {errand.original: data, errand.cleaned: finding.cleaned}
    for name, plain in copies.items():
        if plain is not None:
            services.files.put(name, seal_file(errand.key, name, plain))
    return _found(data, finding)


def _found(data: bytes, finding: Finding) -> Found:
    return Found(
        kind=finding.kind,
        content_type=finding.content_type,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        seconds=finding.seconds,
        cleaned_type=finding.cleaned_type,
    )


def _end(services: Services, job: Claimed, owner: str, status: str, refusal: _Refused) -> None:
    with services.database.writing() as session:
        now = services.now()
        _refuse(session, services, job, status, refusal, now)
        outbox.finish(session, job.id, owner, now)


def _refuse(
    session: Session,
    services: Services,
    job: Claimed,
    status: str,
    refusal: _Refused,
    now: datetime,
) -> None:
    if job.attachment_id is not None:
        gone = telling.Gone(status, refusal.error, refusal.limit)
        today = services.today()
        telling.let_go(session, services.library, job.attachment_id, gone, now, today)
    if status == REFUSED:  # what is lost may still be asked for by hand
        clearing.clear_file(session, services.settings, job.target, now)


def _discard(services: Services, job: Claimed, owner: str) -> None:
    if job.target is not None:
        services.files.delete(job.target)
    with services.database.writing() as session:
        outbox.finish(session, job.id, owner, services.now())


def _clear(services: Services, job: Claimed, owner: str) -> None:
    channel: object = services.channels.get(SMS)
    if job.target is not None and clearing.wants(services.settings, job.target):
        if not isinstance(channel, ClearsAway):
            raise FetchFailed("the channel is not set up")
        channel.clear(job.target)
    with services.database.writing() as session:
        outbox.finish(session, job.id, owner, services.now())


def _tidy(services: Services, job: Claimed, owner: str) -> None:
    """Done first: who types meanwhile waits for this job, and then queues another."""
    with services.database.writing() as session:
        now = services.now()
        if not outbox.finish(session, job.id, owner, now):
            return
        again = sheets.tidy(session, now)
        if again is not None:
            outbox.enqueue_tidy(session, now, again)


def _again(
    services: Services,
    job: Claimed,
    owner: str,
    reason: str,
    failure: FetchFailed | None = None,
) -> None:
    """Try again later, or give up. What is to be taken away from our own store is never given up."""
    told = {"kind": job.kind, "job": job.id, "reason": reason}
    log.warning("the %(kind)s of job %(job)s failed: %(reason)s", told)
    now = services.now()
    if _is_over(job, failure, now):
        if job.kind == outbox.FETCH:
            _end(services, job, owner, LOST, _Refused(GONE))
            return
        if job.kind == outbox.EXPORT:
            exporting.give_up(services, job, owner, reason)
            return
        log.error("job %(job)s, %(kind)s, was given up", {"job": job.id, "kind": job.kind})
        with services.database.writing() as session:
            outbox.finish(session, job.id, owner, now)
        return
    with services.database.writing() as session:
        run_at = next_try(now, job.attempts, failure.retry_after if failure else None)
        outbox.postpone(session, job.id, owner, run_at)


def _is_over(job: Claimed, failure: FetchFailed | None, now: datetime) -> bool:
    if failure and (failure.permanent or (failure.missing and job.attempts >= MISSING_TRIES)):
        return True
    lasts = LASTS.get(job.kind)
    # a file is lost for ever, so that it waited for a worker is not enough; all else can be asked for again
    tried = job.kind != outbox.FETCH or job.attempts >= FEWEST_TRIES
    return tried and lasts is not None and now - job.created_at >= lasts


ERRANDS: Mapping[str, Callable[[Services, Claimed, str], None]] = {
    outbox.FETCH: _fetch,
    outbox.DISCARD: _discard,
    outbox.CLEAR: _clear,
    outbox.EXPORT: exporting.export,
    outbox.EXPIRE: exporting.expire,
    outbox.TIDY: _tidy,
    outbox.RECONCILE: reconciling.run,
    outbox.LET: letting_through.run,
    outbox.STEP: broadcasting.step,
}

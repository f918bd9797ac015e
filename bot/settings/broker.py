"""The setting of those who let Celery run the outbox: where its broker is. Nobody else needs one."""

from importlib.util import find_spec
from urllib.parse import urlsplit

from bot.settings.reader import Reader

CELERY = "celery"  # of WORK
EXAMPLE = "amqp://user:password@host/vhost"


def read_broker(reader: Reader, work: str) -> str:
    """The broker's address, or those of several; "" where nobody asks for one. Celery itself reads the same setting."""
    url = reader.text("CELERY_BROKER_URL")
    each = url.split(";")  # as Celery does: the next is asked where one is away
    if work != CELERY:
        return ""
    if find_spec("celery") is None:
        reader.wrong("WORK", "is “celery”, but Celery is missing: pip install testimony[celery]")
    if not url:
        reader.wrong("CELERY_BROKER_URL", f"is not set; WORK=celery needs it, such as {EXAMPLE}")
    elif not all(map(_is_address, each)):
        reader.wrong("CELERY_BROKER_URL", f"must be an address such as {EXAMPLE}")
    elif find_spec("celery") and not all(map(_is_known, each)):
        why = f"names no broker that Celery knows and has what it takes for; such as {EXAMPLE}"
        reader.wrong("CELERY_BROKER_URL", why)
    return url


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port  # what is no number is found only here
    except ValueError:
        return False
    return bool(parts.scheme) and "://" in url


def _is_known(url: str) -> bool:
    """Whether Celery can speak to such a broker; connects to nothing."""
    from kombu.connection import Connection  # slow to load, and there for Celery alone

    try:
        Connection(url).get_transport_cls()  # type: ignore[no-untyped-call]
    except (KeyError, ValueError, ImportError, AttributeError):  # each kind fails in its own way
        return False
    return True

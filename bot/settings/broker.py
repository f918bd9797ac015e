"""The setting of those who let Celery run the outbox: where its broker is. Nobody else needs one."""

from importlib.util import find_spec
from urllib.parse import urlsplit

from bot.settings.reader import Reader

CELERY = "celery"  # of WORK
EXAMPLE = "amqp://user:password@host/vhost"


def read_broker(reader: Reader, work: str) -> str:
    """The broker's address; "" where nobody asks for one. Celery itself reads the same setting."""
    url = reader.text("CELERY_BROKER_URL")
    if work != CELERY:
        return ""
    if find_spec("celery") is None:
        reader.wrong("WORK", "is “celery”, but Celery is missing: pip install testimony[celery]")
    if not url:
        reader.wrong("CELERY_BROKER_URL", f"is not set; WORK=celery needs it, such as {EXAMPLE}")
    elif not _is_address(url):
        reader.wrong("CELERY_BROKER_URL", f"must be an address such as {EXAMPLE}")
    return url


def _is_address(url: str) -> bool:
    try:
        return bool(urlsplit(url).scheme) and "://" in url
    except ValueError:
        return False

"""The log: ids and kinds, never words, numbers or names of anybody; as lines of text, or as JSON for machines.

Our own lines name what they tell of (``log.warning("message %(message)s …", {"message": 12})``): as JSON these are
fields. Of a library's line only its pattern is written, for what it fills in may be an address; of an exception its
kind and place.
"""

import json
import logging
from datetime import UTC, datetime

from bot import meters
from bot.faults import fault

OURS = ("bot", "admin", "storage", "flows")
CHATTY = ("httpx", "httpcore", "telegram", "twilio", "twilio.http_client", "urllib3", "alembic")


def set_up(level: str, form: str) -> None:
    """Write the log to standard error, unless whoever runs us has set it up already; and count its warnings."""
    root = logging.getLogger()
    if not root.handlers:
        writing = logging.StreamHandler()
        writing.setFormatter(Lines() if form == "json" else Text())
        root.addHandler(writing)
        root.setLevel(level)
    if not any(isinstance(one, Counting) for one in root.handlers):
        root.addHandler(Counting(logging.WARNING))
    for name in CHATTY:  # they write addresses, words and tokens at INFO
        logging.getLogger(name).setLevel(logging.WARNING)
    # it warns of every request that waits a moment; how long they take is in /metrics
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)


def said(record: logging.LogRecord) -> str:
    """What a line says that may be written down."""
    return record.getMessage() if _ours(record) else str(record.msg)


def _ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] in OURS


def happened(record: logging.LogRecord) -> str:
    """The kind and place of the exception that a line is of; "" for none."""
    error = record.exc_info[1] if record.exc_info else None
    return fault(error) if error else ""


class Text(logging.Formatter):
    """A line to read: when, how grave, which module, what."""

    def format(self, record: logging.LogRecord) -> str:
        at = self.formatTime(record)
        told = " ".join(part for part in (said(record), happened(record)) if part)
        return f"{at} {record.levelname} {record.name} {told}".replace("\n", " ")


class Lines(logging.Formatter):
    """The same as one JSON object a line: at, level, module, event, fault, and what the line names."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {
            "at": at,
            "level": record.levelname.lower(),
            "module": record.name,
        }
        line["event"] = said(record)
        if told := happened(record):
            line["fault"] = told
        if isinstance(record.args, dict) and _ours(record):
            line = {**record.args, **line}
        return json.dumps(line, ensure_ascii=False, default=str)


class Counting(logging.Handler):
    """Counts lines, and writes nothing."""

    def emit(self, record: logging.LogRecord) -> None:
        meters.line(record)

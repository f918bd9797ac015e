"""What a file is, by its content, and a copy of it without metadata. The opening is done by a process of its own.

A file that makes that process fail or linger is kept as it came, sealed, and has no copy.
"""

import json
import logging
import subprocess
import sys
import threading
from pathlib import Path

import filetype

from bot.media.findings import UNKNOWN, Finding, Unfit
from bot.media.kinds import kind_of

log = logging.getLogger(__name__)

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 120.0  # seconds
MOST_CLEANED = 64 * 1024 * 1024  # bytes that the process may give back
# what we keep, by the names that filetype has for it
KNOWN = {
    "image/jpeg": "image/jpeg",
    "image/png": "image/png",
    "image/gif": "image/gif",
    "image/webp": "image/webp",
    "image/heic": "image/heic",
    "audio/ogg": "audio/ogg",
    "audio/mpeg": "audio/mpeg",
    "audio/mp4": "audio/mp4",
    "audio/aac": "audio/aac",
    "audio/amr": "audio/amr",
    "audio/x-wav": "audio/wav",
    "video/3gpp": "video/3gpp",
    "video/mp4": "video/mp4",
    "video/x-m4v": "video/mp4",
    "video/quicktime": "video/quicktime",
    "video/webm": "video/webm",
}


def type_of(data: bytes) -> str | None:
    """The type that the first bytes show, if it is one that we keep."""
    return KNOWN.get(filetype.guess_mime(data) or "")


def examine(data: bytes) -> Finding:
    """What a file is, with its cleaned copy; raises Unfit."""
    content_type = type_of(data)
    if content_type is None:
        raise Unfit(UNKNOWN)
    answer = _ask(data, content_type)
    head, _, body = answer.partition(b"\n")
    try:
        told = json.loads(head)
        if "unfit" in told:
            raise Unfit(str(told["unfit"]))
        return Finding(
            str(told["kind"]),
            str(told["content_type"]),
            None if told["seconds"] is None else int(told["seconds"]),
            told["cleaned_type"],
            body if told["cleaned_type"] else None,
        )
    except (ValueError, KeyError, TypeError):
        log.warning("a file of type %s could not be opened; it is kept as it came", content_type)
        return Finding(kind_of({"content_type": content_type}), content_type)


def _ask(data: bytes, content_type: str) -> bytes:
    """What the workbench writes, nothing where it fails. It inherits no settings: those hold our keys."""
    with subprocess.Popen(  # noqa: S603 - our own module, and a type out of our own table
        [sys.executable, "-m", "bot.media.workbench", content_type],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env={"PYTHONDONTWRITEBYTECODE": "1"},
        start_new_session=True,  # who stops the service by Ctrl-C does not stop this half-way
    ) as process:
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 - pipes
        timer = threading.Timer(PATIENCE, process.kill)
        timer.start()
        feeding = threading.Thread(target=_feed, args=(process, data))
        feeding.start()
        try:
            answer = process.stdout.read(MOST_CLEANED + 1)
        finally:
            timer.cancel()
            process.kill()
            feeding.join()
    return answer if len(answer) <= MOST_CLEANED else b""


def _feed(process: "subprocess.Popen[bytes]", data: bytes) -> None:
    try:
        if process.stdin is not None:
            process.stdin.write(data)
            process.stdin.close()
    except (BrokenPipeError, OSError):
        return  # it ended before it had read all: its answer tells

"""The process in which files of strangers are opened: ``python -m bot.media.workbench TYPE``, file in, finding out.

It has no settings, no keys and no database, and little memory, time and rights: what goes wrong here ends here.
"""

import json
import resource
import sys

from bot.media.findings import Finding, Unfit

MEMORY = 1_500_000_000  # bytes of addresses
PROCESSOR = 60  # seconds


def confine() -> None:
    """Give away what a file might misuse: memory, time, writing files, leaving an image of the memory."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, PROCESSOR),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def examine(data: bytes, content_type: str) -> Finding:
    """What a file of this type is; raises Unfit."""
    if content_type.startswith("image/"):
        from bot.media.pictures import (
            clean_picture,
        )  # one of the two is needed, and both take a while

        return clean_picture(data, content_type)
    from bot.media.recordings import clean_recording

    return clean_recording(data, content_type)


def main() -> None:
    confine()
    data = sys.stdin.buffer.read()
    try:
        found = examine(data, sys.argv[1])
        head = {
            "kind": found.kind,
            "content_type": found.content_type,
            "seconds": found.seconds,
            "cleaned_type": found.cleaned_type,
        }
        body = found.cleaned or b""
    except Unfit as error:
        head, body = {"unfit": error.reason}, b""
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + body)


if __name__ == "__main__":
    main()

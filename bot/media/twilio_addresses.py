"""Which addresses of files are Twilio's own. A webhook names an address to fetch: nobody else's is ever asked."""

import re
from urllib.parse import urlsplit

HOST = re.compile(r"api(\.[a-z0-9-]+){0,2}\.twilio\.com")
PATH = re.compile(
    r"/2010-04-01/Accounts/(?P<account>AC[0-9a-zA-Z]{1,40})"
    r"/Messages/(?P<message>[A-Z]{2}[0-9a-zA-Z]{1,40})/Media/(?P<file>[A-Z]{2}[0-9a-zA-Z]{1,40})"
)


def own_address(url: str, api_url: str) -> str | None:
    """``url`` as it is asked for at ``api_url``; None unless it names a file of a message at Twilio."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    twilio = parts.scheme == "https" and HOST.fullmatch(parts.hostname or "") and port is None
    there = f"{parts.scheme}://{parts.netloc}" == api_url
    if not (twilio or there) or parts.username is not None or not PATH.fullmatch(parts.path):
        return None
    plain = HOST.fullmatch(urlsplit(api_url).hostname or "")
    origin = f"https://{parts.hostname}" if twilio and plain else api_url
    return f"{origin}{parts.path}"


def target_of(url: str) -> str | None:
    """What the outbox calls a file at Twilio: account, message and file, by their sids; None for what is none."""
    try:
        found = PATH.fullmatch(urlsplit(url).path)
    except ValueError:
        return None
    return "/".join(found.groups()) if found else None

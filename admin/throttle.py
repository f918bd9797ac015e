"""How often one may try to get in.

No e-mail address and no network address is written down: the limits know them by a keyed hash.
"""

import hmac
import ipaddress
from datetime import timedelta

from flask import current_app, request

from admin.desk import desk
from storage import rates

PER_ADDRESS = (timedelta(seconds=5), 30)
PER_ACCOUNT = (timedelta(seconds=30), 5)


def wait_for_password(email: str) -> timedelta | None:
    """How long to wait before the next try of a password, or None when this one is allowed."""
    return _wait(
        ("address", _network(request.remote_addr or ""), *PER_ADDRESS),
        ("account", email, *PER_ACCOUNT),
    )


def wait_for_code(staff_id: int) -> timedelta | None:
    """The same for a code of the second factor."""
    return _wait(("code", str(staff_id), *PER_ACCOUNT))


def wait_for_link() -> timedelta | None:
    """The same for a link: whoever has none shall not try many."""
    return _wait(("link", _network(request.remote_addr or ""), *PER_ADDRESS))


def _wait(*limits: tuple[str, str, timedelta, int]) -> timedelta | None:
    with desk().database.writing() as writing:
        for name, whose, every, burst in limits:
            key = f"login:{name}:{_hashed(whose)}"
            if not rates.allow(writing, key, every, burst, desk().now()):
                return every
    return None


def _hashed(text: str) -> str:
    key = current_app.secret_key or ""
    return hmac.digest(key.encode() if isinstance(key, str) else key, text.encode(), "sha256").hex()


def _network(address: str) -> str:
    """An IPv4 address itself; of an IPv6 address its /64, which is one customer's."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if known.version == 4:
        return str(known)
    return str(ipaddress.ip_network((int(known), 64), strict=False))

"""How a setting is read: one value at a time, and what is wrong is gathered, so that all of it is told at once."""

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit


class Reader:
    """Reads one value at a time and gathers what is wrong."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.faults: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        return self.environ.get(name, "").strip() or default

    def wrong(self, name: str, why: str) -> None:
        self.faults.append(f"{name} {why}")

    def one_of(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.text(name, default)
        if value not in allowed:
            self.wrong(name, f"is “{value}”, but must be one of: {', '.join(allowed)}")
        return value

    def url(self, name: str, default: str) -> str:
        value = self.text(name, default).rstrip("/")
        if not is_address(value):
            self.wrong(name, f"is “{value}”, but must be an address such as https://example.org")
        return value

    def number(self, name: str, default: int, lowest: int, highest: int) -> int:
        value = self.text(name, str(default))
        plain = value.isascii() and value.isdigit() and len(value) <= len(str(highest))
        if not plain or not lowest <= int(value) <= highest:
            self.wrong(name, f"is “{value}”, but must be a number from {lowest} to {highest}")
            return default
        return int(value)

    def checked(self, name: str, value: str, check: Callable[[str], object]) -> bool:
        """Whether ``check`` finds it good, which raises ValueError where it does not."""
        try:
            check(value)
        except ValueError as error:
            self.wrong(name, f"cannot be used: {error}")
            return False
        return True


def is_address(url: str) -> bool:
    """Whether it is one to which a path can be added: with a host, and nothing behind the path."""
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and bool(parts.hostname)
        _ = parts.port  # what is no number is found only here, and by every webhook
    except ValueError:
        return False
    # urlsplit passes over line ends and tabs; who takes the address as it is written does not
    return known and url.isprintable() and not set(url) & set(" ?#")

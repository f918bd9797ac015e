"""Where files are kept: a folder, or a bucket that speaks S3. What comes here is sealed already, under a random name.

It knows nothing of the database. Network and disk are touched here: never call it inside a transaction.
"""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.vault import NONCE_BYTES, VaultError

if TYPE_CHECKING:
    from obstore.store import ObjectStore

PATIENCE = "30s"  # for one request to a bucket; the outbox tries again
NAME_BYTES = 20
ASKED = {"endpoint", "region"}  # what an address of a bucket may say of it


class StoreFailed(Exception):
    """The store did not do what it was asked. Carries no names and no addresses."""


class NotThere(StoreFailed):
    """The store works, and holds nothing under this name."""


class Store(Protocol):
    """Keeps bytes under names."""

    def put(self, name: str, data: bytes) -> None:
        """Keep ``data``, in place of what had this name. When it returns, they are safe. Raises StoreFailed."""

    def get(self, name: str) -> bytes:
        """What is kept under ``name``; raises StoreFailed, and of its kinds NotThere when there is nothing."""

    def delete(self, name: str) -> None:
        """Take away what is kept under ``name``, if anything is; raises StoreFailed."""


@dataclass(frozen=True)
class Place:
    """An address of a store: ``file:///folder``, or ``s3://bucket/prefix`` with what S3 needs in ``options``."""

    url: str
    options: Mapping[str, str] = field(default_factory=dict, repr=False)


def new_name() -> str:
    """A name that tells nothing."""
    return secrets.token_hex(NAME_BYTES)


def new_file_key() -> bytes:
    """A key for the files of one attachment."""
    return AESGCM.generate_key(256)


def seal_file(key: bytes, name: str, plain: bytes) -> bytes:
    """``plain`` encrypted under ``key``, bound to the name that it is kept under."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, name.encode())


def open_file(key: bytes, name: str, sealed: bytes) -> bytes:
    """What ``seal_file`` sealed; raises VaultError when it is another's or damaged."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], name.encode())
    except (InvalidTag, ValueError):
        raise VaultError("this file is damaged") from None


def check_place(url: str) -> None:
    """Raise ValueError, in words for whoever set it, unless ``url`` names a place for files."""
    try:
        parts = urlsplit(url)
    except ValueError:  # it has half of the brackets of an address such as [::1]
        parts = urlsplit("")
    asked = parse_qsl(parts.query, keep_blank_values=True)
    if parts.scheme == "file" and not asked and not parts.netloc and parts.path.strip("/"):
        return
    if parts.scheme == "s3" and parts.netloc and {name for name, _ in asked} <= ASKED:
        return
    raise ValueError(
        "write file:///path/of/a/folder, or s3://bucket/prefix?endpoint=https://…&region=…"
    )


def open_store(place: Place) -> Store:
    """The store at ``place``; connects to nothing yet."""
    return _Kept(place)


class _Kept:
    """A folder or a bucket, by obstore; it is loaded at the first use, for it takes a while."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._folder = folder_of(place)
        self._made: ObjectStore | None = None

    @property
    def _store(self) -> "ObjectStore":
        if self._made is None:
            self._made = _open_folder(self._folder) if self._folder else _open_bucket(self._place)
        return self._made

    def put(self, name: str, data: bytes) -> None:
        with _Telling():
            self._store.put(name, data)
            if self._folder:
                _settle(self._folder, name)

    def get(self, name: str) -> bytes:
        with _Telling():
            return bytes(self._store.get(name).bytes())

    def delete(self, name: str) -> None:
        with suppress(NotThere), _Telling():
            self._store.delete(name)


class _Telling:
    """Turns what obstore and the system raise into StoreFailed, without their words: those hold names."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        from obstore.exceptions import BaseError, NotFoundError

        if isinstance(error, NotFoundError | FileNotFoundError):
            raise NotThere("the store of files holds nothing under this name") from None
        if isinstance(error, BaseError | OSError):
            raise StoreFailed(f"the store of files: {type(error).__name__}") from None


def folder_of(place: Place) -> Path | None:
    """The folder that a place is; None for a bucket."""
    parts = urlsplit(place.url)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None


def _open_folder(folder: Path) -> "ObjectStore":
    from obstore.store import LocalStore

    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return LocalStore(folder)


def _settle(folder: Path, name: str) -> None:
    """Have the file and its entry on the disk, and readable by us alone: obstore writes whole, but does not wait."""
    (folder / name).chmod(0o600)
    for path in (folder / name, folder):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _open_bucket(place: Place) -> "ObjectStore":
    from obstore.store import S3Store

    parts = urlsplit(place.url)
    options: Any = dict(place.options)
    plain = place.options.get("endpoint", "").startswith("http://")
    return S3Store(
        parts.netloc,
        prefix=unquote(parts.path).strip("/") or None,
        config=options,
        client_options={"timeout": PATIENCE, "allow_http": plain},
        retry_config={"max_retries": 1},
    )

"""Sealing of words, addresses and the keys of files, and the look-up of sealed addresses.

AES-GCM under keys that live outside the database. A sealed value is one byte of version, four that name the key, a
12-byte nonce, and the ciphertext; the purpose (``message.body``) is bound to it, so that a value moved to another
column does not open. Keys come newest first: the first seals, all open and all look up.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = b"\x01"
KEY_BYTES, NONCE_BYTES, NAME_BYTES = 32, 12, 4
BEGINNING = len(VERSION) + NAME_BYTES + NONCE_BYTES  # before the ciphertext


class VaultError(Exception):
    """A sealed value that no key of ours opens. Carries no words."""


@dataclass(frozen=True)
class _Key:
    name: bytes
    cipher: AESGCM
    lookup: bytes
    stamp: bytes


def new_key() -> str:
    """A fresh key, as TESTIMONY_KEYS takes it: base64url of 32 random bytes."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def decode_key(text: str) -> bytes:
    """The 32 bytes of a key written in base64url; raises ValueError for anything else."""
    try:
        raw = base64.b64decode(text.strip() + "=" * (-len(text.strip()) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != KEY_BYTES:
        raise ValueError("a key is the base64url of 32 bytes")
    return raw


class Vault:
    """Seals and opens texts and bytes; ``keys`` are 32 bytes each, newest first."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = [_derive(key) for key in keys]
        self._by_name = {key.name: key for key in self._keys}

    def seal(self, text: str, purpose: str) -> bytes:
        """``text`` encrypted under the newest key, bound to ``purpose``."""
        return self.seal_bytes(text.encode(), purpose)

    def open(self, sealed: bytes, purpose: str) -> str:
        """The text that was sealed for ``purpose``; raises VaultError when no key opens it."""
        try:
            return self.open_bytes(sealed, purpose).decode()
        except ValueError:
            raise VaultError(f"this {purpose} is damaged") from None

    def opener(self, purpose: str) -> Callable[[bytes], str]:
        """``open`` for this ``purpose``, for who opens very many."""
        ciphers = {VERSION + key.name: key.cipher for key in self._keys}
        named, begun, bound = len(VERSION) + NAME_BYTES, BEGINNING, purpose.encode()

        def opened(sealed: bytes) -> str:
            cipher = ciphers.get(sealed[:named])
            if cipher is None:
                raise VaultError(f"no key in TESTIMONY_KEYS opens this {purpose}")
            try:
                return cipher.decrypt(sealed[named:begun], sealed[begun:], bound).decode()
            except (InvalidTag, ValueError):
                raise VaultError(f"this {purpose} is damaged") from None

        return opened

    def seal_bytes(self, plain: bytes, purpose: str) -> bytes:
        """``plain`` encrypted under the newest key, bound to ``purpose``."""
        key, nonce = self._keys[0], secrets.token_bytes(NONCE_BYTES)
        return VERSION + key.name + nonce + key.cipher.encrypt(nonce, plain, purpose.encode())

    def open_bytes(self, sealed: bytes, purpose: str) -> bytes:
        """The bytes that were sealed for ``purpose``; raises VaultError when no key opens them."""
        start = len(VERSION) + NAME_BYTES
        key = self._by_name.get(sealed[len(VERSION) : start])
        nonce, body = sealed[start : start + NONCE_BYTES], sealed[start + NONCE_BYTES :]
        if key is None or not sealed.startswith(VERSION):
            raise VaultError(f"no key in TESTIMONY_KEYS opens this {purpose}")
        try:
            return key.cipher.decrypt(nonce, body, purpose.encode())
        except (InvalidTag, ValueError):
            raise VaultError(f"this {purpose} is damaged") from None

    def is_current(self, sealed: bytes) -> bool:
        """Whether ``sealed`` is under the newest key already."""
        return sealed.startswith(VERSION + self._keys[0].name)

    def digests(self, text: str) -> list[bytes]:
        """The keyed HMACs of ``text`` by which it may have been stored, the newest key's first."""
        return [hmac.digest(key.lookup, text.encode(), "sha256") for key in self._keys]

    def stamp(self) -> tuple[bytes, hmac.HMAC]:
        """The newest key's name, and a keyed digest under it that is to be fed: it proves that we made something."""
        key = self._keys[0]
        return key.name, hmac.new(key.stamp, digestmod="sha256")

    def stamp_of(self, name: bytes) -> hmac.HMAC | None:
        """The same digest under the key of this name; None when it is none of ours."""
        key = self._by_name.get(name)
        return None if key is None else hmac.new(key.stamp, digestmod="sha256")


def _derive(key: bytes) -> _Key:
    return _Key(
        name=hashlib.sha256(b"testimony key name" + key).digest()[:NAME_BYTES],
        cipher=AESGCM(hmac.digest(key, b"testimony seal", "sha256")),
        lookup=hmac.digest(key, b"testimony look-up", "sha256"),
        stamp=hmac.digest(key, b"testimony stamp", "sha256"),
    )

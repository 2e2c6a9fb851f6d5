"""Passwords as argon2id, and one-time tokens as SHA-256."""

from __future__ import annotations

import hashlib
import secrets
from functools import lru_cache
from typing import TYPE_CHECKING

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from identity.sign_in.rules import normalized_password

if TYPE_CHECKING:
    from core.settings import Settings


class Hashing:
    """argon2id with the operator's parameters; a hash made with others is still verified, and is to be made anew."""

    def __init__(self, settings: Settings) -> None:
        self._hasher = _hasher(settings.argon2_memory_kib, settings.argon2_passes)

    def hash(self, password: str) -> str:
        """Return the hash of a password, its parameters and salt in it."""
        return self._hasher.hash(normalized_password(password))

    def is_right(self, stored: str | None, password: str) -> bool:
        """Return whether a password is the one of a stored hash; without one (None) False takes as long."""
        try:
            self._hasher.verify(stored or _of_nobody(self._hasher), normalized_password(password))
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Return whether a hash was made with other parameters than the present ones."""
        return self._hasher.check_needs_rehash(stored)


@lru_cache(maxsize=4)
def _hasher(memory_kib: int, passes: int) -> PasswordHasher:
    return PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1, type=Type.ID)


@lru_cache(maxsize=4)
def _of_nobody(hasher: PasswordHasher) -> str:
    return hasher.hash(secrets.token_urlsafe(32))


def new_token() -> str:
    """Make a token of 256 random bits: there is nothing to guess, so that one SHA-256 is a sufficient hash."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> bytes:
    """Return the SHA-256 under which a token is stored."""
    return hashlib.sha256(token.encode()).digest()

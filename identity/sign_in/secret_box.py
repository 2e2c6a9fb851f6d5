"""Encrypt what has to be read again and must be readable neither in the database nor in a backup.

Fernet (AES-128-CBC with HMAC-SHA-256) under keys derived from the operator's `WANGGE_SECRET_KEYS`: the first encrypts,
all decrypt, so that a key is replaced by putting another one before it. A text is bound to its owner: who can write to
the database cannot give one person's to another.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

if TYPE_CHECKING:
    from core.settings import Settings

_PREFIX: Final = "fernet:"


class SecretUnreadableError(ValueError):
    """No key of the settings opens what is stored."""


class SecretBox:
    """Encrypts and decrypts texts, each for an owner."""

    def __init__(self, settings: Settings) -> None:
        # SHA-256 of 32 characters or more of chance; a password would need a slow hash, and is refused by its length.
        digests = [hashlib.sha256(key.encode()).digest() for key in settings.secret_keys_list]
        self._fernets = [Fernet(base64.urlsafe_b64encode(digest)) for digest in digests]

    @property
    def has_key(self) -> bool:
        """Whether there is a key to encrypt with."""
        return bool(self._fernets)

    def encrypt(self, text: str, *, owner: int) -> str:
        """Return a text as it is stored; needs a key."""
        return _PREFIX + MultiFernet(self._fernets).encrypt(f"{owner}:{text}".encode()).decode()

    def decrypt(self, stored: str, *, owner: int) -> str:
        """Return what was encrypted for the owner; a text from before there were keys is returned as it is.

        Raises
        ------
        SecretUnreadableError
        """
        if not stored.startswith(_PREFIX):
            return stored
        for fernet in self._fernets:
            try:
                whose, _, text = fernet.decrypt(stored.removeprefix(_PREFIX)).decode().partition(":")
            except InvalidToken:
                continue
            if whose == str(owner):
                return text
        raise SecretUnreadableError

    def is_current(self, stored: str) -> bool:
        """Return whether a text is encrypted with the first key, or cannot be for want of one."""
        if not self._fernets:
            return True
        try:
            self._fernets[0].decrypt(stored.removeprefix(_PREFIX))
        except InvalidToken:
            return False
        return stored.startswith(_PREFIX)

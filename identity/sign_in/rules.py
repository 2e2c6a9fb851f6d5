"""How a login is written, and which passwords are taken: rules without a database."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Iterable

PASSWORD_LONGEST: Final = 128
LOGIN_LONGEST: Final = 100
_JUDGED: Final = 72  # zxcvbn refuses more; what follows makes no password weaker


class LoginInvalidError(DomainError):
    """A login is 1 to 100 characters without spaces at its ends or control characters."""

    code = "login-invalid"


class PasswordRefusedError(DomainError):
    """The password is not taken. Choose a longer one, not a common one and nothing of your own name."""

    code = "password-refused"


@dataclass(frozen=True, slots=True)
class PasswordRules:
    """Which passwords are taken: so many characters at least, and so hard to guess (0 to 4, as zxcvbn rates)."""

    shortest: int
    strength: int


def normalized_login(login: str) -> str:
    """Return a login as it is stored and compared: without regard to case, width and surrounding spaces.

    Raises
    ------
    LoginInvalidError
    """
    found = unicodedata.normalize("NFKC", login).strip().casefold()
    if not 0 < len(found) <= LOGIN_LONGEST or any(unicodedata.category(c).startswith("C") for c in found):
        raise LoginInvalidError(field="login")
    return found


def normalized_password(password: str) -> str:
    """Return a password as it is hashed: the same whatever keyboard wrote it (RFC 8265 asks for NFC)."""
    return unicodedata.normalize("NFC", password)


def require_taken(password: str, rules: PasswordRules, *, own: Iterable[str], field: str = "password") -> None:
    """Raise where a password is too short, too long, or easy to guess by who knows the `own` words of its person.

    `own` are name, login and the like; a Chinese name counts in pinyin too (张三: zhangsan, zs).

    Raises
    ------
    PasswordRefusedError
    """
    if len(password) < rules.shortest:
        raise PasswordRefusedError(
            "A password has {shortest} characters or more.", values={"shortest": rules.shortest}, field=field
        )
    if len(password) > PASSWORD_LONGEST:
        raise PasswordRefusedError(
            "A password has {password_longest} characters at most.",
            values={"password_longest": PASSWORD_LONGEST},
            field=field,
        )
    words = {form for word in own for form in _forms(word)}
    from zxcvbn import zxcvbn  # noqa: PLC0415 (its word lists take 10 MB: only who sets a password pays)

    if zxcvbn(password[:_JUDGED], user_inputs=sorted(words))["score"] < rules.strength:
        raise PasswordRefusedError(
            "The password is easy to guess: it is common, or made of a common word, a date, a row of keys or your name."
            " Take several words that do not belong together.",
            field=field,
        )


def _forms(word: str) -> set[str]:
    """Return a word as passwords contain it: folded, its parts, and in pinyin where it is Chinese."""
    folded = unicodedata.normalize("NFKC", word).strip().casefold()
    forms = {folded, *re.split(r"[\s@._-]+", folded)}
    if re.search("[\u4e00-\u9fff]", folded):
        from pypinyin import lazy_pinyin  # noqa: PLC0415 (its dictionary, likewise)

        sounds = lazy_pinyin(folded)
        forms |= {"".join(sounds), "".join(sounds[1:]), "".join(sound[:1] for sound in sounds)}
        forms |= {sounds[0] + "".join(sound[:1] for sound in sounds[1:])}
    return {form for form in forms if form}

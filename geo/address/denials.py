"""What takes a named place back: 不是…, 除了…, 可能是…, …以外; and towns named by their built-up part (郑州市区).

Such words stand directly before or behind the place, so they are read from the text and not from single tokens.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from geo.address.divisions import division_names, divisions_by_start, short_name

if TYPE_CHECKING:
    from collections.abc import Collection

    from geo.address.grammar import Anchor, ParsedAddress

# Directly before a place, with nothing but filling words between.
_TAKEN_BACK: Final = re.compile(
    "(?:不是|并非|绝非|而非|非|不在|不去|别[^,]{0,2}[去到]|除|除了|除去|不包括|不含|没到|未到|没有到|没走到|不到"
    "|我?猜|搬离|离开|可能|也许|或许|疑似|似乎|貌似|估计|没准|说不定"
    "|(?:以前|之前|原来|原先|从前|过去|曾经|曾|早先|原本)(?:是|在|住|住在|位于|叫)?)"
    "(?:是|在|到|去|就|位于|我|我们|咱|说|的|了|那个|这个){0,3}$"
)
# Directly behind a place.
_EXCEPT: Final = re.compile(
    "^(?:的)?(?:以外|之外|开外|除外|没有?(?:这个|此|任何)?问题|不存在|一切正常|不算|不是|已搬|搬走|搬迁|[^,]{0,2}无关|还(?:远|早|很远|[要得](?:再|往|走)|再走))"
)
# Anywhere: the caller does not vouch for the place.
_UNSURE: Final = re.compile(
    "不(?:太|大|敢|能|是很)?(?:确定|肯定)|记不(?:清|得|住|准)|说不(?:清|准|好)|拿不准|忘了|不记得|不清楚(?:具体|门牌|在哪|是哪)|记错|写错|说错|填错|无法确定|不一定|未必|是否[为是在]|是不是在"
)
_BUILT_UP: Final = re.compile("市?(?:市区|市里|市内|城里|城区|城关|市中心|主城区|老城区|中心城区)|县?(?:县城|县里)")


def is_denied(parsed: ParsedAddress, main: Anchor) -> bool:
    """Return whether the text says of the place meant that it is not there, or is not sure of it."""
    text = parsed.normalised.text
    own = (*main.tokens, *main.tail_tokens)
    # An area before a place belongs to it: 不是上街区济源路52号.
    starts = min(t.start for t in own)
    clause = text[text.rfind(",", 0, starts) + 1 : starts]
    for token in reversed(parsed.tokens):
        if token.role in "Aa" and clause.endswith(token.text):
            clause = clause[: -len(token.text)]
    behind = text[max(t.end for t in main.tokens) :]
    return bool(_TAKEN_BACK.search(clause) or _EXCEPT.match(behind) or _UNSURE.search(text))


def other_towns(parsed: ParsedAddress, recorded: Collection[str]) -> tuple[str, ...]:
    """List towns named by their built-up part (郑州市区, 新安县城) that are not an area of the gazetteer.

    A district of a city does not lie in what its people call the city, so the city of the gazetteer counts too.
    """
    text = parsed.normalised.text
    ours = {short_name(name) for name in recorded}
    by_start = divisions_by_start()
    out = []
    for start in range(len(text) - 3):
        for name in by_start.get(text[start : start + 2], ()):
            if short_name(name) in ours or not text.startswith(name, start):
                continue
            found = _BUILT_UP.match(
                text, start + len(short_name(name)) if name in division_names() else start + len(name)
            )
            if found:
                out.append(text[start : found.end()])
                break
    return tuple(dict.fromkeys(out))

"""Names of roads, places and areas, found in running text as written, by sound, or with a slip of the pen.

Three ways of finding, each a dictionary look-up: the name as written, the name by its syllables (homophones, and the
sounds many speakers merge), and the name within one edit, by the deletion neighbourhood of its syllables verified with
rapidfuzz. No scan over the names takes place, so that the time of a text hardly depends on how many there are.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from rapidfuzz.distance import OSA

from geo.address.characters import merged_sound_key, name_key, numerals_as_chinese, sound_key
from geo.address.vocabulary import DISTINGUISHING, LOOK_ALIKE, PLACE_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Kind(StrEnum):
    """What a name names; the value is its role letter in the grammar."""

    AREA = "A"
    ROAD = "R"
    PLACE = "P"


class Form(StrEnum):
    """How a name is borne."""

    NAME = "name"
    ALIAS = "alias"
    FORMER = "former name"
    SHORT = "short form"


class How(StrEnum):
    """How a name was found in the text."""

    WRITTEN = "as written"
    SOUND = "same sound"
    MERGED_SOUND = "similar sound"
    LOOK_ALIKE = "character of like shape"
    SLIP = "one slip"


@dataclass(frozen=True, slots=True)
class Entry:
    """One name of one thing: ``owner`` is the index of the road, place or area it belongs to."""

    name: str
    kind: Kind
    owner: int
    form: Form = Form.NAME


class Match(NamedTuple):
    """An entry and how like the words are to it, 0..1."""

    entry: Entry
    similarity: float
    how: How


class Span(NamedTuple):
    """Names found at ``start:end`` of a text."""

    start: int
    end: int
    matches: tuple[Match, ...]


FORM_WEIGHT: Final[dict[Form, float]] = {Form.NAME: 1.0, Form.ALIAS: 1.0, Form.FORMER: 0.97, Form.SHORT: 0.93}
SOUND_SIMILARITY: Final = 0.95
MERGED_SIMILARITY: Final = 0.91
# In a short name a like sound is often another name: 中兴路 is not 中心路.
SHORT_MERGED_SIMILARITY: Final = 0.78
_SHORT_NAME: Final = 4
LOOK_ALIKE_SIMILARITY: Final = 0.93
SWAP_SIMILARITY: Final = 0.9
OTHER_NAME_SIMILARITY: Final = 0.75
# A homophone is looked for only in words long enough not to be like some name by chance.
_LEAST_SOUND_LENGTH: Final = 3
_LEAST_SLIP_LENGTH: Final = 3
_LOOK_ALIKE_TABLE: Final = str.maketrans(LOOK_ALIKE)


class NameIndex:
    """All names of a gazetteer, immutable after building and safe to share between threads."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Index the entries; names of fewer than two characters are left out, duplicates of one owner kept once."""
        by_key: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            key = name_key(entry.name)
            if len(key) >= 2 and not any(e.kind is entry.kind and e.owner == entry.owner for e in by_key.get(key, ())):
                by_key[key].append(entry)
        self._keys: list[str] = list(by_key)
        self._entries: list[tuple[Entry, ...]] = [tuple(v) for v in by_key.values()]
        self._by_key = {key: i for i, key in enumerate(self._keys)}
        self._by_sound: dict[str, list[int]] = {}
        deletions: defaultdict[str, list[int]] = defaultdict(list)
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        sound_lengths: defaultdict[str, set[int]] = defaultdict(set)
        for i, key in enumerate(self._keys):
            lengths[key[:2]].add(len(key))
            sound = merged_sound_key(key)
            if len(key) >= _LEAST_SOUND_LENGTH:
                self._by_sound.setdefault(sound, []).append(i)
                sound_lengths[sound[:2]].add(len(key))
            if len(key) >= _LEAST_SLIP_LENGTH:
                for variant in _deletions(sound):
                    deletions[variant].append(i)
        self._deletions = dict(deletions)
        self._lengths = {k: tuple(sorted(v)) for k, v in lengths.items()}
        self._sound_lengths = {k: tuple(sorted(v)) for k, v in sound_lengths.items()}

    def __len__(self) -> int:
        """Count the distinct names."""
        return len(self._keys)

    def exact(self, name: str) -> tuple[Entry, ...]:
        """Return the entries borne by this very name, none when there is none."""
        i = self._by_key.get(name_key(name))
        return () if i is None else self._entries[i]

    def spans(self, text: str) -> Iterator[Span]:
        """Find every name in normalised text, as written and by sound (overlapping spans included).

        Parameters
        ----------
        text
            Text as given by :func:`geo.address.characters.normalise`. Empty text yields nothing.
        """
        written = numerals_as_chinese(text)
        shaped = written.translate(_LOOK_ALIKE_TABLE)
        sound = merged_sound_key(shaped)
        by_key, by_sound = self._by_key, self._by_sound
        lengths, sound_lengths = self._lengths, self._sound_lengths
        for start in range(len(text) - 1):
            for length in lengths.get(written[start : start + 2], ()):
                # Beyond the end of the text the slice is shorter than any key of this length, and not found.
                i = by_key.get(written[start : start + length])
                if i is not None and start + length <= len(text):
                    yield Span(start, start + length, self._matched(i, 1.0, How.WRITTEN))
            for length in sound_lengths.get(sound[start : start + 2], ()):
                end = start + length
                found = by_sound.get(sound[start:end])
                if found is not None and end <= len(text):
                    matches = self._sounding_like(found, written[start:end], shaped[start:end])
                    if matches:
                        yield Span(start, end, matches)

    def _sounding_like(self, found: list[int], words: str, shapes: str) -> tuple[Match, ...]:
        matches: list[Match] = []
        for i in found:
            key = self._keys[i]
            likeness = None if key == words else _likeness_of_sound(shapes, key)
            if likeness is not None:
                matches.extend(self._matched(i, *likeness))
        return tuple(matches)

    def closest(self, words: str, limit: int = 6) -> tuple[Match, ...]:
        """Find the names within one edit (wrong, missing, added or swapped syllable) of normalised words, best first.

        Parameters
        ----------
        words
            Normalised text of one name. Fewer than three characters find nothing.
        limit
            How many matches at most.
        """
        if len(words) < _LEAST_SLIP_LENGTH or len(words) > 30:
            return ()
        words = numerals_as_chinese(words)
        sound = merged_sound_key(words)
        candidates: set[int] = set()
        for variant in _deletions(sound):
            candidates.update(self._deletions.get(variant, ()))
        matches: list[Match] = []
        for i in candidates:
            key = self._keys[i]
            # A shared deletion allows two edits; the distance (optimal string alignment: swaps count one) decides.
            if OSA.distance(sound, merged_sound_key(key), score_cutoff=1) > 1:
                continue
            similarity = _likeness_of_slip(words, key, same_sound=sound == merged_sound_key(key))
            if similarity >= 0.5:
                matches.extend(self._matched(i, similarity, How.SLIP))
        matches.sort(key=lambda m: (-m.similarity, m.entry.name, m.entry.owner))
        return tuple(matches[:limit])

    def _matched(self, i: int, similarity: float, how: How) -> tuple[Match, ...]:
        return tuple(Match(e, similarity * FORM_WEIGHT[e.form], how) for e in self._entries[i])


def _deletions(sound: str) -> set[str]:
    return {sound, *(sound[:i] + sound[i + 1 :] for i in range(len(sound)))}


def _likeness_of_slip(words: str, key: str, *, same_sound: bool) -> float:
    """Return how like words one slip away are to a name; another character of another sound is another name."""
    if same_sound:
        # Same sounds: each further character that is written differently takes 0.015.
        differing = sum(a != b for a, b in zip(words, key, strict=True))
        if len(key) <= _LEAST_SLIP_LENGTH and words[-1] != key[-1]:
            # 工业源 is not 工业苑: of so short a name the kind of place must stand as written.
            return OTHER_NAME_SIMILARITY
        return MERGED_SIMILARITY - 0.015 * (differing - 1)
    size = max(len(words), len(key))
    if len(words) == len(key):
        if sorted(words) == sorted(key):
            return SWAP_SIMILARITY
        similarity = 1.0 - OSA.distance(words, key) / size
        # 新乡路 is not 新安路.
        return min(similarity, 0.6 if size <= 3 else OTHER_NAME_SIMILARITY)
    longer, shorter = (words, key) if len(words) > len(key) else (key, words)
    # Where the longer word has its extra character: in front, or a distinguishing one, makes another name.
    at = next((i for i, (a, b) in enumerate(zip(longer, shorter, strict=False)) if a != b), len(shorter))
    similarity = 1.0 - OSA.distance(words, key) / size
    # 通航路小学 is not 通航小学, nor 金昌源小区 金昌小区; what is said twice is a slip.
    added = longer is words and longer[at] not in longer[:at] + longer[at + 1 :]
    another = at == 0 or longer[at] in DISTINGUISHING or added
    return min(similarity, OTHER_NAME_SIMILARITY) if another else similarity


def _likeness_of_sound(shapes: str, key: str) -> tuple[float, How] | None:
    """How like words of the same (merged) sounds are to a name; None when not one character is shared."""
    same = sum(a == b for a, b in zip(shapes, key, strict=True))
    if same == 0:
        return None
    if same == len(key):
        return LOOK_ALIKE_SIMILARITY, How.LOOK_ALIKE
    # Each further character that differs makes it a little less the same name.
    less = 0.015 * (len(key) - same - 1)
    if shapes[-1] != key[-1] and shapes.endswith(PLACE_SUFFIXES):
        # What is written is a kind of place of its own: 康乐园 is not 康乐苑.
        return OTHER_NAME_SIMILARITY, How.MERGED_SOUND
    if sound_key(shapes) == sound_key(key):
        return SOUND_SIMILARITY - less, How.SOUND
    return (SHORT_MERGED_SIMILARITY if len(key) <= _SHORT_NAME else MERGED_SIMILARITY) - less, How.MERGED_SOUND

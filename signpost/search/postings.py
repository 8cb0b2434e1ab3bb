"""What the index knows of a word: which entries hold it, and how well each answers it. The last file that asks Whoosh."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import pairwise
from operator import and_, or_

from whoosh.index import FileIndex
from whoosh.searching import Searcher

FIELD = "text"
K1 = 8.0
"""How slowly more mentions stop counting. High, because a mention in a title already weighs as much as many in the text."""
MOST_WORDS = 4_000
"""Words whose entries are kept in memory."""


@dataclass(frozen=True, slots=True)
class Posting:
    """The entries that answer something: a bit for each in the mask, and a score for each."""

    mask: int
    scores: dict[int, float]

    def __and__(self, other: "Posting") -> "Posting":
        """What answers both, with the scores added."""
        mask = self.mask & other.mask
        few, many = sorted((self.scores, other.scores), key=len)
        return Posting(mask, {place: score + many[place] for place, score in few.items() if place in many})

    def __or__(self, other: "Posting") -> "Posting":
        """What answers either, with the scores added."""
        few, many = sorted((self.scores, other.scores), key=len)
        return Posting(self.mask | other.mask, many | {place: score + many.get(place, 0.0) for place, score in few.items()})

    def times(self, weight: float) -> "Posting":
        """The same entries, with every score multiplied."""
        return self if weight == 1.0 else Posting(self.mask, {place: score * weight for place, score in self.scores.items()})


NOTHING = Posting(0, {})


def all_of(postings: Iterable[Posting]) -> Posting:
    """What answers everything."""
    return reduce(and_, postings)


def any_of(postings: Iterable[Posting]) -> Posting:
    """What answers anything."""
    return reduce(or_, postings, NOTHING)


class Postings:
    """Asks the index of an edition; remembers what it said. Safe to share among threads."""

    def __init__(self, index: FileIndex) -> None:
        self._searcher: Searcher = index.searcher()
        self._lock = threading.Lock()
        self.of = lru_cache(maxsize=MOST_WORDS)(self._of)
        self.rarity = lru_cache(maxsize=MOST_WORDS)(self._rarity)

    def _rarity(self, word: str) -> float:
        """The inverse document frequency of a word."""
        with self._lock:  # Whoosh gives wrong answers when two threads ask one searcher
            return float(self._searcher.idf(FIELD, word))

    def _of(self, word: str) -> Posting:
        """The entries that hold a word, by BM25F: the index holds the weighed sum of its mentions."""
        rarity = self.rarity(word)
        scores = {}
        with self._lock:
            reader = self._searcher.reader()
            if (FIELD, word) not in reader:
                return NOTHING
            matcher = reader.postings(FIELD, word)
            while matcher.is_active():
                weight = matcher.weight()
                scores[matcher.id()] = rarity * weight * (K1 + 1) / (weight + K1)
                matcher.next()
        return Posting(mask_of(scores), scores)

    def phrase(self, words: Sequence[str]) -> int:
        """The mask of entries in which each word is somewhere followed by the next."""
        return all_of(self.of(f"{one} {other}") for one, other in pairwise(words)).mask


def mask_of(places: Iterable[int]) -> int:
    """A bit for each place. Built in bytes, since adding bits one by one to a long number is slow."""
    places = list(places)
    bits = bytearray(max(places, default=0) // 8 + 1)
    for place in places:
        bits[place // 8] |= 1 << place % 8
    return int.from_bytes(bits, "little")


def places_in(mask: int) -> list[int]:
    """The places of a mask, in order."""
    digits = bin(mask)[:1:-1]
    found, place = [], digits.find("1")
    while place >= 0:
        found.append(place)
        place = digits.find("1", place + 1)
    return found

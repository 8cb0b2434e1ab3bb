"""Put misspelt words right, from the words that the entries themselves use. Knows no index."""

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein
from rapidfuzz.process import extract

from signpost.search.words import normal

SHORTEST = 4
"""Words of fewer letters are never corrected: too many real words lie one letter away."""
MUCH_COMMONER = 10
"""How many times as often a word must stand in the entries to be offered beside one that is known."""
LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


class Speller:
    """Knows every word of an edition as its authors wrote it, and how often."""

    def __init__(self, texts: Iterable[str]) -> None:
        counts = Counter(word for text in texts for word in LETTERS.findall(text.casefold()))
        self._counts = {word: count for word, count in counts.items() if len(word) >= SHORTEST}
        self._words = list(self._counts)
        self._stems: Counter[str] = Counter()
        for word, count in counts.items():
            self._stems[normal(word)] += count
        self.nearest = lru_cache(maxsize=10_000)(self._nearest)

    def is_known(self, word: str) -> bool:
        """Whether some entry holds the word in any form."""
        return not LETTERS.fullmatch(word) or normal(word) in self._stems

    def commoner(self, word: str) -> tuple[str, str] | None:
        """A much commoner word for one that nobody writes so, although its stem occurs: 'traffiking' beside the name Traffik."""
        if word.casefold() in self._counts or not self.is_known(word):
            return None
        near = self.nearest(word)
        if not near or normal(near) == normal(word) or self._counts[near] < MUCH_COMMONER * self._stems[normal(word)]:
            return None
        return normal(near), near

    def _nearest(self, word: str) -> str:
        """The word that was probably meant; empty when none is near enough. One slip for five letters, two for more."""
        word = word.casefold()
        if len(word) < SHORTEST or not LETTERS.fullmatch(word):
            return ""
        slips = 1 if len(word) <= 5 else 2 if len(word) <= 9 else 3
        near = extract(word, self._words, scorer=DamerauLevenshtein.distance, score_cutoff=slips, limit=20)
        return min(near, key=lambda match: self._cost(word, str(match[0]), match[1]))[0] if near else ""

    def _cost(self, word: str, candidate: str, slips: float) -> tuple[float, int]:
        """Fewer slips first; a wrong first letter counts as another; then the commoner word."""
        return slips + (candidate[0] != word[0]), -self._counts[candidate]

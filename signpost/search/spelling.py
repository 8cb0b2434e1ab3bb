"""Put misspelt words right, from the words that the entries themselves use. Knows no index."""

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files

from symspellpy import SymSpell, Verbosity

from signpost.search.words import normal

SHORTEST = 4
"""Words of fewer letters are never corrected: too many real words lie one letter away."""
MUCH_COMMONER = 10
"""How many times as often a word must stand in the entries to be offered beside one that is known."""
LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


@cache
def english() -> frozenset[str]:
    """The 82,765 English words that come with SymSpell: a real word that no entry holds is no misspelling."""
    text = files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt").read_text(encoding="utf-8-sig")
    return frozenset(line.split(" ", 1)[0] for line in text.splitlines())


def count_words(texts: Iterable[str]) -> Counter[str]:
    """Every word as its authors wrote it, and how often. The build counts; there are many texts and few words."""
    return Counter(word for text in texts for word in LETTERS.findall(text.casefold()))


class Speller:
    """Knows every word of an edition as its authors wrote it, and how often."""

    def __init__(self, counts: Counter[str]) -> None:
        self._counts = counts
        self._stems: Counter[str] = Counter()
        self._near = SymSpell(max_dictionary_edit_distance=2, prefix_length=7)
        for word, count in self._counts.items():
            self._stems[normal(word)] += count
            if len(word) >= SHORTEST:
                self._near.create_dictionary_entry(word, count)
        self.nearest = lru_cache(maxsize=10_000)(self._nearest)

    def is_known(self, word: str) -> bool:
        """Whether some entry holds the word in any form. What is not all letters is taken as it stands."""
        return not LETTERS.fullmatch(word) or normal(word) in self._stems

    def commoner(self, word: str) -> tuple[str, str] | None:
        """A much commoner word for one that nobody writes so, although its stem occurs: 'traffiking' beside the name Traffik."""
        if word.casefold() in self._counts or not self.is_known(word):
            return None
        near = self.nearest(word)
        if not near or normal(near) == normal(word) or self._counts[near] < MUCH_COMMONER * self._stems[normal(word)]:
            return None
        return normal(near), near

    def joined(self, one: str, other: str) -> str:
        """Two words that the entries write as one: 'gang masters'. Empty when they do not, or when both occur apart."""
        whole = (one + other).casefold()
        apart = self.is_known(one) and self.is_known(other)
        return whole if LETTERS.fullmatch(whole) and not apart and self.is_known(whole) else ""

    def _nearest(self, word: str) -> str:
        """What was probably meant; empty when nothing is near enough or the word is plain English."""
        word = word.casefold()
        if len(word) < SHORTEST or not LETTERS.fullmatch(word) or word in english():
            return ""
        slips = 1 if len(word) <= 5 else 2
        near = self._near.lookup(word, Verbosity.ALL, max_edit_distance=slips)
        best = min(near, key=lambda found: (found.distance + (found.term[0] != word[0]), -found.count), default=None)
        return best.term if best else self._split(word)

    def _split(self, word: str) -> str:
        """One word that the entries write as two: 'multiagency'."""
        cuts = ((word[:n], word[n:]) for n in range(SHORTEST, len(word) - SHORTEST + 1))
        both = [(one, other) for one, other in cuts if one in self._counts and other in self._counts]
        return " ".join(max(both, key=lambda pair: min(self._counts[part] for part in pair))) if both else ""

"""What was typed and what the vocabulary adds → the clauses that an entry must meet. Knows no index."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from signpost.search.lexicon import Lexicon, one_word
from signpost.search.spelling import Speller
from signpost.search.typed import Typed, TypedWord

EXPANSION = 0.6
"""What a synonym weighs beside the word that was typed."""

Rarity = Callable[[str], float]
"""How rare an indexed word is (its inverse document frequency)."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing that was asked for: the typed words, or in their place any of their synonyms."""

    words: tuple[TypedWord, ...]
    others: tuple[tuple[str, str, float], ...] = ()
    """(indexed word, as shown, weight) of each synonym."""
    is_minor: bool = False
    """It ranks but does not exclude."""

    @property
    def shown(self) -> str:
        """The clause as the reader typed it."""
        return " ".join(word.shown for word in self.words)

    @property
    def text(self) -> str:
        """The clause as the one word under which the index keeps it."""
        return one_word(tuple(word.text for word in self.words))


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is asked of the index for one query."""

    clauses: tuple[Clause, ...]
    nation: str = ""
    """The nation that the words name."""

    @property
    def required(self) -> tuple[Clause, ...]:
        """What an entry must meet; the minor clauses when there are no others."""
        return tuple(clause for clause in self.clauses if not clause.is_minor) or self.clauses

    @property
    def also_searched(self) -> tuple[str, ...]:
        """The synonyms, as readers see them."""
        return tuple(dict.fromkeys(shown for clause in self.clauses for _, shown, _ in clause.others))


def plan(typed: Typed, lexicon: Lexicon, speller: Speller, rarity: Rarity, exact: bool) -> Plan:
    """Clauses for what was typed, with synonyms unless only the exact words are wanted."""
    texts = [word.text for word in typed.words]
    clauses: list[Clause] = []
    nation = ""
    place = 0
    while place < len(texts):
        key = lexicon.known_at(texts, place)
        words = typed.words[place : place + max(1, len(key))]
        nation = nation or lexicon.nations.get(key, "")
        others = () if exact else tuple(_others(words, lexicon, speller, rarity))
        minor = key in lexicon.nations or (not others and all(word.is_minor for word in words))
        clauses.append(Clause(words, others, minor))
        place += len(words)
    return Plan(tuple(clauses), nation)


def _others(words: tuple[TypedWord, ...], lexicon: Lexicon, speller: Speller, rarity: Rarity) -> Iterator[tuple[str, str, float]]:
    """The synonyms of some words. A rare synonym weighs no more than what was typed."""
    key = tuple(word.text for word in words)
    typed_rarity = max(rarity(one_word(key)), sum(rarity(text) for text in key)) if len(key) > 1 else rarity(key[0])
    for other, shown in lexicon.synonyms.get(key, {}).items():
        weight = EXPANSION * min(1.0, typed_rarity / rarity(one_word(other)))
        yield one_word(other), shown, weight
    if len(words) == 1 and (respelt := speller.commoner(words[0].shown)):
        yield respelt[0], respelt[1], EXPANSION


def corrected(q: str, typed: Typed, lexicon: Lexicon, speller: Speller) -> str:
    """The query with each word that nobody uses put right; empty when there is nothing to put right."""
    texts = [word.text for word in typed.words]
    better = q
    for one, other in pairwise(typed.words):
        if whole := speller.joined(one.shown, other.shown):
            better = better.replace(f"{one.shown} {other.shown}", whole, 1)
    for place, word in enumerate(typed.words):
        if speller.is_known(word.shown) or lexicon.known_at(texts, place):
            continue
        if near := speller.nearest(word.shown):
            better = better.replace(word.shown, near, 1)
    return better if better != q else ""

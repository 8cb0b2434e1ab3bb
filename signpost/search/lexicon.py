"""The vocabulary as search sees it: terms of several words that count as one, synonyms, and the words that name a nation."""

from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache

from signpost.search.words import Word, words_in
from signpost.vocabulary import UK_NATIONS, Vocabulary

Key = tuple[str, ...]
"""A term as its normal words, such as ('nation', 'referr', 'mechan')."""


def key_of(term: str) -> Key:
    """A term as its normal words: case, plurals and punctuation do not matter."""
    by_position: dict[int, str] = {}
    for word in words_in(term):
        by_position.setdefault(word.position, word.text)
    return tuple(by_position.values())


def one_word(key: Key) -> str:
    """A term as the one word under which the index keeps it."""
    return " ".join(key)


class Lexicon:
    """What the vocabulary adds to words. Build one for each edition: it remembers the texts it has read."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self.words = lru_cache(maxsize=20_000)(self._words)

    @cached_property
    def synonyms(self) -> dict[Key, dict[Key, str]]:
        """Term → the terms to look for besides, with the words in which they are shown."""
        found: dict[Key, dict[Key, str]] = {}
        for group in self._vocabulary.synonyms:
            pairs = [(one, other) for one in group.same for other in group.same if one != other]
            pairs += [(one, other) for one in group.typed for other in group.means]
            for one, other in pairs:
                if (key := key_of(one)) != key_of(other):
                    found.setdefault(key, {})[key_of(other)] = other
        return found

    @cached_property
    def nations(self) -> dict[Key, str]:
        """Words that name a nation, or a place in it → the nation."""
        terms = [self._vocabulary.nations[nation] for nation in UK_NATIONS]
        named = {key_of(word): term.id for term in terms for word in (term.label, *term.words)}
        places = {key: named[other] for key, others in self.synonyms.items() for other in others if other in named}
        return places | named

    @cached_property
    def _terms(self) -> dict[str, list[Key]]:
        """First word → the terms of several words that begin with it, longest first."""
        keys = {key for one, others in self.synonyms.items() for key in (one, *others)} | set(self.nations)
        terms: dict[str, list[Key]] = {}
        for key in sorted((key for key in keys if len(key) > 1), key=lambda key: (-len(key), key)):
            terms.setdefault(key[0], []).append(key)
        return terms

    def _words(self, text: str) -> tuple[Word, ...]:
        """The words of a text, and each known term of several words as one more, spanning them."""
        words = tuple(words_in(text))
        return tuple(sorted((*words, *self._terms_in(words)), key=lambda word: (word.position, word.start)))

    def _terms_in(self, words: Sequence[Word]) -> Iterator[Word]:
        at: dict[int, list[Word]] = {}
        for word in words:
            at.setdefault(word.position, []).append(word)
        for word in words:
            for key in self._terms.get(word.text, ()):
                span = [next((w for w in at.get(word.position + n, ()) if w.text == part), None) for n, part in enumerate(key)]
                if last := all(span) and span[-1]:
                    yield Word(one_word(key), word.start, last.end, word.position)

    def known_at(self, words: Sequence[str], place: int) -> Key:
        """The longest term with synonyms or a nation that begins at a place of some words; empty when there is none."""
        for length in range(min(6, len(words) - place), 0, -1):
            key = tuple(words[place : place + length])
            if key in self.synonyms or key in self.nations:
                return key
        return ()

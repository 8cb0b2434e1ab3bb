"""What a reader typed → the words to look for. Forgives anything; knows no index and no vocabulary."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from signpost.search.words import MINOR_WORDS, STOP_WORDS, handle_of, words_in

LONGEST = 512
"""Characters of a query that are read; the rest is dropped."""
MOST_WORDS = 32
"""Words of a query that are looked for."""
PART = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"?|(?P<plain>[^\s"]+))')
NUMBER = re.compile(r"\+?[\d\s()-]{5,}")
ADDRESS = re.compile(r"(mailto:|https?://)?[\w.+-]*@?[\w-]+(\.[\w-]+)+(/\S*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TypedWord:
    """One word looked for, and how the reader wrote it."""

    text: str
    shown: str

    @property
    def is_minor(self) -> bool:
        """Whether it ranks but does not exclude."""
        return self.shown.casefold() in STOP_WORDS or self.shown.casefold() in MINOR_WORDS


@dataclass(frozen=True, slots=True)
class Typed:
    """A query, taken apart."""

    words: tuple[TypedWord, ...] = ()
    """In the order typed, each once."""
    phrases: tuple[tuple[str, ...], ...] = ()
    excluded: tuple[str, ...] = ()
    handle: str = ""
    """The whole query as a number or address, if it looks like one."""


def parse(q: str) -> Typed:
    """Take a query apart: words, quoted phrases, -excluded words, and numbers or addresses as a whole."""
    plain: list[str] = []
    excluded: list[str] = []
    phrases: list[tuple[str, ...]] = []
    for part in PART.finditer(q[:LONGEST]):
        text = part["phrase"] if part["phrase"] is not None else part["plain"]
        words = list(_first_forms(text))
        if part["minus"] and words:
            excluded += [word.text for word in words]
            continue
        if part["phrase"] is not None and len(words) > 1:
            phrases.append(tuple(word.text for word in words))
        plain.append(text)
    together = " ".join(plain)
    once = {word.text: word for word in reversed(list(_first_forms(together)))}
    return Typed(tuple(reversed(once.values()))[:MOST_WORDS], tuple(phrases), tuple(excluded), _handle(together.strip()))


def _first_forms(text: str) -> Iterator[TypedWord]:
    """One word a position: the first form is the most telling, such as s47 for 'section 47'."""
    seen = -1
    for word in words_in(text):
        if word.position != seen:
            seen = word.position
            yield TypedWord(word.text, text[word.start : word.end])


def _handle(text: str) -> str:
    if NUMBER.fullmatch(text):
        digits = handle_of(text)
        return digits if len(digits) >= 5 else ""
    return handle_of(text) if ADDRESS.fullmatch(text) and re.search(r"[a-z]", text, re.IGNORECASE) else ""

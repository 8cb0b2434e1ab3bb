"""What a reader typed → the words to look for. Forgives anything; knows no index."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from signpost.search.words import STOP_WORDS, handle_of, words_in

LONGEST = 512
"""Characters of a query that are read; the rest is dropped."""
MOST_WORDS = 32
"""Words of a query that are looked for."""
PART = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"?|(?P<plain>[^\s"]+))')
NUMBER = re.compile(r"\+?[\d\s()./-]{5,}")
ADDRESS = re.compile(r"(mailto:|https?://)?[\w.+-]*@?[\w-]+(\.[\w-]+)+(/\S*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TypedWord:
    """One word looked for, and how the reader wrote it."""

    text: str
    shown: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A query, taken apart."""

    words: tuple[TypedWord, ...] = ()
    """What an entry must hold."""
    minor: tuple[TypedWord, ...] = ()
    """Stop words: they rank but do not exclude."""
    phrases: tuple[tuple[str, ...], ...] = ()
    excluded: tuple[str, ...] = ()
    handle: str = ""
    """The whole query as a number or address, if it looks like one."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed that could be looked for."""
        return not (self.words or self.excluded or self.handle)


def parse(q: str) -> Typed:
    """Take a query apart: words, quoted phrases, -excluded words, and numbers or addresses as a whole."""
    q = q[:LONGEST]
    kept, excluded, phrases = [], [], []
    plain = []
    for part in PART.finditer(q):
        text = part["phrase"] if part["phrase"] is not None else part["plain"]
        if part["minus"] and any(c.isalnum() for c in text):
            excluded += [word.text for word in _typed_words(text)]
            continue
        if part["phrase"] is not None:
            words = _typed_words(text)
            phrases += [tuple(word.text for word in words)] if len(words) > 1 else []
        plain.append(text)
    kept = list(dict.fromkeys(_typed_words(" ".join(plain))))[:MOST_WORDS]
    major = [word for word in kept if word.text not in STOP_WORDS]
    return Typed(
        words=tuple(major or kept),
        minor=tuple(word for word in kept if word.text in STOP_WORDS) if major else (),
        phrases=tuple(phrases),
        excluded=tuple(excluded),
        handle=_handle(" ".join(plain).strip()),
    )


def _typed_words(text: str) -> list[TypedWord]:
    """One word a position: the first form is the most telling, such as s47 for 'section 47'."""
    return list(_first_forms(text))


def _first_forms(text: str) -> Iterator[TypedWord]:
    seen = -1
    for word in words_in(text):
        if word.position != seen:
            seen = word.position
            yield TypedWord(word.text, text[word.start : word.end])


def _handle(text: str) -> str:
    if NUMBER.fullmatch(text) and not re.search(r"[./]", text):
        digits = handle_of(text)
        return digits if len(digits) >= 5 else ""
    return handle_of(text) if ADDRESS.fullmatch(text) and re.search(r"[a-z]", text, re.IGNORECASE) else ""

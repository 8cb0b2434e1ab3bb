"""Text → the words that are indexed and looked for. One rule for authors' text and readers' typing. Knows no index."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from whoosh.lang.snowball.english import EnglishStemmer
from whoosh.lang.stopwords import stoplists

TOKEN = re.compile(
    r"""
    (?P<email>[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+)
  | (?P<url>(?:https?://|www\.)[^\s<>"')\]]+)
  | (?P<phone>(?<![\w/.])(?:(?:\+44[\s()0]*|\(?0)\d[\d\s()-]{6,12}\d|116\s?\d{3})(?![\w/]))
  | (?:(?<![\w'’])(?:§{1,2}|ss?\b\.?|ss?(?=\d)|sec\b\.?|sections?\b|paras?\b\.?|paragraphs?\b)\s?(?P<section>\d[\d.]*[a-z]{0,2})(?!\w))
  | (?P<and>(?<!\w)[a-z]\s?&\s?[a-z](?!\w))
  | (?P<ratio>\d+/\d+|\d+(?:\.\d+)+)
  | (?P<word>\w+(?:['’]\w+)*)
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""What counts as one word. 'section 47', 's.47' and 's47' are the same word; so is a telephone number in any spacing."""

MINOR_WORDS = frozenset(
    """
    almost already always another anybody anyone anything around ask asked asking away back bring come came comes coming else ever
    every everyone everything find found give given go goes going gone happen happens happened happening help helping keep kept
    know known let like look looking make makes making mean means meant much need needed needs new nobody never none nothing now
    often onto perhaps please put quite rather really right say says said saying see seem seems seen show since somebody someone
    something sort sure still stop stopped take takes taken taking talk tell tells thing things think told try trying today
    together tonight tomorrow towards turn turns use used using want wants way work works worry worried
    """.split()  # noqa: SIM905 (a list of words reads best as words)
)
"""Everyday words of questions. Like stop words they rank but never exclude."""

STOP_WORDS = frozenset(stoplists["en"]) | {"also", "am", "could", "get", "got", "may", "might", "must", "shall", "us", "would", "yet"}
"""Words that rank but never exclude: a search for 'who can refer' must not lose a page that says 'may refer'."""

AMERICAN = {
    "center": "centre",
    "color": "colour",
    "counseling": "counselling",
    "defense": "defence",
    "enrollment": "enrolment",
    "favor": "favour",
    "fulfill": "fulfil",
    "honor": "honour",
    "judgment": "judgement",
    "labor": "labour",
    "license": "licence",
    "neighbor": "neighbour",
    "offense": "offence",
    "pediatric": "paediatric",
    "practise": "practice",
    "program": "programme",
    "traveling": "travelling",
    "behavior": "behaviour",
}
IRREGULAR = {"children": "child", "childrens": "child", "women": "woman", "men": "man", "wives": "wife", "fled": "flee"}
"""Plurals and tenses that the stemmer does not bring together."""
IZE = re.compile(r"(?<=[a-z]{3})(i|y)z(e|ed|er|ers|es|ing|ation|ations)$")

_stemmer = EnglishStemmer()


@dataclass(frozen=True, slots=True)
class Word:
    """One indexed word and where it stands in the text."""

    text: str
    start: int
    end: int
    position: int


def words_in(text: str) -> Iterator[Word]:
    """The words of a text in order. An e-mail or web address is also each of its parts, at the same position."""
    for position, match in enumerate(TOKEN.finditer(text)):
        for form in _forms(match):
            yield Word(form, match.start(), match.end(), position)


def _forms(match: re.Match[str]) -> list[str]:
    kind = match.lastgroup
    raw = match.group(kind or 0)
    if kind in ("email", "url"):
        handle = handle_of(raw)
        return list(dict.fromkeys([handle, *(normal(part) for part in re.findall(r"\w+", handle))]))
    if kind == "phone":
        return [handle_of(raw)]
    if kind == "section":
        number = raw.rstrip(".").casefold()
        return [number] if "." in number else [f"s{number}", number]
    if kind == "and":
        return [re.sub(r"\s", "", raw).casefold()]
    return [normal(raw)]


@lru_cache(maxsize=100_000)
def normal(word: str) -> str:
    """A word as indexed: no case, accents, possessive or American spelling; stemmed unless it holds a digit."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
    plain = re.sub(r"['’]s?$|['’]", "", plain)
    if any(c.isdigit() for c in plain):
        return plain
    plain = IRREGULAR.get(plain, plain)
    plain = AMERICAN.get(plain, IZE.sub(r"\1s\2", plain))
    return str(_stemmer.stem(plain))


def handle_of(address: str) -> str:
    """A telephone number, e-mail or web address in the one form in which it is compared."""
    if "@" in address and "/" not in address:
        return address.casefold().removeprefix("mailto:").strip(" .")
    if re.search(r"[a-z]", address, re.IGNORECASE):
        return re.sub(r"^(https?://)?(www\.)?", "", address.casefold()).rstrip("/. ")
    digits = re.sub(r"\D", "", address)
    return re.sub(r"^(00)?440?", "0", digits) if address.strip().startswith(("+", "00")) else digits


def paragraph_numbers(paragraphs: str) -> list[str]:
    """'5.41–5.43, s45–47' → every number in it: 5.41, 5.42, 5.43, s45, s46, s47."""
    found: list[str] = []
    for match in re.finditer(r"(ss?)?(\d{1,6}(?:\.\d{1,6})*)([a-z]*)(?:\s?[–-]\s?s?(\d{1,6}(?:\.\d{1,6})*))?", paragraphs, re.IGNORECASE):
        sign, first, letter, last = match.groups()
        stem, _, low = first.rpartition(".")
        high = (last or first).rpartition(".")[2]
        lead = f"{stem}." if stem else ("s" if sign else "")
        if last and not letter and 0 <= int(high) - int(low) < 100:
            found += [f"{lead}{number}" for number in range(int(low), int(high) + 1)]
        else:
            found.append(f"{lead}{low}{letter}".casefold())
    return found

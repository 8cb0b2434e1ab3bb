"""What a reader may be about to type: titles, other names and topics. Knows no index."""

from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz.fuzz import WRatio
from rapidfuzz.process import extract

from signpost.model import Entry, Term
from signpost.search.words import STOP_WORDS

MOST = 8
NEAR = 78
"""How alike (of 100) a near-miss must be."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Words to search for, and what they are: the slug of the entry or the id of the topic that they name."""

    text: str
    kind: str
    """'title', 'name' or 'topic'."""
    target: str
    rank: int
    """Lower is better among equals: what is current comes first."""


class Suggester:
    """All that an edition can suggest, ready to be matched letter by letter."""

    def __init__(self, entries: Iterable[Entry], topics: Iterable[Term]) -> None:
        names = [Suggestion(topic.label, "topic", topic.id, 0) for topic in topics]
        for entry in entries:
            rank = 1 if entry.status == "current" else 3
            names.append(Suggestion(entry.title, "title", entry.slug, rank))
            names += [Suggestion(alias, "name", entry.slug, rank + 1) for alias in entry.aliases]
        self._all = sorted(names, key=lambda one: (one.rank, len(one.text), one.text))
        self._folded = [one.text.casefold() for one in self._all]
        self._words = [" " + text.replace("-", " ").replace("(", " ") for text in self._folded]

    def suggest(self, typed: str) -> list[Suggestion]:
        """The best few: those that begin with what was typed, then those with a word that does, then near-misses."""
        typed = " ".join(typed.casefold().split())
        if len(typed) < 2:
            return []
        begins = [place for place, text in enumerate(self._folded) if text.startswith(typed)]
        inside = [place for place, text in enumerate(self._words) if " " + typed in text] if len(begins) < MOST else []
        places = list(dict.fromkeys([*begins, *inside]))[: MOST * 2]
        if len(places) < 3 and len(typed) > 3 and typed not in STOP_WORDS:
            near = extract(typed, self._folded, scorer=WRatio, limit=MOST, score_cutoff=NEAR)
            places = list(dict.fromkeys([*places, *(place for _, _, place in near)]))
        return [self._all[place] for place in places][:MOST]

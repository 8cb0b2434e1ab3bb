"""The controlled lists: nations, kinds, audiences, topics and the rest, looked up by id. Knows no files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from signpost.model import Document, Entry, Synonym, Term

UK_WIDE = "uk-wide"
"""What authors write for all four nations of the United Kingdom."""
EVERYONE = "all"
"""What authors write for every audience of professionals."""
UK_NATIONS = ("england", "scotland", "wales", "northern-ireland")
NOT_PROFESSIONAL = "children-families"

Terms = Mapping[str, Term]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Each list maps an id to its term, in the order that readers see."""

    nations: dict[str, Term]
    kinds: dict[str, Term]
    audiences: dict[str, Term]
    topics: dict[str, Term]
    statuses: dict[str, Term]
    forces: dict[str, Term]
    needs: dict[str, Term]
    documents: dict[str, Document]
    synonyms: tuple[Synonym, ...] = ()

    def facet(self, name: str) -> Terms:
        """The list behind a filter of the search page, such as 'nation'."""
        return {
            "nation": self.nations,
            "kind": self.kinds,
            "audience": self.audiences,
            "topic": self.topics,
            "status": self.statuses,
        }[name]


FACETS = ("nation", "kind", "audience", "topic", "status")
"""The filters of the search page, in the order that readers see."""


def facet_values(entry: Entry) -> dict[str, tuple[str, ...]]:
    """Filter → what an entry has for it."""
    return {
        "nation": entry.nations,
        "kind": (entry.kind,),
        "audience": entry.audiences,
        "topic": entry.topics,
        "status": (entry.status,),
    }


def spelled_out_nations(nations: Iterable[str]) -> tuple[str, ...]:
    """The nations with 'uk-wide' replaced by the four, each once, in the reader's order."""
    given = set(nations)
    if UK_WIDE in given:
        given = given - {UK_WIDE} | set(UK_NATIONS)
    order = {nation: place for place, nation in enumerate((*UK_NATIONS, "international"))}
    return tuple(sorted(given, key=lambda nation: (order.get(nation, len(order)), nation)))


def spelled_out_audiences(audiences: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """The audiences with 'all' replaced by every professional one, each once."""
    given = dict.fromkeys(audiences)
    if EVERYONE in given:
        del given[EVERYONE]
        given |= dict.fromkeys(audience for audience in known if audience != NOT_PROFESSIONAL)
    return tuple(given)

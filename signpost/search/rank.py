"""Put the best of what matched in order, with care: what was named, how it stands today, which nation, how close together."""

from collections.abc import Set

from signpost.model import Entry
from signpost.vocabulary import UK_NATIONS

STANDING = {
    "current": 1.0,
    "unknown": 0.9,  # may be all there is, but what we know to be current comes first
    "draft": 0.75,  # never in force
    "superseded": 0.8,  # replaced: its successor should be above it
    "withdrawn": 0.65,
    "defunct": 0.65,
}
"""What the score of the words is multiplied by for how an entry stands today."""
THE_NATION = 1.35
"""… when the words name a nation and the entry is of that nation and not of all four."""
NOT_THE_NATION = 0.6
"""… when the words name a nation and the entry does not apply there."""
PARTIAL_EXTENT = 0.95
"""… when the words name a nation in which the entry applies only in part."""
TOGETHER = 0.8
"""… up to this much more when one section, with the title, answers all that was asked."""
MISSING = 1.5
"""… to this power of the part of what was asked, weighed by rarity, that the entry holds."""
EXACT_NAME = 1000.0
"""Added when the words are a title, alias, number or address of the entry: nothing else can come first."""


def nation_factor(entry: Entry, nation: str) -> float:
    """How far naming a nation raises or lowers an entry."""
    if not nation:
        return 1.0
    if nation not in entry.nations:
        return NOT_THE_NATION
    own = THE_NATION if not set(UK_NATIONS) <= set(entry.nations) else 1.0
    return own * (PARTIAL_EXTENT if nation in entry.extent else 1.0)


def standing_factor(entry: Entry, years_typed: Set[str]) -> float:
    """How far an entry's standing lowers it; not at all when its year was typed, for then the old thing is wanted."""
    return 1.0 if entry.published[:4] in years_typed else STANDING[entry.status]


def missing_factor(held: float) -> float:
    """How far lacking something lowers an entry; `held` is the part of what was asked that it holds, weighed by rarity."""
    return float(held**MISSING)


def together_factor(share: float) -> float:
    """How far words that stand close together raise an entry; `share` is the part of what was asked that one section answers."""
    return 1 + TOGETHER * share

"""Turn counts into the filters a reader sees. Pure: no Whoosh, no Flask, no HTML."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from signpost.model import Term


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a filter, such as 'Scotland (12)', ticked or not."""

    value: str
    label: str
    count: int
    selected: bool


def choices(terms: Iterable[Term], counts: Mapping[str, int], selected: Set[str]) -> list[Choice]:
    """Terms worth offering, in the vocabulary's order; a ticked one stays at zero so that it can be unticked."""
    offered = [Choice(term.id, term.label, counts.get(term.id, 0), term.id in selected) for term in terms]
    return [choice for choice in offered if choice.count or choice.selected]

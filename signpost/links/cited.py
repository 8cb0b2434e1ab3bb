"""Which entries use which web address. Knows entries; knows no network and no database."""

from collections.abc import Iterable, Mapping, Sequence

from signpost.model import Citation, Entry

Uses = Sequence[tuple[Entry, Citation]]
"""The entries that use an address, and where each does."""
Cited = Mapping[str, Uses]
"""Each external address with every use of it."""


def cited_by(entries: Iterable[Entry]) -> dict[str, list[tuple[Entry, Citation]]]:
    """Each external address that readers can follow or that we learned from, with every use of it, in the order of the entries."""
    found: dict[str, list[tuple[Entry, Citation]]] = {}
    for entry in entries:
        for citation in entry.citations:
            found.setdefault(citation.url, []).append((entry, citation))
    return found

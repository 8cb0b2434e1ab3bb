"""Which web addresses the entries use, and where. Knows entries; knows no network and no database."""

from collections.abc import Iterable, Iterator

from bs4 import BeautifulSoup

from signpost.model import Citation, Entry


def citations(entries: Iterable[Entry]) -> dict[str, tuple[Citation, ...]]:
    """Each external address that readers can follow, with every use of it, in the order of the entries."""
    found: dict[str, list[Citation]] = {}
    for entry in entries:
        for url, where in _addresses(entry):
            uses = found.setdefault(url, [])
            if (use := Citation(entry.slug, where)) not in uses:
                uses.append(use)
    return {url: tuple(uses) for url, uses in found.items()}


def _addresses(entry: Entry) -> Iterator[tuple[str, str]]:
    yield from ((link.url, "link") for link in entry.links if not link.dead)
    yield from ((source.page, "source") for source in entry.sources if source.page)
    for html in (entry.summary_html, *(section.html for section in entry.sections)):
        if "<a " in html:
            for anchor in BeautifulSoup(html, "html.parser").find_all("a", href=True):
                if str(anchor["href"]).startswith("http"):
                    yield str(anchor["href"]), "text"

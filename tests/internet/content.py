"""The pages behind the real content: every address that an entry cites, by the front matter alone. Knows no sockets."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from signpost.settings import ROOT
from tests.internet.answers import entry_page, place

Entry = dict[str, Any]


@cache
def real_pages() -> dict[tuple[str, str], bytes]:
    """A plausible page for each place that the content sends readers to."""
    cited: dict[tuple[str, str], list[Entry]] = {}
    for path in sorted((ROOT / "content" / "entries").glob("*/*.md")):
        entry = _entry(path)
        for url in _addresses(entry):
            cited.setdefault(place(url), []).append(entry)
    return {where: _page(where, entries) for where, entries in cited.items()}


def _entry(path: Path) -> Entry:
    _, front, text = path.read_text(encoding="utf-8").split("---\n", 2)
    return yaml.load(front, yaml.CBaseLoader) | {"text": text}  # strings only: a number keeps its spacing and noughts


def _living(things: list[dict[str, str]]) -> list[dict[str, str]]:
    return [thing for thing in things if thing.get("dead") != "true"]


def _addresses(entry: Entry) -> Iterator[str]:
    yield from (link["url"] for link in _living(entry.get("links", [])))
    yield from (source["page"] for source in entry.get("sources", []) if "page" in source)
    yield from re.findall(r"\]\((https?://[^)\s]+)\)", entry["text"])


def _page(where: tuple[str, str], entries: list[Entry]) -> bytes:
    linked = [e for e in entries if where in {place(link["url"]) for link in _living(e.get("links", []))}]
    titles = [entry["title"] for entry in (*linked, *entries)]
    contacts = [contact for entry in entries for contact in _living(entry.get("contacts", []))]
    reached = dict.fromkeys(contact[way] for contact in contacts for way in ("phone", "email") if way in contact)
    return entry_page(titles, reached, where[0].removeprefix("www."))

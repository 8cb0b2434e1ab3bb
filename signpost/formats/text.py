"""Entries → plain formats for other programs: RIS for reference managers, CSV for spreadsheets, Markdown for notes. Pure."""

import csv
from collections.abc import Callable, Iterable
from io import StringIO

from signpost.model import Entry

AddressOf = Callable[[str], str]
"""Slug → the whole address of an entry."""

RIS_TYPES = {"legislation": "STAT", "report": "RPRT", "webpage": "ELEC", "training": "ELEC", "form": "ELEC"}
COLUMNS = [
    "title",
    "kind",
    "nations",
    "status",
    "force",
    "publisher",
    "published",
    "until",
    "superseded_by",
    "address",
    "own_address",
    "summary",
]
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins so for a formula."""


def ris(entries: Iterable[Entry], address_of: AddressOf) -> str:
    """One RIS record an entry. Line breaks inside a value would end it, so they become spaces."""
    return "".join(_ris_record(entry, address_of) for entry in entries)


def _ris_record(entry: Entry, address_of: AddressOf) -> str:
    links = [link.url for link in entry.links if not link.dead]
    pairs = [
        ("TY", RIS_TYPES.get(entry.kind, "GOVDOC" if entry.force else "GEN")),
        ("TI", entry.title),
        ("PB", entry.publisher),
        *([("PY", entry.published[:4]), ("DA", _ris_date(entry.published))] if entry.published else []),
        ("AB", entry.summary),
        *(("KW", topic) for topic in entry.topics),
        *(("UR", url) for url in (*links, address_of(entry.slug))),
        ("N1", f"Status: {entry.status}. {entry.standing}".strip()),
    ]
    return "".join(f"{tag}  - {' '.join(value.split())}\r\n" for tag, value in pairs) + "ER  - \r\n\r\n"


def _ris_date(day: str) -> str:
    """'2015-03' → '2015/03//': RIS wants three strokes, whatever is known."""
    return day.replace("-", "/") + "/" * (3 - day.count("-"))


def table(entries: Iterable[Entry], address_of: AddressOf) -> str:
    """One line an entry, with a heading line; safe to open in a spreadsheet."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for entry in entries:
        own = next((link.url for link in entry.links if not link.dead), "")
        cells = [
            entry.title,
            entry.kind,
            "; ".join(entry.nations),
            entry.status,
            entry.force,
            entry.publisher,
            entry.published,
            entry.until,
        ]
        cells += ["; ".join(entry.superseded_by), address_of(entry.slug), own, entry.summary]
        writer.writerow(map(safe_cell, cells))
    return out.getvalue()


def safe_cell(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def markdown(entry: Entry, address_of: AddressOf) -> str:
    """An entry as Markdown: title, standing, facts, summary and sections, with its address."""
    lines = [f"# {entry.title}", ""]
    if entry.standing:
        lines += [f"**{entry.status.capitalize()}.** {entry.standing}", ""]
    lines += [f"- Published by: {entry.publisher}", f"- Applies in: {', '.join(entry.nations)}", f"- Source: {address_of(entry.slug)}"]
    lines += [f"- {link.label}: {link.url}" + (" (no longer in use)" if link.dead else "") for link in entry.links]
    lines += ["", entry.summary]
    for section in entry.sections:
        lines += [
            "",
            f"{'#' * section.level} {section.heading}" + (f" ({section.paragraphs})" if section.paragraphs else ""),
            "",
            section.text,
        ]
    return "\n".join(lines) + "\n"

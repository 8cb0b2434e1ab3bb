"""Requests a second and waiting times of the site, beside a bare Flask route and beside Datasette over the same entries."""

import json
import math
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from urllib.request import urlopen

from scripts.baselines import body_of
from scripts.benchmarks.material import beginnings, generated, searches
from scripts.benchmarks.servers import Load, Site, datasette, gunicorn, load, what_is_missing
from signpost import search
from signpost.model import Entry
from signpost.settings import Settings
from signpost.vocabulary import facet_values

DIFFERENT = 2_000
WARMING = 200
FEWER = 200
"""Searches with all filters that Datasette is asked: it counts lists slowly, and a tenth of them tells as much."""
ROUNDS = 4
"""Every row is measured so often, in turn with the others, so that a busy moment of the machine does not fall on one of them."""
SECONDS = 2
BARE, ENTRY, REPEATED = "bare Flask route", "entries", "searches, repeated"
FIRST, PEER, PEER_WITH_LESS = "searches, first time", "Datasette, five filters", "Datasette, two filters"


@dataclass(frozen=True, slots=True)
class Row:
    """What is asked of which site: each path once, or round and round for some seconds."""

    site: Site
    paths: Sequence[str]
    seconds: int = 0


def measure(sizes: Sequence[int]) -> int:
    """Today's entries, or generated ones of each size and how every figure grows. 2 when a tool is missing."""
    if missing := what_is_missing():
        print(missing, file=sys.stderr)
        return 2
    edition = search.load(Settings.from_environment().index_dir)
    figures = {}
    for size in sizes or [len(edition.entries)]:
        with tempfile.TemporaryDirectory() as folder:
            figures[size] = _one_size(edition, size, Path(folder))
    for small, large in pairwise(sizes):
        print(f"\ngrowth exponents from {small:,} to {large:,} entries (1 is in proportion)")
        for name, value in figures[large].items():
            print(f"{name:28}{math.log(value / figures[small][name]) / math.log(large / small):7.2f}")
    return 0


def _one_size(edition: search.Edition, size: int, folder: Path) -> dict[str, float]:
    """Print all the figures of one size; return those that growth is reckoned from."""
    entries = list(edition.entries) if size == len(edition.entries) else generated(edition.entries, size)
    made = search.publish(folder / "index", entries, edition.vocabulary, 2, lambda done, total: None, edition.guides)
    print(f"\n{size:,} entries: edition built in {made.seconds:.1f} s, {made.bytes / 1e6:.1f} MB", flush=True)
    _write_for_datasette(entries, folder / "entries.db")
    with (
        gunicorn("scripts.benchmarks.bare:app") as bare,
        gunicorn("app:app", SIGNPOST_INDEX_DIR=str(folder / "index")) as ours,
        datasette(folder / "entries.db") as peer,
    ):
        first = _seconds_of_first_search(ours)
        loads = _in_turn(_rows(edition.entries, entries, bare, ours, peer))
        _show(loads)
        memory = _show_memory({"Signpost": ours, "bare Flask": bare, "Datasette": peer})
    medians = {f"{name}, p50": median(load.p50 for load in having) for name, having in loads.items() if name != BARE}
    return {"build": made.seconds, "edition size": made.bytes, "first search of a process": first, "memory": memory} | medians


def _write_for_datasette(entries: Sequence[Entry], path: Path) -> None:
    """The same entries as a table with SQLite's full-text search over it, stemmed as ours is, and the same five filters."""
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE entry (slug TEXT PRIMARY KEY, title, summary, body, nation, kind, audience, topic, status)")
        for entry in entries:
            values = facet_values(entry)
            lists = [json.dumps(list(values[facet])) for facet in ("nation", "audience", "topic")]
            row = [entry.slug, entry.title, entry.summary, body_of(entry), lists[0], entry.kind, *lists[1:], entry.status]
            database.execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        database.execute("CREATE VIRTUAL TABLE entry_fts USING fts5(title, body, content=entry, tokenize='porter unicode61')")
        database.execute("INSERT INTO entry_fts(entry_fts) VALUES ('rebuild')")
    database.close()


def _seconds_of_first_search(site: Site) -> float:
    """How long the first search takes when the processes are only starting and take up the edition for it."""
    began = time.monotonic()
    urlopen(f"{site.address}/search?q=child", timeout=120).close()  # noqa: S310 (loopback)
    seconds = time.monotonic() - began
    print(f"first search, the start of its process included: {seconds:.1f} s")
    return seconds


def _rows(real: Sequence[Entry], entries: Sequence[Entry], bare: Site, ours: Site, peer: Site) -> dict[str, Row]:
    """Everything that is measured, once both sites are warm."""
    asked = searches(real, WARMING + DIFFERENT)
    known, new = asked[:WARMING], asked[WARMING:]
    less = "/entries/entry?_col=title&_col=summary&_col=kind&_col=status&_facet=kind&_facet=status"
    same = f"{less}&_facet_array=nation&_facet_array=audience&_facet_array=topic"
    load(ours, [f"/search?{query}" for query in known])
    load(peer, [f"{same}&_search={query.removeprefix('q=')}" for query in known[: FEWER // 4]])
    return {
        BARE: Row(bare, ["/"], SECONDS),
        "home": Row(ours, ["/"], SECONDS),
        ENTRY: Row(ours, [f"/entries/{entry.slug}" for entry in entries[:250]], SECONDS),
        REPEATED: Row(ours, [f"/search?{query}" for query in known[:20]], SECONDS),
        FIRST: Row(ours, [f"/search?{query}" for query in new]),
        PEER: Row(peer, [f"{same}&_search={query.removeprefix('q=')}" for query in new[:FEWER]]),
        PEER_WITH_LESS: Row(peer, [f"{less}&_search={query.removeprefix('q=')}" for query in new]),
        "suggestions, first time": Row(ours, [f"/suggest?{query}" for query in beginnings(real, DIFFERENT)]),
        "search.json, first time": Row(ours, [f"/search.json?{query}" for query in new]),
    }


def _in_turn(rows: dict[str, Row]) -> dict[str, list[Load]]:
    """Every row measured in every round; paths that are asked for once are dealt out over the rounds."""
    loads: dict[str, list[Load]] = {name: [] for name in rows}
    for turn in range(ROUNDS):
        for name, row in rows.items():
            loads[name].append(load(row.site, row.paths if row.seconds else row.paths[turn::ROUNDS], row.seconds))
    return loads


def _show(loads: dict[str, list[Load]]) -> None:
    """A table of medians over the rounds, and the ratios that matter."""
    rates = {name: median(load.rate for load in having) for name, having in loads.items()}
    print(f"{'':28}{'requests/s':>11}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'of bare':>9}")
    for name, having in loads.items():
        p50, p95, p99 = (median(getattr(load, point) for load in having) for point in ("p50", "p95", "p99"))
        print(f"{name:28}{rates[name]:11.0f}{p50:9.2f}{p95:9.2f}{p99:9.2f}{rates[name] / rates[BARE]:9.0%}", end="")
        failed = sum(load.failed for load in having)
        print(f"  {failed} of {sum(load.requests for load in having)} failed" if failed else "")
    print(
        f"first-time searches: {rates[FIRST] / rates[PEER]:.1f} times Datasette's with the five filters that ours has (3 wanted),", end=" "
    )
    print(f"{rates[FIRST] / rates[PEER_WITH_LESS]:.1f} times Datasette's with two")
    print(f"entries {rates[ENTRY] / rates[BARE]:.0%}, repeated searches {rates[REPEATED] / rates[BARE]:.0%} of the bare route (50% wanted)")


def _show_memory(sites: dict[str, Site]) -> float:
    """Print the memory of every web process; return the most that one of ours holds."""
    for name, site in sites.items():
        held = ", ".join(f"{resident:.0f} ({share:.0f})" for resident, share in site.memory())
        print(f"{name}: MB resident of each process, in brackets with what is shared divided: {held}")
    return max(resident for resident, _ in next(iter(sites.values())).memory())

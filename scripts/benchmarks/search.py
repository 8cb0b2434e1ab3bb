"""Searches without the web: milliseconds at today's size, 1,000 and 10,000 entries, beside SQLite FTS5 in the same run."""

import math
import random
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import median, quantiles

from scripts.baselines import PlainFts5
from scripts.benchmarks.material import SEED, generated
from signpost import search
from signpost.model import Entry, Query
from signpost.settings import Settings
from signpost.vocabulary import FACETS

SIZES = (1_000, 10_000)


def timed(work: Callable[[], object], repeats: int) -> list[float]:
    """Milliseconds of each repeat."""
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return times


def classes(entries: Sequence[Entry]) -> dict[str, list[Query]]:
    """Twenty queries of each class, from the words of the entries themselves."""
    chance = random.Random(SEED)  # noqa: S311 (a benchmark)
    words = [word for entry in entries for word in re.findall(r"[a-z]{5,}", entry.summary.casefold())]
    counts = {word: words.count(word) for word in set(words)}
    common = sorted(counts, key=lambda word: (-counts[word], word))[:20]
    rare = sorted(word for word, count in counts.items() if count == 1)
    texts = [section.text for entry in entries for section in entry.sections if len(section.text.split()) > 12]
    pairs = [" ".join(re.findall(r"[A-Za-z]{3,}", text)[5:7]) for text in chance.sample(texts, 20)]
    filters = {"nation": ("scotland", "wales"), "kind": ("guidance", "legislation"), "audience": ("police",), "status": ("current",)}
    return {
        "common word": [Query(q=word) for word in common],
        "rare word": [Query(q=word) for word in chance.sample(rare, 20)],
        "three words": [Query(q=" ".join(chance.sample(common, 3))) for _ in range(20)],
        "phrase": [Query(q=f'"{pair}"') for pair in pairs],
        "filters": [Query(q=word, **filters) for word in common],
        "misspelt": [Query(q=word[:3] + word[4:]) for word in chance.sample([w for w in common if len(w) > 6], min(10, len(common)))],
    }


def figures(times: Iterable[float]) -> tuple[float, float]:
    """p50 and p95 in milliseconds."""
    times = list(times)
    return median(times), quantiles(times, n=20)[-1]


def _one_size(entries: Sequence[Entry], edition: search.Edition, folder: Path) -> dict[str, float]:
    """Print a row for each class at one size; return the medians that growth is reckoned from."""
    began = time.perf_counter()
    made = search.publish(folder / "index", list(entries), edition.vocabulary, 2, lambda done, total: None)
    ours = search.load(folder / "index")
    began, build_ours = time.perf_counter(), time.perf_counter() - began
    plain = PlainFts5(entries, folder / "fts5.sqlite")
    build_plain = time.perf_counter() - began
    plain_mb = (folder / "fts5.sqlite").stat().st_size / 1e6
    print(f"\n{len(entries):,} entries: edition built and loaded in {build_ours:.1f} s, {made.bytes / 1e6:.1f} MB", end="")
    print(f" (FTS5 {build_plain:.1f} s, {plain_mb:.1f} MB)")
    print(f"{'class':14}{'first ms':>9}{'p50 ms':>9}{'p95 ms':>9}{'FTS5 p50':>10}{'FTS5 p95':>10}{'p95 ratio':>11}")
    medians = {"build": made.seconds * 1000}
    for name, queries in classes(edition.entries).items():
        first = median(t for query in queries for t in timed(lambda query=query: search.search(ours, query), 1))
        times: dict[str, list[float]] = {"ours": [], "plain": []}
        for query in queries * 3:
            times["ours"] += timed(lambda query=query: search.search(ours, query), 1)
            match = f'"{query.q.strip(chr(34))}"' if name == "phrase" else PlainFts5.match(query.q)
            times["plain"] += timed(lambda match=match: plain.page(match), 1)
        (p50, p95), (plain50, plain95) = figures(times["ours"]), figures(times["plain"])
        print(f"{name:14}{first:9.2f}{p50:9.2f}{p95:9.2f}{plain50:10.2f}{plain95:10.2f}{p95 / plain95:11.2f}")
        medians[name] = p50
    typed = [entry.title[:n] for entry in edition.entries[:40] for n in (3, 6, 12)]
    p50, p95 = figures(t for one in typed for t in timed(lambda one=one: ours.suggester.suggest(one), 1))
    print(f"{'suggestion':14}{'':9}{p50:9.2f}{p95:9.2f}")
    return medians | {"suggestion": p50}


def measure() -> int:
    """Today's entries, then generated ones, then how each figure grows (1 is in proportion)."""
    edition = search.load(Settings.from_environment().index_dir)
    print(f"{len(FACETS)} filters counted and 20 highlighted results for every search")
    by_size = {}
    for entries in (edition.entries, *(generated(edition.entries, size) for size in SIZES)):
        with tempfile.TemporaryDirectory() as folder:
            by_size[len(entries)] = _one_size(entries, edition, Path(folder))
    small, large = SIZES
    print(f"\ngrowth exponents from {small:,} to {large:,} entries (medians)")
    for name, value in by_size[large].items():
        print(f"{name:14}{math.log(value / by_size[small][name]) / math.log(large / small):9.2f}")
    return 0

"""Score judged searches (tests/relevance.yaml) beside two plain searches of the same entries. `--held` uses those kept unseen."""

import argparse
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import yaml

from scripts.baselines import PlainFts5, PlainWhoosh
from signpost import search
from signpost.model import Query
from signpost.settings import ROOT, Settings

Find = Callable[[Query], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Judged:
    """A search, and how good each entry is as an answer: 3 exactly what is wanted, 2 good, 1 acceptable."""

    id: str
    query: Query
    classes: tuple[str, ...]
    relevant: Mapping[str, int]
    is_held: bool


@dataclass(frozen=True, slots=True)
class Score:
    """How well one search did."""

    ndcg: float
    recall: float
    """1 when an entry of grade 3 is among the first three."""
    success: float
    """1 when the first entry has grade 3."""
    empty: float


def judged(path: Path) -> list[Judged]:
    """The judged searches of a file."""
    return [_judged(item) for item in yaml.safe_load(path.read_text(encoding="utf-8"))]


def _judged(item: dict[str, Any]) -> Judged:
    filters = {key: tuple([value] if isinstance(value, str) else value) for key, value in (item.get("filters") or {}).items()}
    classes = (item["class"], *(["no title overlap"] if item.get("no_title_overlap") else []))
    return Judged(item["id"], Query(q=str(item["query"]), **filters), classes, item["relevant"], item.get("set") == "held")


def score(found: Sequence[str], relevant: Mapping[str, int]) -> Score:
    """NDCG at 10 with gains 2^grade - 1, a right answer among the first three, the first one right, and nothing found."""
    gains = [2 ** relevant.get(slug, 0) - 1 for slug in found[:10]]
    best = sorted((2**grade - 1 for grade in relevant.values()), reverse=True)[:10]
    top = max(relevant.values())
    hits = [relevant.get(slug, 0) == top for slug in found[:3]]
    return Score(_discounted(gains) / _discounted(best), float(any(hits)), float(bool(hits) and hits[0]), float(not found))


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(place + 2) for place, gain in enumerate(gains))


def ours(edition: search.Edition) -> Find:
    """Our own search."""
    return lambda query: [hit.entry.slug for hit in search.search(edition, query).hits]


def main() -> int:
    """Print a table for each class of search."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--held", action="store_true", help="score the searches kept unseen, instead of those for tuning")
    arguments.add_argument("--misses", action="store_true", help="list the searches with no right answer among the first three")
    options = arguments.parse_args()
    edition = search.load(Settings.from_environment().index_dir)
    items = [item for item in judged(ROOT / "tests" / "relevance.yaml") if item.is_held == options.held]
    plain = [PlainWhoosh(edition.entries), PlainFts5(edition.entries)]
    finders: dict[str, Find] = {"Signpost": ours(edition)} | {one.name: one.find for one in plain}
    scores = {name: {item.id: score(find(item.query), item.relevant) for item in items} for name, find in finders.items()}
    classes = ["all", *sorted({name for item in items for name in item.classes})]
    print(f"{'class':18}{'searches':>9}" + "".join(f"  {name:^33}" for name in finders))
    print(" " * 27 + "  nDCG@10 recall@3 first  none    " * len(finders))
    for name in classes:
        chosen = [item for item in items if name == "all" or name in item.classes]
        print(f"{name:18}{len(chosen):>9}" + "".join(f"  {_row([by_id[item.id] for item in chosen])}" for by_id in scores.values()))
    if options.misses:
        for item in items:
            if not scores["Signpost"][item.id].recall:
                print(f"{item.id} {item.query.q!r}: {list(finders['Signpost'](item.query))[:4]} wanted {dict(item.relevant)}")
    return 0


def _row(scores: Sequence[Score]) -> str:
    averages = [mean(getattr(one, name) for one in scores) for name in ("ndcg", "recall", "success", "empty")]
    return "{:7.3f} {:8.3f} {:5.3f} {:5.3f}     ".format(*averages)


if __name__ == "__main__":
    sys.exit(main())

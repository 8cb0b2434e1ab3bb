"""The real entries answer judged searches at least this well. Floors lie a little under what scripts/evaluate_search.py reached."""

from statistics import mean

import pytest

from scripts.evaluate_search import judged, ours, score
from signpost.settings import ROOT

FLOORS = {
    # class: (nDCG at 10, a best answer among the first three)
    "all": (0.81, 0.92),
    "misspelt": (0.85, 0.95),
    "acronym": (0.90, 0.98),
    "law": (0.85, 0.94),
    "contact": (0.88, 0.98),
    "nation": (0.80, 0.92),
    "lay": (0.58, 0.75),
}


@pytest.fixture(scope="module")
def scores(real_edition):
    find = ours(real_edition)
    items = [item for item in judged(ROOT / "tests" / "relevance.yaml") if not item.is_held]
    return [(item, score(find(item.query), item.relevant)) for item in items]


@pytest.mark.parametrize("name", FLOORS)
def test_searches_of_each_class_are_answered_well(scores, name):
    chosen = [one for item, one in scores if name == "all" or name in item.classes]
    ndcg, recall = FLOORS[name]
    assert mean(one.ndcg for one in chosen) >= ndcg
    assert mean(one.recall for one in chosen) >= recall


def test_hardly_any_search_finds_nothing(scores):
    assert mean(one.empty for _, one in scores) <= 0.02

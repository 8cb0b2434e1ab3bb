"""The filters a reader sees."""

from signpost.facets import choices
from signpost.model import Term

TERMS = [Term("england", "England", ""), Term("wales", "Wales", ""), Term("scotland", "Scotland", "")]


def test_a_choice_shows_how_many_results_it_gives():
    assert [(c.label, c.count) for c in choices(TERMS, {"england": 3, "wales": 1}, set())] == [("England", 3), ("Wales", 1)]


def test_a_ticked_choice_stays_when_it_gives_nothing():
    assert [(c.value, c.count, c.selected) for c in choices(TERMS, {}, {"wales"})] == [("wales", 0, True)]

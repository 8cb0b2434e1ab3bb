"""Asking an edition: what is found, in what order, with what counts and extracts."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signpost.model import Query
from signpost.search import search
from signpost.search.passages import extract
from signpost.vocabulary import FACETS


def slugs(edition, q="", **filters):
    return [hit.entry.slug for hit in search(edition, Query(q=q, **filters)).hits]


def test_an_entry_is_found_by_words_in_any_of_its_parts(edition):
    for q in ("doubted", "merton", "trained", "home office", "pathway"):
        assert slugs(edition, q), q


def test_all_words_must_be_there(edition):
    assert slugs(edition, "age helpline telephones zebra") != slugs(edition, "age")
    assert slugs(edition, "age glasgow") == ["old-age-guide"]


def test_when_no_entry_has_all_the_words_the_nearest_are_shown_and_said_to_be(edition):
    found = search(edition, Query(q="glasgow age zebra"))
    assert found.partial
    assert [hit.entry.slug for hit in found.hits] == ["old-age-guide"]


def test_what_is_current_comes_before_what_it_replaced(edition):
    assert slugs(edition, "age assessment") == ["new-age-guide", "old-age-guide"]


def test_an_exact_title_or_alias_comes_first_even_when_it_is_old(edition):
    assert slugs(edition, "age assessment pathway 2012")[0] == "old-age-guide"
    assert slugs(edition, "pathway 2012")[0] == "old-age-guide"
    assert slugs(edition, "ECA")[0] == "example-act-1989"


def test_a_number_finds_its_entry_whole_partial_living_or_dead(edition):
    for q in ("0800 107 7057", "08001077057", "107 7057", "+44 20 7735 8941", "7735 8941"):
        assert slugs(edition, q)[0] == "example-helpline", q


def test_an_address_finds_its_entry(edition):
    assert slugs(edition, "office@example.org")[0] == "example-helpline"
    assert slugs(edition, "https://www.example.org/age-guide")[0] == "new-age-guide"


def test_a_section_or_paragraph_number_leads_to_its_section(edition):
    found = search(edition, Query(q="s.47"))
    assert found.hits[0].entry.slug == "example-act-1989"
    assert found.hits[0].passages[0].anchor == "section-47-enquiries"
    found = search(edition, Query(q="para 5.42"))
    assert found.hits[0].passages[0].heading == "Benefit of the doubt"


def test_minus_takes_entries_away(edition):
    assert slugs(edition, "age -glasgow") == ["new-age-guide"]
    assert "old-age-guide" not in slugs(edition, "-glasgow")


def test_quoted_words_must_stand_together(edition):
    assert slugs(edition, '"significant harm"') == ["example-act-1989"]
    assert slugs(edition, '"harm significant"') != ["example-act-1989"] or search(edition, Query(q='"harm significant"')).partial


def test_no_words_show_everything_current_first(edition):
    found = search(edition, Query())
    assert found.total == 6
    assert [hit.entry.status == "current" for hit in found.hits] == [True] * 3 + [False] * 3


def test_ticks_of_one_filter_are_or_and_filters_are_and(edition):
    assert set(slugs(edition, nation=("scotland", "international"))) == {
        "new-age-guide",
        "old-age-guide",
        "example-helpline",
        "closed-unit",
    }
    assert set(slugs(edition, nation=("scotland",), kind=("contact",))) == {"example-helpline"}


def test_order_by_title_and_by_date(edition):
    assert slugs(edition, order="title")[0] == "new-age-guide"
    assert slugs(edition, order="newest")[0] == "new-age-guide"
    assert slugs(edition, "age", order="newest") == ["new-age-guide", "old-age-guide"]


def test_pages_hold_every_result_once(edition):
    pages = [slugs(edition, per_page=4, page=number) for number in (1, 2)]
    assert [len(page) for page in pages] == [4, 2]
    assert len({slug for page in pages for slug in page}) == 6


def test_a_page_past_the_end_is_the_first(edition):
    assert search(edition, Query(page=99)).query.page == 1


values = {
    facet: st.lists(st.sampled_from(["england", "scotland", "guidance", "contact", "police", "age-assessment", "current", "draft"]))
    for facet in FACETS
}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(picked=st.fixed_dictionaries(values), q=st.sampled_from(["", "age", "child", "zebra"]))
def test_counts_are_what_one_would_get(edition, picked, q):
    """Whatever is ticked, the count beside a value is the number of results with that value alone in its filter."""
    filters = {facet: tuple(chosen) for facet, chosen in picked.items()}
    counts = search(edition, Query(q=q, **filters)).counts
    for facet in FACETS:
        for value in ("england", "guidance", "police", "age-assessment", "current"):
            if value in edition.masks[facet]:
                assert counts[facet][value] == search(edition, Query(q=q, **filters | {facet: (value,)})).total


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=600))
def test_any_text_at_all_is_a_query(edition, q):
    search(edition, Query(q=q))


def test_extracts_are_escaped_and_marked():
    text = "Two <b>trained</b> workers & a fool"
    assert extract(text, {"worker"}) == "Two &lt;b&gt;trained&lt;/b&gt; <mark>workers</mark> &amp; a fool"


def test_an_extract_of_a_long_text_is_cut_between_words_round_the_match():
    cut = extract("begin " + "word " * 200 + "needle " + "word " * 200, {"needl"})
    assert cut.startswith("… word")
    assert cut.endswith("word …")
    assert "<mark>needle</mark>" in cut
    assert len(cut) < 300


def test_every_match_inside_an_extract_is_marked():
    assert extract("age here, and age there", {"age"}).count("<mark>") == 2


def test_eight_threads_get_the_same_answers_as_one(edition):
    queries = ["age", "child", "helpline", "act 1989", "s47", "0800 107", "zebra", ""] * 20
    alone = [slugs(edition, q) for q in queries]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda q: slugs(edition, q), queries)) == alone


@pytest.mark.parametrize("q", ["(" * 512, "a" * 512, "-" * 100, '"' * 99, "a " * 400, "* ? ~ ^ [ ] { } : \\", "\x00"])
def test_operators_and_nonsense_do_no_harm(edition, q):
    search(edition, Query(q=q))

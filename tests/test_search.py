"""Asking an edition: what is found, in what order, with what counts and extracts."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signpost.model import Query
from signpost.search import search
from signpost.search.passages import extract
from signpost.search.words import words_in
from signpost.vocabulary import FACETS


def read(text):
    return tuple(words_in(text))


def slugs(edition, q="", **filters):
    return [hit.entry.slug for hit in search(edition, Query(q=q, **filters)).hits]


def test_an_entry_is_found_by_words_in_any_of_its_parts(edition):
    for q in ("doubted", "merton", "trained", "home office", "pathway"):
        assert slugs(edition, q), q


def test_entries_that_hold_all_the_words_come_first(edition):
    found = search(edition, Query(q="age glasgow"))
    assert found.complete == 1
    assert found.hits[0].entry.slug == "old-age-guide"
    assert found.hits[0].missing == ()


def test_few_results_are_filled_up_with_the_nearest_whose_missing_words_are_named(edition):
    found = search(edition, Query(q="age glasgow"))
    assert [(hit.entry.slug, hit.missing) for hit in found.hits[1:]] == [("new-age-guide", ("glasgow",))]


def test_when_no_entry_has_all_the_words_it_is_said(edition):
    found = search(edition, Query(q="glasgow age zebra"))
    assert found.complete == 0
    assert found.hits[0].entry.slug == "old-age-guide"
    assert found.hits[0].missing == ("zebra",)


def test_everyday_words_of_questions_exclude_nothing(edition):
    assert search(edition, Query(q="what do we need to know when someone is doubted")).complete == 1


def test_synonyms_are_searched_both_ways_and_shown(edition):
    found = search(edition, Query(q="phone line"))
    assert found.hits[0].entry.slug == "example-helpline"
    assert found.also_searched == ("helpline",)
    assert search(edition, Query(q="AAP")).hits[0].entry.slug == "old-age-guide"


def test_one_way_synonyms_go_one_way(edition):
    assert search(edition, Query(q="kid enquiries")).complete == 1
    assert search(edition, Query(q="child")).also_searched == ()


def test_what_was_typed_outranks_its_synonym(edition):
    assert slugs(edition, "helpline")[0] == "example-helpline"


def test_only_what_was_typed_can_be_searched(edition):
    found = search(edition, Query(q="kid", exact=True))
    assert (found.total, found.also_searched) == (0, ())


def test_a_synonym_of_several_words_is_marked_as_a_whole(edition):
    found = search(edition, Query(q="AAP"))
    assert "assessment" in found.hits[0].highlight
    assert "<mark>" in search(edition, Query(q="youngster")).hits[0].highlight


def test_a_misspelt_word_is_put_right_at_once_and_said(edition):
    found = search(edition, Query(q="age assesment"))
    assert (found.corrected, found.did_you_mean) == (True, "age assessment")
    assert found.hits[0].entry.slug == "new-age-guide"


def test_a_correction_can_be_refused(edition):
    found = search(edition, Query(q="age assesment", exact=True))
    assert not found.corrected
    assert found.did_you_mean == "age assessment"
    assert found.complete == 0


def test_names_and_numbers_that_occur_are_never_corrected(edition):
    for q in ("merton", "5.42", "1989", "ECA", "s47", "0800 1111"):
        assert not search(edition, Query(q=q)).corrected, q


def test_a_nation_that_is_named_is_raised_without_hiding_the_rest(edition):
    found = search(edition, Query(q="age assessment scotland"))
    assert found.nation_named == "scotland"
    assert {hit.entry.slug for hit in found.hits} == {"new-age-guide", "old-age-guide"}
    old = next(hit for hit in found.hits if hit.entry.slug == "old-age-guide")
    assert old.why.factors["nation"] > 1


def test_a_nation_alone_is_a_search(edition):
    assert slugs(edition, "Scotland")[0] == "old-age-guide"


def test_every_result_can_say_why_it_is_there(edition):
    hit = search(edition, Query(q="kid enquiries")).hits[0]
    assert ("text", "child", "kid") in {(match.part, match.word, match.typed) for match in hit.why.matches}
    assert hit.why.words > 0


def test_the_best_section_comes_first_and_is_marked_by_the_synonym_too(edition):
    passages = search(edition, Query(q="kid enquiries")).hits[0].passages
    assert passages[0].anchor == "section-47-enquiries"
    assert "<mark>child</mark>" in passages[0].highlight


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
    assert search(edition, Query(q='"significant harm"')).complete == 1
    assert search(edition, Query(q='"harm significant"')).complete == 0


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
    assert extract(text, {"worker"}, read) == "Two &lt;b&gt;trained&lt;/b&gt; <mark>workers</mark> &amp; a fool"


def test_an_extract_of_a_long_text_is_cut_between_words_round_the_match():
    cut = extract("begin " + "word " * 200 + "needle " + "word " * 200, {"needl"}, read)
    assert cut.startswith("… word")
    assert cut.endswith("word …")
    assert "<mark>needle</mark>" in cut
    assert len(cut) < 300


def test_every_match_inside_an_extract_is_marked():
    assert extract("age here, and age there", {"age"}, read).count("<mark>") == 2


def test_eight_threads_get_the_same_answers_as_one(edition):
    queries = ["age", "child", "helpline", "act 1989", "s47", "0800 107", "zebra", ""] * 20
    alone = [slugs(edition, q) for q in queries]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda q: slugs(edition, q), queries)) == alone


@pytest.mark.parametrize("q", ["(" * 512, "a" * 512, "-" * 100, '"' * 99, "a " * 400, "* ? ~ ^ [ ] { } : \\", "\x00"])
def test_operators_and_nonsense_do_no_harm(edition, q):
    search(edition, Query(q=q))


def test_as_at_a_day_shows_what_was_current_then(edition):
    assert "old-age-guide" in slugs(edition, "age assessment", as_at="2016-05-01")
    assert "new-age-guide" not in slugs(edition, "age assessment", as_at="2016-05-01")
    assert slugs(edition, "age assessment", as_at="2024")[0] == "new-age-guide"
    assert "old-age-guide" not in slugs(edition, "age assessment", as_at="2024")

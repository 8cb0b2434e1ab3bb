"""The results page and its twins: what was found, how it was understood, and the way on."""

import csv

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import soup, words


def test_a_result_shows_its_standing_extract_and_passages(client):
    page = soup(client.get("/search?q=merton+compliant"))
    result = page.select_one(".result")
    assert result.h2.text == "Age assessment guide"
    assert "Current" in result.text
    assert result.select_one(".passages a")["href"] == "/entries/new-age-guide#benefit-of-the-doubt"
    assert result.select_one(".passages mark").text == "Merton"


def test_filters_show_counts_and_can_be_taken_off(client):
    page = soup(client.get("/search?q=age&nation=scotland&nation=wales"))
    ticked = [box["value"] for box in page.find_all("input", type="checkbox") if box.has_attr("checked")]
    assert ticked == ["scotland", "wales"]
    assert "Scotland 2" in " ".join(page.find("label", attrs={"for": "nation-scotland"}).text.split())
    assert [link["href"] for link in page.select(".ticked a")][:2] == ["/search?q=age&nation=wales", "/search?q=age&nation=scotland"]


def test_a_search_that_finds_nothing_helps(client):
    text = words(client.get("/search?q=zzzzz"))
    assert "Nothing found" in text
    assert "fewer words" in text


def test_a_search_whose_filters_hide_everything_says_how_many(client):
    text = words(client.get("/search?q=glasgow&nation=wales"))
    assert "Your filters hide 1 result" in text


def test_titles_say_where_you_are(client):
    title = soup(client.get("/search?q=age&nation=scotland&per_page=1")).title.text
    assert title == "age – Scotland – Search (page 1 of 2) – Signpost"


def test_what_was_typed_is_escaped(client):
    answer = client.get("/search?q=<script>alert(1)</script>")
    assert "<script>alert" not in answer.text


def test_the_json_twin_has_the_documented_shape(client):
    answer = client.get("/search.json?q=age+assessment&nation=scotland").json
    assert set(answer) >= {"query", "total", "results", "facets", "also_searched", "did_you_mean"}
    assert answer["query"]["nation"] == ["scotland"]
    assert answer["total"] == 2
    first = answer["results"][0]
    assert set(first) == {"slug", "title", "kind", "nations", "status", "summary", "url", "score", "highlight", "missing", "sections"}
    assert first["url"] == "/entries/new-age-guide"
    assert set(first["sections"][0]) == {"heading", "paragraphs", "url", "highlight"}
    assert {"value": "scotland", "label": "Scotland", "count": 2, "selected": True} in answer["facets"]["nation"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.dictionaries(st.sampled_from(["q", "nation", "kind", "page", "per_page", "order", "status", "x"]), st.text(max_size=80)))
def test_any_address_of_the_search_page_answers(client, args):
    for path in ("/search", "/search.json"):
        assert client.get(path, query_string=args).status_code == 200


@pytest.mark.parametrize(
    "args", ["page=0", "page=-1", "page=99999999999999", "page=²", "page=x", "per_page=0", "order=x", "nation=" * 900, "q=%ff%fe"]
)
def test_values_that_make_no_sense_are_passed_over(client, args):
    assert client.get(f"/search?{args}").status_code == 200


def test_a_correction_and_synonyms_are_said_on_the_page_with_a_way_back(client):
    page = soup(client.get("/search?q=youngster+enquiriess"))
    assert "Showing results for youngster enquiries" in " ".join(page.text.split())
    assert "Also searched: child" in page.text
    assert page.find("a", string="Search only what I typed")["href"] == "/search?q=youngster+enquiriess&exact=1"


def test_missing_words_are_struck_through(client):
    page = soup(client.get("/search?q=age+glasgow+zebra"))
    assert "No entry holds all of these words" in page.text
    assert page.select_one(".result__missing s").text == "zebra"


def test_a_nation_in_the_words_offers_its_filter(client):
    page = soup(client.get("/search?q=age+assessment+scotland"))
    assert page.find("a", string="Only Scotland (2)")["href"] == "/search?q=age+assessment+scotland&nation=scotland"


def test_each_result_says_why(client):
    text = words(client.get("/search?q=kid+enquiries"))
    assert "Why this result?" in text
    assert "‘child’ (searched because you typed ‘kid’)" in text


def test_a_contact_among_the_results_shows_the_number_to_call(client):
    page = soup(client.get("/search?q=example+helpline"))
    assert page.select_one(".result__phone a")["href"] == "tel:08001111"


def test_nothing_found_names_each_filter_that_hides_results_and_whom_to_call(client):
    text = words(client.get("/search?q=glasgow&nation=wales&kind=contact"))
    assert "Nothing found" in text
    assert "safeguarding lead" in text


def test_explained_json_has_the_figures(client):
    plain = client.get("/search.json?q=age").json["results"][0]
    explained = client.get("/search.json?q=age&explain=1").json["results"][0]
    assert "why" not in plain
    assert explained["why"]["words"] > 0


def test_suggestions_begin_with_what_was_typed(client):
    found = client.get("/suggest?q=age").json["suggestions"]
    assert {"text": "Age assessment guide", "kind": "title", "url": "/entries/new-age-guide"} in found
    assert {"text": "Age assessment", "kind": "topic", "url": "/topics/age-assessment"} in found


def test_suggestions_forgive_a_slip_and_find_words_inside(client):
    assert client.get("/suggest?q=exmaple+helpl").json["suggestions"][0]["text"] == "Example helpline"
    assert client.get("/suggest?q=children+act").json["suggestions"][0]["text"] == "Example Children Act 1989"


def test_suggestions_come_in_the_form_that_browsers_know(client):
    answer = client.get("/suggest?q=merton&format=opensearch")
    assert answer.mimetype == "application/x-suggestions+json"
    assert answer.json == ["merton", ["Merton guide"], ["name"], ["/entries/new-age-guide"]]


@pytest.mark.parametrize("q", ["", "a", "%00", "x" * 2000, "((("])
def test_any_text_may_be_suggested_for(client, q):
    assert client.get(f"/suggest?q={q}").status_code == 200


def test_results_can_be_taken_as_a_spreadsheet(client):
    answer = client.get("/search.csv?q=age&per_page=1")
    rows = list(csv.DictReader(answer.text.splitlines()))
    assert [row["title"] for row in rows] == ["Age assessment guide", "Age assessment pathway 2012"]
    assert rows[0]["address"] == "http://localhost/entries/new-age-guide"


def test_a_case_review_can_ask_how_things_stood_on_a_day(client):
    page = soup(client.get("/search?q=age+assessment&as_at=2016-05-01"))
    assert "As at 1 May 2016" in page.text
    result = page.select_one(".result")
    assert result.h2.text == "Age assessment pathway 2012"
    assert "Current on 1 May 2016." in result.text
    assert result.h2.a["href"] == "/entries/old-age-guide?as_at=2016-05-01"
    assert "Not current on 1 May 2016." in words(client.get("/entries/new-age-guide?as_at=2016-05-01"))


@pytest.mark.parametrize("day", ["yesterday", "2016-13-01", "2999-01-01", "2016/05/01"])
def test_a_day_that_is_none_is_said_and_passed_over(client, day):
    answer = client.get(f"/search?q=age&as_at={day}")
    assert "must be a date in the past" in words(answer)
    assert soup(answer).select(".result")

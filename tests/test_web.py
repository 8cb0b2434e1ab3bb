"""The pages, as a client without scripts sees them."""

import csv
import json
import re
import shutil
from datetime import datetime
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signpost import search
from signpost.web import create_app
from tests.conftest import quiet

PAGES = [
    "/",
    "/search",
    "/search?q=age&nation=scotland&order=title",
    "/search?q=zzzzz",
    "/entries/new-age-guide",
    "/entries/old-age-guide",
    "/entries/example-helpline",
    "/nations/",
    "/nations/scotland",
    "/nations/compare",
    "/nations/compare?nation=wales&nation=northern-ireland",
    "/topics/",
    "/topics/age-assessment",
    "/topics/private-fostering",
    "/audiences/",
    "/audiences/police",
    "/what-to-do",
    "/what-to-do?setting=school&nation=wales",
    "/what-to-do?setting=school",
    "/timeline",
    "/timeline?nation=scotland&kind=guidance",
    "/timeline?nation=international",
    "/privacy",
    "/accessibility",
    "/changes",
    "/pack",
    "/pack?entry=new-age-guide&entry=example-helpline&title=Tuesday",
    "/pack/print?entry=new-age-guide&entry=example-helpline",
    "/pack/check?entry=new-age-guide&on=2026-10-01",
    "/contacts",
    "/contacts?need=report-concern&nation=wales",
    "/contacts?need=interpreter",
    "/a-z",
    "/about",
    "/links",
]
MISSING = ["/nope", "/entries/nope", "/nations/france", "/topics/x", "/audiences/x"]


def soup(answer):
    return BeautifulSoup(answer.text, "html.parser")


def words(answer):
    return " ".join(soup(answer).get_text(" ").split())


@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers_and_says_where_to_call_in_danger(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert "Call 999" in words(answer)
    assert soup(answer).h1
    assert soup(answer).title.text.endswith("– Signpost")


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_an_id_twice_or_a_link_that_leads_nowhere(client, path):
    page = soup(client.get(path))
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    for link in page.find_all("a", href=True):
        if link["href"].startswith("#"):
            assert link["href"][1:] in ids, link
        elif link["href"].startswith("/"):
            assert client.get(link["href"]).status_code == 200, link


@pytest.mark.parametrize("path", MISSING)
def test_what_does_not_exist_is_a_plain_404_that_helps(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "Page not found" in words(answer)
    assert soup(answer).find("a", href="/search")


@pytest.mark.parametrize("path", [*PAGES, *MISSING, "/search.json", "/static/signpost.css", "/static/../app.py"])
def test_every_answer_is_shut_against_inline_code_framing_and_third_parties(client, path):
    answer = client.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "Set-Cookie" not in answer.headers
    assert "<script>" not in answer.text
    assert " style=" not in answer.text
    answer.close()


def test_a_result_shows_its_standing_extract_and_passages(client):
    page = soup(client.get("/search?q=merton+compliant"))
    result = page.select_one(".result")
    assert result.h2.text == "Age assessment guide"
    assert "Current" in result.text
    assert result.select_one(".passages a")["href"] == "/entries/new-age-guide#benefit-of-the-doubt"
    assert result.select_one(".passages mark").text == "Merton"


def test_a_passage_of_a_draft_carries_its_label(client):
    page = soup(client.get("/search?q=interpreters+telephones"))
    assert "Draft, never in force" in page.select_one(".passages li").text


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


def test_result_pages_are_not_for_search_engines(client):
    assert soup(client.get("/search?q=age")).find("meta", attrs={"name": "robots"})["content"] == "noindex"


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


def test_an_old_entry_says_what_to_use_instead(client):
    page = soup(client.get("/entries/old-age-guide"))
    banner = page.select_one(".standing")
    assert "Replaced in 2023" in banner.text
    assert banner.find("a", href="/entries/new-age-guide")


def test_a_draft_is_shown_as_never_in_force(client):
    assert "Draft, never in force" in soup(client.get("/entries/draft-care-guidance")).select_one(".standing").text


def test_partial_extent_is_in_words(client):
    assert "Scotland: Chapter 2 only" in words(client.get("/entries/new-age-guide"))


def test_only_a_verified_number_can_be_called_with_a_click(client):
    page = soup(client.get("/entries/example-helpline"))
    calls = {link["href"] for link in page.select(".contact a[href^=tel]")}
    assert calls == {"tel:08001111"}
    text = words(client.get("/entries/example-helpline"))
    assert "Verified October 2026" in text
    assert "020 7735 8941 office@example.org Not verified: check before you use it." in text


def test_a_dead_number_is_text_with_what_to_use_instead(client):
    page = soup(client.get("/entries/example-helpline"))
    dead = page.select_one(".contact--dead")
    assert dead.s.text == "0800 107 7057"
    assert "No longer in use" in dead.text
    assert not dead.select("a[href^=tel]")


def test_a_dead_link_is_never_a_link(client):
    page = soup(client.get("/entries/old-age-guide"))
    assert "http://old.example.org/age" in page.text
    assert not page.find("a", href="http://old.example.org/age")


def test_links_name_their_format_and_last_check(client):
    text = words(client.get("/entries/new-age-guide"))
    assert "The age guide (PDF)" in text
    assert "Link not checked yet" in text


def test_sections_have_addresses_of_their_own(client):
    page = soup(client.get("/entries/new-age-guide"))
    assert page.find(id="benefit-of-the-doubt").find("h2").text.startswith("Benefit of the doubt")
    assert "Paragraphs 5.41–5.43" in page.text


def test_an_entry_says_where_it_learned_its_facts_and_when_it_is_due(client):
    text = words(client.get("/entries/new-age-guide"))
    assert "A page seen for the tests." in text
    assert "Review due 1 November 2027" in text


def test_an_id_that_another_entry_covers_leads_there(written, tmp_path):
    from signpost import content
    from tests.conftest import TODAY

    path = written / "entries" / "contact" / "example-helpline.md"
    path.write_text(path.read_text(encoding="utf-8").replace("status: current", "status: current\ncovers: [old-line]"), encoding="utf-8")
    library = content.load(written, TODAY)
    search.publish(tmp_path / "index", list(library.entries.values()), library.vocabulary, 3, quiet)
    answer = create_app({"index_dir": tmp_path / "index"}).test_client().get("/entries/old-line")
    assert (answer.status_code, answer.location) == (301, "/entries/example-helpline")


def test_an_empty_list_says_so(client):
    assert "There is no entry here yet" in words(client.get("/topics/private-fostering"))


def test_without_an_edition_pages_are_503_with_the_command_to_run(tmp_path):
    client = create_app({"index_dir": tmp_path}).test_client()
    answer = client.get("/search?q=x")
    assert answer.status_code == 503
    assert "python scripts/build_index.py" in words(answer)
    assert "Call 999" in words(answer)
    assert client.get("/search.json").json["command"] == "python scripts/build_index.py"


def test_a_new_edition_is_picked_up_without_a_restart(library, tmp_path):
    entries = list(library.entries.values())
    search.publish(tmp_path, entries[:3], library.vocabulary, 3, quiet)
    client = create_app({"index_dir": tmp_path}).test_client()
    assert client.get("/search.json").json["total"] == 3
    search.publish(tmp_path, entries, library.vocabulary, 3, quiet)
    assert client.get("/search.json").json["total"] == 6
    shutil.rmtree(tmp_path / "editions")
    assert client.get("/search.json").status_code == 200, "the edition in memory goes on serving"


def test_our_own_mistake_is_a_plain_500_that_tells_nothing(index_dir):
    app = create_app({"index_dir": index_dir})

    @app.get("/broken")
    def broken():
        raise RuntimeError("secret")

    answer = app.test_client().get("/broken")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Call 999" in words(answer)


def test_a_method_that_is_not_allowed_is_a_plain_page(client):
    answer = client.post("/search")
    assert answer.status_code == 405
    assert "Method Not Allowed" in words(answer)


def test_the_brand_is_ours(client):
    with client.get("/static/govuk/govuk-frontend.min.css") as answer:
        css = answer.text
    assert "GDS Transport" not in css
    assert "@font-face" not in css
    for path in ("/", "/search"):
        assert not re.search(r"crown|crest|GOV\.UK", client.get(path).text)


def test_the_answer_of_search_json_is_valid_json(client):
    assert json.loads(client.get("/search.json?q=age").data)


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


def test_nations_are_compared_side_by_side_with_entry_force_standing_and_date(client):
    page = soup(client.get("/nations/compare?nation=scotland&nation=northern-ireland"))
    assert [th.text for th in page.select("thead th")] == ["Question", "Scotland", "Northern Ireland"]
    scotland, ireland = page.select("tbody td")
    text = " ".join(scotland.text.split())
    assert "Age assessment pathway 2012 Superseded Non-statutory guidance, 2012" in text
    assert "None found (23 November 2026)." in ireland.text


def test_one_nation_cannot_be_compared_and_it_is_said(client):
    page = soup(client.get("/nations/compare?nation=wales"))
    assert "Choose two or more" in page.text
    assert len(page.select("thead th")) == 5


def test_a_nation_page_says_what_is_missing_there(client):
    assert "Who assesses a child's age? None found (23 November 2026)." in words(client.get("/nations/northern-ireland"))
    assert "What is missing" not in words(client.get("/nations/wales"))


def test_a_nation_page_says_what_applies_only_in_part(client):
    assert "Age assessment guide : Chapter 2 only" in words(client.get("/nations/scotland"))


def test_contacts_can_be_asked_for_by_need_and_nation(client):
    page = soup(client.get("/contacts?need=report-concern&nation=wales"))
    assert page.select_one(".directory a")["href"] == "/entries/example-helpline"
    assert page.select_one(".directory .contact__phone a")["href"] == "tel:08001111"
    assert "020 7735 8941" not in page.text, "the office does not answer this need"


def test_dead_contacts_are_kept_apart(client):
    page = soup(client.get("/contacts"))
    dead = page.find(id="dead").find_next("section")
    assert "0800 107 7057" in dead.text
    assert not dead.select("a[href^=tel]")


def test_a_need_that_nobody_answers_says_what_to_do(client):
    assert "We know of no contact for this" in words(client.get("/contacts?need=interpreter"))


def test_the_directory_has_the_shape_of_open_referral(client):
    answer = client.get("/contacts.json").json
    helpline = next(service for service in answer["contents"] if service["name"] == "Example helpline")
    assert answer["total_items"] == len(answer["contents"]) == 2
    assert helpline["status"] == "active"
    assert helpline["contacts"][0]["phones"][0]["number"] == "0800 1111"
    assert helpline["contacts"][1]["phones"][0]["description"].startswith("Not verified")
    assert "0800 107 7057" not in str(helpline), "a dead number is no contact"
    assert [area["name"] for area in helpline["service_areas"]] == ["England", "Scotland", "Wales", "Northern Ireland"]


def test_what_to_do_gives_the_steps_of_a_setting_and_a_nation_with_their_sources(client):
    page = soup(client.get("/what-to-do?setting=school&nation=wales"))
    assert page.h1.text == "What to do now: School or college, Wales"
    steps = page.find(id="first").find_next("ol").find_all("li")
    assert "Tell the lead at once." in steps[0].text
    assert steps[0].a["href"] == "/entries/example-act-1989#section-47-enquiries"
    assert "The council." in steps[-1].text
    assert page.select_one(".card a[href^=tel]")["href"] == "tel:08001111"
    assert "Superseded" in page.find(id="in-2011").text
    assert "not advice" in page.text


def test_what_to_do_without_a_nation_asks_for_it(client):
    assert "Choose both where you work and the nation." in words(client.get("/what-to-do?setting=school"))


def test_changes_are_listed_from_the_entries_own_notes(client):
    text = words(client.get("/changes"))
    assert "Age assessment guide new Written for the tests." in text


@pytest.mark.parametrize("path", ["/changes.atom", "/search.atom?q=age&nation=scotland", "/search.atom"])
def test_feeds_are_whole_atom_feeds(client, path):
    answer = client.get(path)
    assert answer.mimetype == "application/atom+xml"
    feed = ElementTree.fromstring(answer.data)
    atom = "{http://www.w3.org/2005/Atom}"
    assert feed.find(f"{atom}id").text.startswith("http://localhost/")
    ids = [entry.find(f"{atom}id").text for entry in feed.iter(f"{atom}entry")]
    assert ids
    assert len(ids) == len(set(ids))
    for updated in feed.iter(f"{atom}updated"):
        assert datetime.fromisoformat(updated.text)


def test_the_sitemap_holds_every_entry_with_its_last_change(client):
    tree = ElementTree.fromstring(client.get("/sitemap.xml").data)
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    urls = {url.find(f"{space}loc").text: url.find(f"{space}lastmod").text for url in tree}
    assert urls["http://localhost/entries/new-age-guide"] == "2026-11-01"


def test_browsers_and_robots_find_what_they_ask_for(client):
    assert "Sitemap: http://localhost/sitemap.xml" in client.get("/robots.txt").text
    tree = ElementTree.fromstring(client.get("/opensearch.xml").data)
    assert any("q={searchTerms}" in url.get("template", "") for url in tree)


def test_the_site_says_whether_it_is_alive_and_ready(client, tmp_path):
    assert client.get("/healthz").json == {"alive": True}
    ready = client.get("/readyz").json
    assert (ready["entries"], ready["links_checked"]) == (6, None)
    assert create_app({"index_dir": tmp_path}).test_client().get("/readyz").status_code == 503


def test_an_entry_has_twins_for_programs_reference_managers_and_notes(client):
    assert client.get("/entries/new-age-guide.json").json["title"] == "Age assessment guide"
    ris = client.get("/entries/new-age-guide.ris").text.split("\r\n")
    assert ris[0] == "TY  - GOVDOC"
    assert "TI  - Age assessment guide" in ris
    assert "DA  - 2023/03//" in ris
    assert "UR  - https://www.example.org/age-guide" in ris
    assert "ER  - " in ris
    markdown = client.get("/entries/old-age-guide.md").text
    assert markdown.startswith("# Age assessment pathway 2012\n\n**Superseded.** Replaced in 2023")
    assert client.get("/entries/nope.json").status_code == 404


def test_results_can_be_taken_as_a_spreadsheet(client):
    answer = client.get("/search.csv?q=age&per_page=1")
    rows = list(csv.DictReader(answer.text.splitlines()))
    assert [row["title"] for row in rows] == ["Age assessment guide", "Age assessment pathway 2012"]
    assert rows[0]["address"] == "http://localhost/entries/new-age-guide"


def test_an_entry_describes_itself_to_search_engines(client):
    page = soup(client.get("/entries/new-age-guide"))
    data = json.loads(page.find("script", type="application/ld+json").string)
    assert (data["@type"], data["name"], data["datePublished"]) == ("CreativeWork", "Age assessment guide", "2023-03")
    assert page.find("link", rel="canonical")["href"] == "http://localhost/entries/new-age-guide"


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


def test_the_timeline_draws_succession_and_says_the_same_in_words(client):
    page = soup(client.get("/timeline"))
    assert len(page.select("svg rect")) == 4
    assert len(page.select("svg polyline")) == 1
    text = " ".join(page.text.split())
    assert "Age assessment pathway 2012 Superseded Scotland · from 2012 to March 2023; replaced by Age assessment guide" in text
    assert page.svg.find("title").text == "Timeline from 1989 to today"


def test_the_timeline_can_be_narrowed(client):
    page = soup(client.get("/timeline?nation=wales&kind=legislation"))
    assert [words.text for words in page.select(".timeline__words")] == ["Example Children Act 1989"]
    assert "Nothing here has a known date" in client.get("/timeline?nation=international").text


@pytest.mark.parametrize("path", ["/", "/search?q=age", "/search.json?q=age", "/entries/new-age-guide", "/changes.atom"])
@pytest.mark.parametrize("encoding", ["identity", "br", "gzip"])
def test_whoever_has_a_page_is_told_so_in_a_few_bytes(client, path, encoding):
    headers = {"Accept-Encoding": encoding}
    first = client.get(path, headers=headers)
    again = client.get(path, headers=headers | {"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")
    assert not first.headers["ETag"].startswith("W/")


def test_pages_are_compressed_for_browsers_that_can(client):
    answer = client.get("/search?q=age", headers={"Accept-Encoding": "br"})
    assert answer.headers["Content-Encoding"] == "br"
    assert "Accept-Encoding" in answer.headers["Vary"]

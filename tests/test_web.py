"""The site as a whole, as a client without scripts sees it: every page, errors, browsing, guides."""

import re
import shutil
import time
from types import SimpleNamespace

import pytest

from signpost import search
from signpost.web import create_app
from tests.conftest import quiet, soup, words

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


def test_a_passage_of_a_draft_carries_its_label(client):
    page = soup(client.get("/search?q=interpreters+telephones"))
    assert "Draft, never in force" in page.select_one(".passages li").text


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


def test_a_damaged_edition_is_read_again_once_its_files_are_mended(library, tmp_path, monkeypatch):
    search.publish(tmp_path, list(library.entries.values()), library.vocabulary, 3, quiet)
    good = search.current_id(tmp_path)
    client = create_app({"index_dir": tmp_path}).test_client()
    search.publish(tmp_path, list(library.entries.values()), library.vocabulary, 3, quiet)
    damaged = tmp_path / "current" / "words.jsonl"
    content = damaged.read_bytes()
    damaged.write_bytes(content[:-1])
    served = [client.get("/readyz").json for _ in range(2)]
    assert [answer["edition"] for answer in served] == [good, good]
    assert served[0]["problem"] == served[1]["problem"] == f"{damaged.resolve()} is damaged"
    damaged.write_bytes(content)
    assert client.get("/readyz").json["edition"] == good, "it is not read for every request"
    soon = time.monotonic() + 6
    monkeypatch.setattr("signpost.web.reading.time", SimpleNamespace(monotonic=lambda: soon))
    assert client.get("/readyz").json["edition"] == search.current_id(tmp_path)
    assert client.get("/readyz").json["problem"] is None


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

"""What programs ask for: feeds, twins, validators, readiness."""

import json
from datetime import datetime
from xml.etree import ElementTree

import feedparser
import pytest
import rispy

from signpost.web import create_app
from tests.conftest import soup


def test_result_pages_are_not_for_search_engines(client):
    assert soup(client.get("/search?q=age")).find("meta", attrs={"name": "robots"})["content"] == "noindex"


def test_the_answer_of_search_json_is_valid_json(client):
    assert json.loads(client.get("/search.json?q=age").data)


def test_the_directory_has_the_shape_of_open_referral(client):
    answer = client.get("/contacts.json").json
    helpline = next(service for service in answer["contents"] if service["name"] == "Example helpline")
    assert answer["total_items"] == len(answer["contents"]) == 2
    assert helpline["status"] == "active"
    assert helpline["contacts"][0]["phones"][0]["number"] == "0800 1111"
    assert helpline["contacts"][1]["phones"][0]["description"].startswith("Not verified")
    assert "0800 107 7057" not in str(helpline), "a dead number is no contact"
    assert [area["name"] for area in helpline["service_areas"]] == ["England", "Scotland", "Wales", "Northern Ireland"]


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


def test_an_entry_describes_itself_to_search_engines(client):
    page = soup(client.get("/entries/new-age-guide"))
    data = json.loads(page.find("script", type="application/ld+json").string)
    assert (data["@type"], data["name"], data["datePublished"]) == ("CreativeWork", "Age assessment guide", "2023-03")
    assert page.find("link", rel="canonical")["href"] == "http://localhost/entries/new-age-guide"


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


def test_a_feed_stays_xml_whatever_was_searched_for(client):
    assert ElementTree.fromstring(client.get("/search.atom?q=age%00%0b%1f<b>").data) is not None


def test_reference_managers_read_what_we_write_for_them(client):
    records = rispy.loads(client.get("/pack.ris?entry=new-age-guide&entry=example-act-1989").text)
    assert [record["title"] for record in records] == ["Age assessment guide", "Example Children Act 1989"]
    assert (records[0]["type_of_reference"], records[0]["year"]) == ("GOVDOC", "2023")
    assert "http://localhost/entries/new-age-guide" in records[0]["urls"]


def test_feed_readers_read_our_feeds(client):
    feed = feedparser.parse(client.get("/changes.atom").data)
    assert not feed.bozo
    assert feed.version == "atom10"
    assert {entry.link for entry in feed.entries} >= {"http://localhost/entries/new-age-guide"}


def test_the_feed_of_a_search_leads_to_that_very_search(client):
    feed = client.get("/search.atom?q=age&nation=wales&as_at=2016-05-01&exact=1").text
    assert "/search?q=age&amp;nation=wales&amp;as_at=2016-05-01&amp;exact=1" in feed

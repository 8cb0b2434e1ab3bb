"""Packs: built by address, taken away, and checked later."""

from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from docx import Document

TWO = "/pack?entry=new-age-guide&entry=example-helpline"


def soup(answer):
    return BeautifulSoup(answer.text, "html.parser")


def titles(answer):
    return [li.a.text for li in soup(answer).select(".pack li")]


def test_a_pack_is_its_address_in_that_order(client):
    assert titles(client.get(TWO)) == ["Age assessment guide", "Example helpline"]


def test_entries_can_be_moved_and_dropped_without_scripts(client):
    page = soup(client.get(TWO))
    first, second = page.select(".pack li")
    assert [a.contents[0] for a in first.select(".pack__moves a")] == ["Down", "Drop"]
    assert titles(client.get(first.select(".pack__moves a")[0]["href"])) == ["Example helpline", "Age assessment guide"]
    assert titles(client.get(second.select(".pack__moves a")[-1]["href"])) == ["Age assessment guide"]


def test_a_result_is_added_to_the_pack_that_is_being_made(client):
    page = soup(client.get("/search?q=age&pack=example-helpline"))
    link = page.select_one(".result__pack a")
    assert parse_qs(urlsplit(link["href"]).query)["entry"] == ["example-helpline", "new-age-guide"]


def test_a_title_and_a_note_are_part_of_the_address(client):
    page = soup(client.get(TWO + "&title=Tuesday&note=Bring+<b>pens</b>"))
    assert page.h1.text == "Tuesday"
    assert "Bring <b>pens</b>" in page.text


@pytest.mark.parametrize(
    "query",
    [
        "entry=nope",
        "entry=",
        "title=" + "x" * 900,
        "title=%00%01bell%07&entry=new-age-guide",
        "entry=new-age-guide&entry=new-age-guide",
        "entry=a&" * 300,
    ],
)
def test_any_address_is_a_pack_of_the_entries_that_exist(client, query):
    for path in ("/pack", "/pack/print", "/pack.docx", "/pack.csv", "/pack.ris", "/pack/check", "/pack/code.svg"):
        assert client.get(f"{path}?{query}").status_code == 200


def test_nothing_is_kept_unless_the_reader_asks(client):
    assert "Set-Cookie" not in client.get(TWO).headers
    kept = client.post("/pack/keep", data={"entry": ["new-age-guide"], "title": "Tuesday"})
    cookie = kept.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/pack" in cookie
    assert titles(client.get("/pack", follow_redirects=True)) == ["Age assessment guide"]
    client.post("/pack/forget")
    assert "The pack is empty" in client.get("/pack").text


def test_the_word_document_opens_with_real_headings_contents_and_alternative_text(client):
    document = Document(BytesIO(client.get(f"/pack.docx?{TWO.partition('?')[2]}&title=Tuesday").data))
    headings = [(p.style.name, p.text) for p in document.paragraphs if p.style.name.startswith(("Heading", "Title"))]
    assert headings[:3] == [("Title", "Tuesday"), ("Heading 1", "Contents"), ("Heading 1", "Age assessment guide")]
    assert ("Heading 2", "Benefit of the doubt (5.41–5.43)") in headings
    assert "TOC " in document.element.xml
    assert document.inline_shapes[0]._inline.docPr.get("descr").startswith("Code that leads to http://localhost/pack/check?")
    text = "\n".join(p.text for p in document.paragraphs)
    assert "020 7735 8941, office@example.org (not verified: check before you use it)" in text
    assert "0800 107 7057" not in text, "a dead number is not handed out"


def test_a_pack_can_be_taken_as_a_table_and_for_a_reference_manager(client):
    query = TWO.partition("?")[2]
    assert client.get(f"/pack.csv?{query}").text.count("\n") == 3
    assert client.get(f"/pack.ris?{query}").text.count("ER  - ") == 2


def test_a_printed_pack_carries_its_day_and_the_address_that_checks_it(client):
    page = soup(client.get("/pack/print?entry=new-age-guide"))
    assert page.select_one("img.code")["alt"] == "Code that leads to the address below"
    assert "/pack/check?entry=new-age-guide&on=2" in page.select_one("a.address").text
    assert client.get("/pack/code.svg?entry=new-age-guide").mimetype == "image/svg+xml"


def test_the_check_says_how_many_entries_changed_since(client):
    assert "1 of 1 entry changed since 1 October 2026" in client.get("/pack/check?entry=new-age-guide&on=2026-10-01").text
    assert (
        "0 of 2 entries changed since 2 November 2026"
        in client.get("/pack/check?entry=new-age-guide&entry=old-age-guide&on=2026-11-02").text
    )
    assert "No longer here: gone" in client.get("/pack/check?entry=gone&on=2026-11-02").text
    assert "this one does not" in client.get("/pack/check?entry=new-age-guide&on=never").text

"""The entry page: standing, contacts, links, sections and sources."""

from signpost import content, search
from signpost.web import create_app
from tests.conftest import TODAY, quiet, soup, words


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
    path = written / "entries" / "contact" / "example-helpline.md"
    path.write_text(path.read_text(encoding="utf-8").replace("status: current", "status: current\ncovers: [old-line]"), encoding="utf-8")
    library = content.load(written, TODAY)
    search.publish(tmp_path / "index", list(library.entries.values()), library.vocabulary, 3, quiet)
    answer = create_app({"index_dir": tmp_path / "index"}).test_client().get("/entries/old-line")
    assert (answer.status_code, answer.location) == (301, "/entries/example-helpline")


def test_nations_are_compared_side_by_side_with_entry_force_standing_and_date(client):
    page = soup(client.get("/nations/compare?nation=scotland&nation=northern-ireland"))
    assert [th.text for th in page.select("thead th")] == ["Question", "Scotland", "Northern Ireland"]
    scotland, ireland = page.select("tbody td")
    text = " ".join(scotland.text.split())
    assert "Age assessment pathway 2012 Superseded Non-statutory guidance, 2012" in text
    assert "None found (23 November 2026)." in ireland.text

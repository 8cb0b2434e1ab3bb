"""The site in a real browser: accessible, usable by keyboard, whole without scripts, and readable on a narrow phone."""

import zlib

import html5lib
import pytest
from axe_playwright_python.sync_playwright import Axe

PAGES = {
    "home": "/",
    "results": "/search?q=age+assessment&nation=scotland",
    "nothing found": "/search?q=zzzzz",
    "entry": "/entries/new-age-guide",
    "old entry": "/entries/old-age-guide",
    "contact": "/entries/example-helpline",
    "nations": "/nations/",
    "nation": "/nations/scotland",
    "compare": "/nations/compare",
    "topic": "/topics/age-assessment",
    "audience": "/audiences/police",
    "contacts for families": "/contacts?need=child-to-talk",
    "what to do": "/what-to-do",
    "steps": "/what-to-do?setting=school&nation=wales",
    "timeline": "/timeline",
    "privacy": "/privacy",
    "accessibility": "/accessibility",
    "changes": "/changes",
    "pack": "/pack?entry=new-age-guide&entry=example-helpline",
    "empty pack": "/pack",
    "pack to print": "/pack/print?entry=new-age-guide&entry=example-helpline",
    "pack check": "/pack/check?entry=new-age-guide&on=2026-10-01",
    "contacts": "/contacts",
    "a to z": "/a-z",
    "about": "/about",
    "links": "/links",
    "not found": "/nope",
}
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
def visit(browser, site):
    """Open a page of the site in a fresh window."""
    contexts = []

    def open_page(path, viewport=WIDE, **options):
        context = browser.new_context(viewport=viewport, **options)
        contexts.append(context)
        page = context.new_page()
        page.problems = []
        page.on("console", lambda message: page.problems.append(message.text) if message.type in ("error", "warning") else None)
        page.on("request", lambda request: page.problems.append(request.url) if not request.url.startswith(site) else None)
        page.goto(site + path)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_axe_finds_nothing(visit, path, scheme, viewport):
    page = visit(path, viewport, color_scheme=scheme)
    found = Axe().run(page, options=RULES).response["violations"]
    assert [(v["id"], [node["html"] for node in v["nodes"]][:3]) for v in found] == []


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_axe_finds_nothing_when_the_pages_own_scripts_do_not_run(visit, path):
    page = visit("/about")
    page.route("**/*.js", lambda route: route.abort())
    page.goto(page.url.rsplit("/", 1)[0] + path)
    found = Axe().run(page, options=RULES).response["violations"]
    assert [(v["id"], [node["html"] for node in v["nodes"]][:3]) for v in found] == []


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_no_page_scrolls_sideways_on_a_narrow_phone(visit, path):
    page = visit(path, NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("path", [path for path in PAGES.values() if path != "/nope"])
def test_no_page_breaks_the_policy_or_asks_a_third_party(visit, path):
    assert visit(path).problems == []


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_search_filter_read_works(visit, scripts):
    page = visit("/", java_script_enabled=scripts)
    page.get_by_label("What do you need to know?").fill("age assessment")
    page.get_by_role("button", name="Search").click()
    assert page.locator(".search__count").inner_text().startswith("2 results")
    page.locator("summary", has_text="Kind").click()
    page.locator("summary", has_text="Standing").click()
    page.get_by_label("Superseded").check()
    page.get_by_role("button", name="Apply").click()
    assert page.locator(".search__count").inner_text().startswith("1 result")
    page.get_by_role("link", name="Age assessment pathway 2012").first.click()
    assert "Replaced in 2023" in page.locator(".standing").inner_text()


def test_search_works_by_keyboard_alone(visit):
    page = visit("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("merton")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=merton*")
    assert page.locator(".result__title a").first.inner_text() == "Age assessment guide"


def test_a_deep_link_shows_its_section(visit):
    page = visit("/entries/new-age-guide#who-may-assess", NARROW)
    box = page.locator("#who-may-assess").bounding_box()
    assert 0 <= box["y"] < 740


def test_the_filters_are_below_the_results_on_a_phone_and_one_tap_away(visit):
    page = visit("/search?q=age", NARROW)
    assert page.locator(".search__results").bounding_box()["y"] < page.locator("#filters").bounding_box()["y"]
    page.get_by_role("link", name="Filter or reorder these results").click()
    assert page.locator("#filters").bounding_box()["y"] < 740


def test_print_leaves_out_what_paper_cannot_use(visit):
    page = visit("/search?q=age")
    page.emulate_media(media="print")
    assert not page.locator("#filters").is_visible()
    assert page.locator(".result__title a").first.is_visible()


def test_suggestions_can_be_taken_by_keyboard(visit):
    page = visit("/")
    box = page.locator("#q")
    box.press_sequentially("merton g")
    page.get_by_role("option", name="Merton guide").wait_for()
    assert box.get_attribute("aria-expanded") == "true"
    box.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == "q-suggestions-0"
    assert Axe().run(page, options=RULES).response["violations"] == []
    box.press("Enter")
    page.wait_for_url("**/entries/new-age-guide")


def test_suggestions_close_with_escape_and_never_stand_in_the_way_of_a_search(visit):
    page = visit("/search")
    box = page.locator("#q")
    box.press_sequentially("age assessment")
    page.get_by_role("option").first.wait_for()
    box.press("Escape")
    assert not page.get_by_role("listbox").is_visible()
    box.press("Enter")
    page.wait_for_url("**/search?q=age+assessment*")


def test_a_page_for_victims_or_families_can_be_left_at_once(visit):
    page = visit("/contacts?need=child-to-talk")
    page.route("**/weather", lambda route: route.fulfill(body="weather"))
    page.get_by_role("button", name="Exit this page").click()
    page.wait_for_url("https://www.bbc.co.uk/weather")


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_every_page_is_valid_html(visit, path):
    page = visit(path, java_script_enabled=False)
    source = page.request.get(page.url).text()
    html5lib.HTMLParser(strict=True).parse(source)


def test_a_trainer_compares_nations_and_takes_a_pack_away_by_keyboard_alone(visit):
    page = visit("/nations/compare")
    page.get_by_label("England").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Compare").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**nation=scotland*")
    page.get_by_role("link", name="Age assessment guide").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/entries/new-age-guide")
    page.get_by_role("link", name="Add to pack").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/pack?entry=new-age-guide")
    with page.expect_download() as download:
        page.get_by_role("link", name="Word document").focus()
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "signpost-pack.docx"


def test_the_first_load_is_light(visit, site):
    page = visit("/about")
    sizes = []
    page.on("response", lambda response: sizes.append(len(zlib.compress(response.body(), 6))))
    page.goto(site + "/")
    page.wait_for_load_state("networkidle")
    assert sum(sizes) < 100_000

"""/openapi.json: every address of the site, what it takes and what it answers. A test drives the site from it."""

from typing import Any

from flask import Blueprint, Response, jsonify

from signpost.vocabulary import FACETS
from signpost.web.reading import edition

pages = Blueprint("openapi", __name__)

HTML, JSON, CSV, ATOM = "text/html", "application/json", "text/csv", "application/atom+xml"
RIS, MARKDOWN, XML, SVG = "application/x-research-info-systems", "text/markdown", "application/xml", "image/svg+xml"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

WORDS = {"q": "What to look for: words, a section or paragraph number, a telephone number or an address"}
DAY = {"as_at": "A day such as 2016-05-01: how things stood then"}
SEARCH = WORDS | {facet: f"Filter; may be repeated for 'or'. One of the {facet} terms." for facet in FACETS} | DAY
SEARCH |= {"order": "relevance, newest or title", "page": "From 1", "per_page": "1 to 100", "exact": "1: no synonyms, no correction"}
LINKS = {"verdict": "A verdict", "nation": "A nation", "kind": "A kind of entry", "host": "A part of the name of a site"}
PACK = {"entry": "A slug; may be repeated, in order", "title": "Title of the pack", "note": "Note on the pack"}
NATION, SLUG = {"nation": "A nation"}, {"slug": "An entry"}

# path: (what it is, its parameters, what it answers with 200)
ADDRESSES: dict[str, tuple[str, dict[str, str], str]] = {
    "/": ("Home", {}, HTML),
    "/search": ("Results as a page", SEARCH, HTML),
    "/search.json": ("Results as data", SEARCH | {"explain": "1: why each result is there"}, JSON),
    "/search.csv": ("Every result as a table", SEARCH, CSV),
    "/search.atom": ("Results as a feed", SEARCH, ATOM),
    "/suggest": ("Suggestions for what was typed so far", WORDS | {"format": "opensearch"}, JSON),
    "/entries/{slug}": ("One entry", SLUG | DAY, HTML),
    "/entries/{slug}.json": ("One entry as data", SLUG, JSON),
    "/entries/{slug}.ris": ("One entry for a reference manager", SLUG, RIS),
    "/entries/{slug}.md": ("One entry as Markdown", SLUG, MARKDOWN),
    "/what-to-do": ("First steps in a setting and a nation", NATION | {"setting": "Where the reader works"}, HTML),
    "/contacts": ("Whom to call", NATION | {"need": "Why the reader would call"}, HTML),
    "/contacts.json": ("Whom to call, as Open Referral UK (HSDS 3)", {}, JSON),
    "/nations/": ("Every nation", {}, HTML),
    "/nations/{nation}": ("One nation", NATION, HTML),
    "/nations/compare": ("Nations side by side", NATION, HTML),
    "/topics/": ("Every topic", {}, HTML),
    "/topics/{topic}": ("One topic", {"topic": "A topic"}, HTML),
    "/audiences/": ("Every audience", {}, HTML),
    "/audiences/{audience}": ("One audience", {"audience": "An audience"}, HTML),
    "/a-z": ("Every entry by title", {}, HTML),
    "/timeline": ("Entries in time", NATION | {"kind": "A kind"}, HTML),
    "/changes": ("What changed", {}, HTML),
    "/changes.atom": ("What changed, as a feed", {}, ATOM),
    "/pack": ("A pack of entries", PACK, HTML),
    "/pack.docx": ("A pack as a Word document", PACK, WORD),
    "/pack.csv": ("A pack as a table", PACK, CSV),
    "/pack.ris": ("A pack for a reference manager", PACK, RIS),
    "/pack/print": ("A pack to print", PACK, HTML),
    "/pack/code.svg": ("The code that leads to a pack's check", PACK, SVG),
    "/pack/check": ("What changed since a pack was taken", PACK | {"on": "The day on which it was taken"}, HTML),
    "/links": ("What the link checks found", LINKS, HTML),
    "/links.json": ("What the link checks found", LINKS, JSON),
    "/links.csv": ("What the link checks found, for a spreadsheet", LINKS, CSV),
    "/links.md": ("What the link checks found, for an issue tracker", LINKS, MARKDOWN),
    "/about": ("About Signpost", {}, HTML),
    "/privacy": ("What is kept of readers: nothing", {}, HTML),
    "/accessibility": ("What is done for every reader", {}, HTML),
    "/sitemap.xml": ("Every page worth finding", {}, XML),
    "/opensearch.xml": ("How a browser can search here", {}, "application/opensearchdescription+xml"),
    "/robots.txt": ("What robots may read", {}, "text/plain"),
    "/openapi.json": ("This description", {}, JSON),
    "/healthz": ("Whether the process answers", {}, JSON),
    "/readyz": ("Whether there is an edition to serve", {}, JSON),
}
ALSO: dict[str, dict[str, Any]] = {"/suggest": {"application/x-suggestions+json": {}}}
"""Second types of some answers."""
LEADS_ON = ("/entries/{slug}", "/entries/{slug}.json", "/entries/{slug}.ris", "/entries/{slug}.md", "/pack")
"""Addresses that may lead to another: an id that an entry covers, or a pack that the browser keeps."""


@pages.get("/openapi.json")
def description() -> Response:
    """The description, with the terms of this edition as the values that filters take."""
    paths = {path: {"get": _operation(path, *about)} for path, about in ADDRESSES.items()}
    paths["/pack/keep"] = {"post": _posted("Keep a pack in this browser")}
    paths["/pack/forget"] = {"post": _posted("Forget the pack that this browser keeps")}
    return jsonify(openapi="3.1.0", info={"title": "Signpost", "version": edition().id}, paths=paths)


def _operation(path: str, summary: str, parameters: dict[str, str], mimetype: str) -> dict[str, Any]:
    answers: dict[str, Any] = {"200": {"description": summary, "content": {mimetype: {}} | ALSO.get(path, {})}}
    answers["304"] = {"description": "What you have is what there is"}
    if "{" in path:
        answers["404"] = {"description": "There is no such thing"}
    if path in LEADS_ON:
        answers["301" if "{" in path else "302"] = {"description": "It is at another address"}
    if path != "/healthz":
        answers["503"] = {"description": "There is no edition to serve"}
    listed = [_parameter(name, words, f"{{{name}}}" in path) for name, words in parameters.items()]
    return {"summary": summary, "parameters": listed, "responses": answers}


def _parameter(name: str, words: str, in_path: bool) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    if name in FACETS:
        schema["examples"] = list(edition().vocabulary.facet(name))
    return {"name": name, "in": "path" if in_path else "query", "required": in_path, "description": words, "schema": schema}


def _posted(summary: str) -> dict[str, Any]:
    answers = {"303": {"description": "Done; the pack follows"}, "503": {"description": "There is no edition to serve"}}
    return {"summary": summary, "responses": answers}

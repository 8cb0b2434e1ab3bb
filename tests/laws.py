"""What holds whatever a stranger sends or an author writes. test_fuzz.py tries to break it by property, fuzz.py by coverage."""

import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote_to_bytes

from flask import Flask

from signpost import links, search
from signpost.content import entry_file, lists
from signpost.formats import link_report
from signpost.links.outcome import outcome_of
from signpost.links.presence import stands_in
from signpost.links.seen import Seen
from signpost.model import Citation, Finding, LinkChecks, Problem, Query, Use, Verdict
from signpost.search import Edition
from signpost.search.edition import labels_of
from signpost.search.passages import read_entry
from signpost.web.security import HEADERS
from tests.conftest import TODAY

PATIENCE = 60
"""Seconds after which something hangs. What is tried here takes thousandths of one."""
SPOKEN = ("Host", "Cookie", "X-Request-Id", "If-None-Match", "If-Modified-Since", "Range", "If-Range", "Accept", "Accept-Encoding")
SPOKEN += ("Content-Type", "Content-Length", "Authorization", "X-Forwarded-Proto", "Cache-Control", "Referer", "User-Agent", "Forwarded")
"""The headers that are tried."""
VALID = """title: A title
kind: guidance
nations: [wales]
audiences: [police]
topics: [age-assessment]
publisher: Somebody
status: current
force: non-statutory
links:
- {url: 'https://fuzz.example.org/', label: There}
sources:
- {background: Known to all.}
reviewed: 2026-11-01
review_in: 12 months
history:
- {on: 2026-11-01, change: new, note: Written to be broken.}
"""


class Inert(HTMLParser):
    """Refuses a page that holds code of its own, or elements and attributes that no template wrote."""

    def handle_starttag(self, tag, attrs):
        values = {name: value or "" for name, value in attrs}
        assert tag not in ("planted", "iframe", "object", "embed", "base"), tag
        assert not [name for name in values if name.startswith("on") or name in ("style", "srcdoc", "planted")], values
        assert tag != "script" or values.get("src", "").startswith("/static/") or values.get("type") == "application/ld+json", values
        for name in ("href", "src", "action", "formaction"):
            assert not values.get(name, "").strip().casefold().startswith(("javascript:", "data:", "vbscript:")), values


def is_inert(html: str) -> None:
    parser = Inert()
    parser.feed(html)
    parser.close()


@contextmanager
def ends() -> Iterator[None]:
    """Stop what does not end by itself, such as an expression that backtracks for ever."""

    def give_up(*_):
        raise AssertionError("this does not end")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def is_sound(answer) -> None:
    """No mistake of ours, all headers, and nothing in it that runs."""
    assert answer.status_code < 500
    assert HEADERS.items() <= dict(answer.headers).items()
    assert "X-Request-Id" in answer.headers
    if answer.mimetype == "text/html":
        is_inert(answer.get_data(as_text=True))
    answer.close()


@dataclass(frozen=True, repr=False)
class World:
    """An edition, the site that serves it, and the folder of a content library."""

    edition: Edition
    app: Flask
    content: Path

    def ask(self, **request):
        return self.app.test_client().open(**request)


def query(world: World, text: str) -> None:
    """Any text is a query: it ends, and what it marks is safe."""
    with ends():
        found = search.search(world.edition, Query(q=text))
        world.edition.suggester.suggest(text)
    for hit in found.hits:
        is_inert(hit.highlight)
        for passage in hit.passages:
            is_inert(passage.highlight)


def address(world: World, text: str) -> None:
    """Any path and any query string get an answer, as gunicorn hands them over."""
    path, _, asked = text.encode("utf-8", "replace").partition(b"?")
    as_sent = {"PATH_INFO": "/" + unquote_to_bytes(path.lstrip(b"/")).decode("latin-1"), "QUERY_STRING": asked.decode("latin-1")}
    with ends():
        is_sound(world.ask(environ_overrides=as_sent))


def headers(world: World, text: str) -> None:
    """Any headers get an answer. Each line is what one of the headers says."""
    lines = ["".join(c for c in line if c >= " ") for line in text.split("\n")]
    said = [(name, line.encode("utf-8", "replace").decode("latin-1")) for name, line in zip(SPOKEN, lines, strict=False) if line]
    with ends():
        for path in ("/search?q=age", "/pack", "/static/signpost.css"):
            is_sound(world.ask(path=path, headers=said))


def form(world: World, text: str) -> None:
    """Any body can be posted as a pack, and be kept as one."""
    body = text.encode("utf-8", "replace")
    cookie = f"signpost_pack={body.decode('latin-1')}"
    with ends():
        is_sound(world.ask(path="/pack/keep", method="POST", data=body, content_type="application/x-www-form-urlencoded"))
        is_sound(world.ask(path="/pack", headers=[("Cookie", "".join(c for c in cookie if c >= " "))]))


def file(world: World, text: str) -> None:
    """Any text can be a file: all that is wrong with it is told, and what is made of it does not run."""
    folder = world.content / "entries" / "guidance"
    with tempfile.NamedTemporaryFile(dir=folder, prefix="fuzzed", suffix=".md") as written, ends():
        written.write(text.encode("utf-8", "surrogatepass"))
        written.flush()
        draft = entry_file.read(Path(written.name), world.content, world.edition.vocabulary)
        problems = list(draft.problems(world.edition.vocabulary, TODAY))
        assert draft.entry or problems
        assert all(problem.message for problem in problems)
        if draft.entry:
            read_entry(draft.entry, labels_of(world.edition.vocabulary), world.edition.lexicon.words)
            for html in (draft.entry.summary_html, *(section.html for section in draft.entry.sections)):
                is_inert(html)


def front_matter(world: World, text: str) -> None:
    """Any front matter."""
    file(world, f"---\n{text}\n---\nA summary.\n")


def added_key(world: World, text: str) -> None:
    """Any line in front matter that is otherwise right."""
    file(world, f"---\n{VALID}{text}\n---\nA summary.\n")


def markdown(world: World, text: str) -> None:
    """Any text below front matter that is right."""
    file(world, f"---\n{VALID}---\n{text}\n")


def guide(world: World, text: str) -> None:
    """Any text can be a guide: what is wrong with it is told."""
    world.content.joinpath("comparison.yaml").write_bytes(text.encode("utf-8", "surrogatepass"))
    problems: list[Problem] = []
    with ends():
        lists.load_guides(world.content, world.edition.by_slug, problems)
    assert all(problem.message for problem in problems)


def fetched(world: World, text: str) -> None:
    """Any page that the link check meets is judged, and none of its words becomes markup in the report."""
    seen = Seen("https://fuzz.example.org/a/b", status=200, title=text[:300], text=text)
    with ends():
        judged = outcome_of(seen, seen, (text[:80],))
        stands_in("0808 800 5000", text)
    entry = world.edition.entries[0]
    verdict = Verdict(url=seen.url, kind="dead", summary=judged.evidence, evidence=(judged.evidence,))
    finding = Finding(verdict, (Use(entry, Citation(seen.url, "link", 1), judged.final_url),))
    report = replace(links.report([], (), LinkChecks(), TODAY), repairs=(finding,))
    is_inert(link_report.as_html(report))
    assert all(
        line.startswith(("#", "- `", "  - `")) or not line or line[0].isdigit() for line in link_report.as_markdown(report).splitlines()
    )


LAWS: dict[str, Callable[[World, str], None]] = {
    law.__name__: law for law in (query, address, headers, form, file, front_matter, added_key, markdown, guide, fetched)
}

"""Link checks, against a stand-in server on the loopback address."""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from signpost import links
from signpost.settings import ROOT
from tests.conftest import ANSWERS

MONDAY, TUESDAY = datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture(scope="module")
def seen(web) -> dict[str, links.Seen]:
    """What one run sees of them, and of a host that is not there."""
    urls = [web + path for path in ANSWERS] + ["http://127.0.0.1:9/down"]
    return {seen.url.removeprefix(web): seen for seen in links.look_at(urls, "Signpost-test/1.0 (+https://example.org)")}


@pytest.mark.parametrize(
    ("path", "outcome"),
    [
        ("/ok", "working"),
        ("/moved", "moved"),
        ("/missing", "failing"),
        ("/gone", "failing"),
        ("/forbidden", "blocked"),
        ("/private", "not-checked"),
        ("http://127.0.0.1:9/down", "failing"),
    ],
)
def test_each_answer_is_seen_for_what_it_is(seen, path, outcome):
    assert seen[path].outcome == outcome


def test_a_move_says_where_to(seen, web):
    assert seen["/moved"].final_url == f"{web}/ok"


def test_every_followable_address_is_collected_with_who_cites_it(library):
    cited = links.citations(library.entries.values())
    assert [(use.slug, use.where) for use in cited["https://www.example.org/age-guide"]] == [("new-age-guide", "link")]
    assert "https://www.example.org/new-age-guide" in cited, "sources are links too"
    assert "http://old.example.org/age" not in cited, "dead links are not followed"


def look(url, outcome):
    return links.Seen(url, outcome, "", url)


def test_the_history_remembers_when_a_page_last_worked(tmp_path):
    history = tmp_path / "links.sqlite"
    with links.opened(history) as database:
        links.remember(database, [look("https://a.example", "working")], MONDAY)
        links.remember(database, [look("https://a.example", "failing")], TUESDAY)
    verdict = links.verdicts(history)["https://a.example"]
    assert (verdict.kind, verdict.checked[:10], verdict.last_working[:10]) == ("suspect", "2026-11-24", "2026-11-23")


def test_without_a_history_nothing_is_known(tmp_path):
    assert links.verdicts(tmp_path / "links.sqlite") == {}


def test_opening_an_old_history_brings_it_up_to_date_once(tmp_path):
    for _ in range(2):
        with links.opened(tmp_path / "links.sqlite") as database:
            assert database.execute("PRAGMA user_version").fetchone() == (1,)


def test_the_entry_page_and_the_report_show_the_verdict(index_dir, client):
    with links.opened(index_dir / "links.sqlite") as database:
        links.remember(database, [look("https://www.example.org/age-guide", "failing")], TUESDAY)
    try:
        assert "Did not answer properly, looked at 24 November 2026" in client.get("/entries/new-age-guide").text
        report = client.get("/links").text
        assert "https://www.example.org/age-guide" in report
        assert '<a class="govuk-link" href="/entries/new-age-guide">Age assessment guide</a> (link)' in report
    finally:
        for path in index_dir.glob("links.sqlite*"):
            path.unlink()


def test_a_checker_that_cannot_run_is_an_error_not_a_clean_report(monkeypatch):
    monkeypatch.setattr("signpost.links.linkchecker.sys.executable", "/bin/false")
    with pytest.raises(links.LinkCheckError, match=r"cannot be read|ended with"):
        list(links.look_at(["http://127.0.0.1:9/"], "x"))


def test_the_script_checks_an_edition_and_says_what_needs_attention(written, tmp_path, web):
    for path in (written / "entries").rglob("*.md"):
        text = re.sub(r"https?://[\w.]+/[\w/-]*", f"{web}/ok", path.read_text(encoding="utf-8"))
        links_once = text.replace(f"url: {web}/ok", f"url: {web}/{'missing' if path.stem == 'new-age-guide' else 'moved?' + path.stem}")
        path.write_text(links_once, encoding="utf-8")
    settings = os.environ | {"SIGNPOST_CONTENT_DIR": str(written), "SIGNPOST_INDEX_DIR": str(tmp_path / "index")}
    for script, code in (("build_index", 0), ("check_links", 1)):
        command = [sys.executable, str(ROOT / "scripts" / f"{script}.py")]
        done = subprocess.run(command, env=settings, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr
    assert f"{web}/missing" in done.stdout
    assert "cited by new-age-guide" in done.stdout
    assert "1 need attention" in done.stdout

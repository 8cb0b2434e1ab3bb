"""Link checks, part by part: what one look means, the verdict, the history, the report, the repair, the page and the scripts."""

import csv
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest

from signpost import links
from signpost.formats import link_report
from signpost.links import history, judge, outcome, presence, repair, runner
from signpost.links.archive import archived_copy
from signpost.links.seen import Hop
from signpost.model import Citation, Excuse, Finding, LinkChecks, LinkRun, Presence, Use, Verdict
from signpost.settings import ROOT
from tests.conftest import ANSWERS, eventually, quiet, soup, words

MONDAY, TODAY = datetime(2026, 11, 23, 3, tzinfo=UTC), date(2026, 11, 23)
PAGE = "https://www.example.org/age-guide"
SURE = links.Manner("Signpost-test/1.0 (+https://example.org)", timeout=3, pause=0.01, allow_private=True)


# One look


@pytest.mark.parametrize(
    ("seen", "word"),
    [
        ({"status": 200, "title": "Age guide", "text": "Who may assess age."}, "working"),
        ({"status": 200, "hops": (Hop(301, "https://x.example/new"),)}, "moved"),
        ({"status": 200, "hops": (Hop(302, "https://x.example/today"),)}, "working"),
        ({"status": 200, "hops": (Hop(302, "https://x.example/sign-in?next=a"),)}, "blocked"),
        ({"status": 200, "hops": (Hop(301, "https://www.x.example/"),)}, "home"),
        ({"status": 200, "hops": (Hop(301, "https://other.example/"),)}, "moved"),
        ({"status": 403}, "blocked"),
        ({"status": 503, "challenged": True}, "blocked"),
        ({"status": 404}, "missing"),
        ({"status": 410}, "gone"),
        ({"status": 429}, "rate-limited"),
        ({"status": 500}, "server-error"),
        ({"status": 200, "title": "404 - page not found"}, "soft-404"),
        ({"status": 200, "title": "x.example", "text": "Buy this domain."}, "parked"),
        ({"status": 200, "fragment_found": False}, "no-fragment"),
        ({"trouble": "robots"}, "not-checked"),
        ({"trouble": "private"}, "private"),
    ],
)
def test_each_look_is_taken_for_what_it_is(seen, word):
    assert outcome.outcome_of(links.Seen("https://x.example/deep/page", **seen)).word == word


def test_a_long_page_that_mentions_a_missing_child_is_not_a_missing_page():
    seen = links.Seen(PAGE, status=200, title="A child was not found", text="What to do when a child is missing. " * 200)
    assert outcome.outcome_of(seen).word == "working"


def test_a_site_that_shows_programs_one_page_for_all_is_not_called_dead():
    shell = links.Seen(PAGE, status=200, title="App", text="You need JavaScript to use this site.")
    assert outcome.outcome_of(shell, shell).word == "same-for-all"


def test_a_move_ends_at_the_first_redirect_that_is_only_for_now():
    hops = (Hop(301, "https://x.example/new"), Hop(302, "https://x.example/new/today"))
    assert outcome.outcome_of(links.Seen("https://x.example/a#part", status=200, hops=hops)).final_url == "https://x.example/new#part"


@pytest.mark.parametrize(
    ("value", "text", "there"),
    [
        ("0808 800 5000", "Call 08088005000 now", True),
        ("0808 800 5000", "Call (0808) 800-5000.", True),
        ("020 7783 4000", "+44 (0)20 7783 4000", True),
        ("+44 20 7783 4000", "Tel. 020 7783 4000", True),
        ("0808 800 5000", "Call 0808 800 50001", False),
        ("0808 800 5000", "Call 0808 800 5001", False),
        ("101", "Dial 101 when it can wait", True),
        ("101", "Room 1101", False),
        ("help@example.org", "mailto:Help@Example.org", True),
        ("help@example.org", "help at example dot org", False),
    ],
)
def test_a_number_or_e_mail_is_found_in_any_spacing(value, text, there):
    assert presence.stands_in(value, text) is there


@pytest.mark.parametrize(
    ("url", "day", "copy"),
    [
        ("https://www.gov.uk/a", "2026-11-20", "https://webarchive.nationalarchives.gov.uk/ukgwa/20261120000000/https://www.gov.uk/a"),
        ("https://www.gov.scot/a", "2026-11-20", "https://web.archive.org/web/20261120/https://www.gov.scot/a"),
        ("https://x.example/a", "", "https://web.archive.org/web/*/https://x.example/a"),
        ("https://web.archive.org/web/2019/https://x.example", "2026-11-20", ""),
    ],
)
def test_the_archived_copy_is_made_by_rule(url, day, copy):
    assert archived_copy(url, day) == copy


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.1.1", "::1", "fe80::1", "localhost", "router", "x.local"]
)
def test_private_addresses_are_known(host):
    assert runner._is_private(host)


@pytest.mark.parametrize("host", ["www.gov.uk", "8.8.8.8", "2606:4700::1111"])
def test_public_addresses_are_known(host):
    assert not runner._is_private(host)


def test_a_name_that_leads_to_a_private_address_is_not_resolved(monkeypatch):
    monkeypatch.setattr("socket.getaddrinfo", lambda *a, **k: [(2, 1, 6, "", ("10.0.0.1", 80))])
    runner.only_public_names({"proxy.example"})
    import socket

    with pytest.raises(runner.PrivateAddressError):
        socket.getaddrinfo("rebound.example", 80)
    assert socket.getaddrinfo("proxy.example", 80), "an operator's own proxy may be private"


# The verdict


def look(word, days=0, title="", url=PAGE):
    at = (MONDAY + timedelta(days=days)).isoformat(timespec="seconds")
    return judge.Observation(url, at, word, f"seen as {word}", title=title)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (["working"], "working"),
        (["missing"], "suspect"),
        (["missing", "missing", "missing"], "suspect"),
        (["missing", "missing", "missing", "missing"], "dead"),
        (["missing", "working", "missing", "missing"], "suspect"),
        (["missing", "blocked", "missing", "missing", "missing"], "dead"),
        (["gone"], "dead"),
        (["vanished"], "suspect"),
        (["vanished", "vanished"], "dead"),
        (["certificate"] * 9, "suspect"),
        (["blocked"] * 9, "blocked"),
        (["rate-limited"] * 9, "blocked"),
        (["working", "parked"], "hijacked"),
        (["parked", "timeout"], "hijacked"),
        (["parked", "working"], "working"),
        (["not-checked"], "not-checked"),
    ],
)
def test_the_verdict_is_judged_from_all_looks_a_day_apart(words, kind):
    assert judge.judge([look(word, days) for days, word in enumerate(words)], judge.Expected()).kind == kind


def test_three_failures_within_an_hour_are_not_yet_a_death():
    looks = [judge.Observation(PAGE, f"2026-11-23T03:{minute}:00+00:00", "missing", "") for minute in ("00", "20", "40")]
    assert judge.judge(looks, judge.Expected()).kind == "suspect"


def test_two_failures_are_not_a_death_however_far_apart():
    assert judge.judge([look("missing", 0), look("missing", 9)], judge.Expected()).kind == "suspect"


def test_a_new_title_is_suspect_until_a_person_has_read_the_page_again():
    looks = [look("working", 0, "Age assessment guidance"), look("working", 1, "Bin collection days")]
    names = ("Age assessment guidance",)
    assert judge.judge(looks, judge.Expected(names, "2026-11-23")).kind == "suspect"
    assert judge.judge(looks, judge.Expected(names, "2026-11-24")).kind == "working"


def test_a_verdict_says_what_to_do_and_what_was_seen():
    verdict = judge.judge([look("working"), look("certificate", 1)], judge.Expected())
    assert "Tell the site's owner" in verdict.advice
    assert verdict.evidence == ("2026-11-24: seen as certificate", "2026-11-23: seen as working")
    assert verdict.last_working.startswith("2026-11-23")


# The history


def test_an_old_history_is_brought_up_to_date_and_keeps_what_it_knew(tmp_path):
    path = tmp_path / "links.sqlite"
    with sqlite3.connect(path) as old:
        old.executescript(f"{history.MIGRATIONS[0]} PRAGMA user_version=1;")
        old.execute("INSERT INTO observation VALUES ('https://a.example', '2026-11-01', 'failing', '404 Not Found', '')")
    old.close()
    for _ in range(2):
        with history.opened(path) as now:
            assert [look.word for look in now.observations()["https://a.example"]] == ["missing"]


def test_without_a_check_nothing_is_known(tmp_path):
    assert links.published(tmp_path) == LinkChecks()
    assert links.stamp(tmp_path) == 0


def test_a_file_of_another_version_counts_as_no_check(tmp_path):
    tmp_path.joinpath("links.json").write_text('{"verdicts": 5}')
    assert links.published(tmp_path) == LinkChecks()


# A run, on the loopback address


def run(folder, urls, clock=lambda: MONDAY):
    return links.check(folder, dict.fromkeys(urls, ()), SURE, clock, quiet)


def test_a_run_sees_what_stands_there(web, tmp_path):
    checks = run(tmp_path, [web + path for path in ANSWERS])
    kinds = {url.removeprefix(web): verdict.kind for url, verdict in checks.verdicts.items()}
    expected = {"/ok": "working", "/missing": "suspect", "/gone": "dead", "/forbidden": "blocked", "/private": "not-checked"}
    assert kinds == expected | {"/moved": "moved"}
    assert checks.verdicts[f"{web}/moved"].final_url == f"{web}/ok"


def test_no_private_address_is_asked_unless_that_is_allowed(web, tmp_path):
    checks = links.check(tmp_path, {f"{web}/ok": ()}, replace(SURE, allow_private=False), lambda: MONDAY, quiet)
    assert "not on the public internet" in checks.verdicts[f"{web}/ok"].summary


def test_a_network_that_is_down_leaves_no_trace(tmp_path, web):
    run(tmp_path, [f"{web}/ok"])
    with pytest.raises(links.LinkCheckError, match="network must be down"):
        run(tmp_path, [f"http://127.0.0.{n}:9/" for n in range(1, 6)], lambda: MONDAY + timedelta(days=1))
    with history.opened(tmp_path / "links.sqlite") as kept:
        assert list(kept.observations()) == [f"{web}/ok"]
        assert len(kept.runs()) == 1


def test_only_one_run_goes_on_at_a_time(tmp_path, web):
    from signpost.links.check import _only_run

    with _only_run(tmp_path), pytest.raises(links.LinkCheckError, match="another link check is running"):
        run(tmp_path, [f"{web}/ok"])


def test_a_checker_that_cannot_run_is_an_error_not_a_clean_report(tmp_path, monkeypatch):
    monkeypatch.setattr("signpost.links.look.sys.executable", "/bin/false")
    with pytest.raises(links.LinkCheckError, match=r"ended with"):
        run(tmp_path, ["http://127.0.0.1:9/"])


# The report


@pytest.fixture
def found(library):
    """A report on six entries: one link dead, one source moved, one contact lost, one excuse expired."""
    entries = [replace(entry, citations=entry.citations) for entry in library.entries.values()]
    moved = "https://www.example.org/new-age-guide"
    verdicts = {
        PAGE: Verdict(
            url=PAGE, kind="dead", summary="Gone.", failing_since="2026-11-13T00:00:00+00:00", archived="https://web.archive.org/x"
        ),
        moved: Verdict(url=moved, kind="moved", summary="Moved.", final_url="https://www.example.org/newer"),
    }
    use = next(c for e in entries for c in e.citations if c.where == "contact")
    lost = Presence(use.shows[0], use.url, "2026-11-23T00:00:00+00:00", found=False, last_found="2026-11-16T00:00:00+00:00")
    runs = (LinkRun("2026-11-23T00:00:00+00:00", "2026-11-23T01:00:00+00:00", {"dead": 1}),)
    excuses = (Excuse("https://old.example/*", "members only", "A. Person", "2026-01-31"),)
    return links.report(entries, excuses, LinkChecks(verdicts, (lost,), runs), TODAY)


def test_what_harms_most_comes_first(found):
    assert (found.repairs[0].verdict.url, found.repairs[0].verdict.kind) == (PAGE, "dead")
    assert "broken for 10 days" in found.repairs[0].why
    assert len(found.lost) == 1
    assert found.needs_attention == len(found.repairs) + 2, "a lost contact and an expired excuse count too"


def test_each_use_says_where_it_stands_and_what_to_write(found, written):
    for finding in found.repairs:
        for use in finding.uses:
            path, line = use.place.rsplit(":", 1)
            assert finding.verdict.url in (written.parent / path).read_text(encoding="utf-8").splitlines()[int(line) - 1]
    assert {use.paste for finding in found.repairs for use in finding.uses} == {"dead: true", "page: https://www.example.org/newer"}


@pytest.mark.parametrize(("streak", "part"), [(1, "watched"), (2, "watched"), (0, "repairs")])
def test_what_fails_but_is_not_dead_is_watched_and_what_is_wrong_otherwise_is_a_repair(library, streak, part):
    checks = LinkChecks({PAGE: Verdict(url=PAGE, kind="suspect", summary="", streak=streak)})
    report = links.report(list(library.entries.values()), (), checks, TODAY)
    assert [finding.verdict.url for finding in getattr(report, part)] == [PAGE]


def excused(library, kind, expires="2027-01-31"):
    checks = LinkChecks({PAGE: Verdict(url=PAGE, kind=kind, summary="")})
    return links.report(list(library.entries.values()), [Excuse("https://www.example.org/age*", "why", "who", expires)], checks, TODAY)


def test_an_excused_link_is_listed_apart_until_its_excuse_expires(library):
    assert excused(library, "dead").needs_attention == 0
    assert [f.excuse.reason for f in excused(library, "dead").excused] == ["why"]
    assert excused(library, "dead", expires="2026-11-22").needs_attention == 2


def test_nothing_excuses_a_squatter(library):
    assert [f.verdict.kind for f in excused(library, "hijacked").repairs] == ["hijacked"]


def test_the_reports_hold_the_same_things_in_every_format(found):
    data = json.loads(link_report.as_json(found))
    assert [one["url"] for one in data["repairs"]] == [finding.verdict.url for finding in found.repairs]
    rows = list(csv.DictReader(StringIO(link_report.as_csv(found))))
    assert len(rows) == found.total + len(found.lost)
    for made in (link_report.as_markdown(found), link_report.as_html(found), link_report.in_short(found)):
        assert PAGE in made
        assert found.lost[0].presence.value in made


def test_words_from_other_sites_are_never_markup(library):
    evil = "<script>alert(1)</script> @everyone `code`"
    finding = Finding(
        Verdict(url=PAGE, kind="dead", summary=evil), (Use(next(iter(library.entries.values())), Citation(PAGE, "link", 3), ""),)
    )
    report = replace(links.report([], (), LinkChecks(), TODAY), repairs=(finding,))
    assert "<script>" not in link_report.as_html(report)
    assert "  - `dead: <script>alert(1)</script> @everyone 'code'`" in link_report.as_markdown(report)


# The repair


def test_a_repair_changes_the_address_and_not_one_other_byte(tmp_path):
    path = tmp_path / "content" / "entry.md"
    path.parent.mkdir()
    before = b"---\r\nlinks:\r\n  - url: http://a.example/x   # why\r\n---\r\nSee [it](http://a.example/xy) and\r\n[that](http://a.example/x).\r\n"
    path.write_bytes(before)
    assert repair.apply(repair.Move("content/entry.md", 3, "http://a.example/x", "https://b.example/x"), tmp_path)
    assert path.read_bytes() == before.replace(b"url: http://a.example/x ", b"url: https://b.example/x ")
    assert repair.apply(repair.Move("content/entry.md", 5, "http://a.example/x", "https://b.example/x"), tmp_path)
    assert path.read_bytes().endswith(b"[it](http://a.example/xy) and\r\n[that](https://b.example/x).\r\n")
    assert not repair.apply(repair.Move("content/entry.md", 3, "http://a.example/x", "https://b.example/x"), tmp_path)


def test_only_https_on_the_same_host_is_accepted_without_asking():
    assert repair.Move("", 1, "http://a.example/x?y", "https://a.example/x?y").is_upgrade
    assert not repair.Move("", 1, "http://a.example/x", "https://a.example/y").is_upgrade
    assert not repair.Move("", 1, "http://a.example/x", "https://www.a.example/x").is_upgrade


# The pages


@pytest.fixture
def published(index_dir, found):
    """The checks of `found`, as a run publishes them."""
    verdicts = {finding.verdict.url: finding.verdict for finding in found.repairs}

    def publish(**kinds):
        changed = {url: replace(verdict, kind=kinds.get("kind", verdict.kind)) for url, verdict in verdicts.items()}
        links.publish(index_dir, LinkChecks(changed, tuple(one.presence for one in found.lost), found.runs * 2))

    publish()
    yield publish
    index_dir.joinpath("links.json").unlink()


def test_a_dead_link_is_text_with_its_archived_copy(client, published):
    page = client.get("/entries/new-age-guide")
    assert not soup(page).find("a", href=PAGE)
    assert soup(page).find("a", href="https://web.archive.org/x").text == "Archived copy"
    assert "not checked: it may not exist" in words(page)


def test_a_link_taken_over_by_others_is_linked_nowhere_from_the_next_request_on(client, published):
    published(kind="hijacked")
    page = client.get("/entries/new-age-guide")
    assert not soup(page).find("a", href=re.compile("example.org/(new-)?age-guide"))
    assert "Taken over by others" in words(page)
    for twin in ("ris", "json"):
        assert f'"url": "{PAGE}", "dead": false' not in client.get(f"/entries/new-age-guide.{twin}").text
    assert f"UR  - {PAGE}" not in client.get("/entries/new-age-guide.ris").text
    assert PAGE not in client.get("/pack.csv?entry=new-age-guide").text


def test_a_contact_that_has_gone_from_its_page_is_not_offered_for_a_call(client, published, found):
    page = client.get(f"/entries/{found.lost[0].uses[0].entry.slug}")
    assert "is no longer on that page" in words(page)
    assert not soup(page).find("a", href=re.compile("^tel:.*" + re.sub(r"\D", "", found.lost[0].presence.value)[-6:]))


def test_the_report_page_says_what_to_do_first(client, published):
    page = client.get("/links")
    said = words(page)
    assert "need attention" in said
    assert said.index("gone from their page") < said.index("Repair these, first things first")
    assert "Write dead: true" in said
    assert "Broken addresses over the last 2 checks" in said


def test_the_report_page_can_be_filtered(client, published):
    assert PAGE in client.get("/links?verdict=dead").text
    assert PAGE not in client.get("/links?verdict=moved").text
    assert "No address is like that" in words(client.get("/links?host=nowhere.example&verdict=working"))
    assert json.loads(client.get("/links.json?verdict=dead").text)["addresses"] == 1


def test_before_the_first_check_the_page_says_which_command_to_run(client):
    assert "No check has been run yet. Run python scripts/check_links.py" in words(client.get("/links"))


# The scripts


@pytest.fixture
def shop(written, tmp_path, web):
    """An edition whose addresses all lead to the stand-in, and how to run a script on it."""
    for path in (written / "entries").rglob("*.md"):
        text = re.sub(r"https?://[\w.]+/[\w/-]*", f"{web}/ok?{path.stem}", path.read_text(encoding="utf-8"))
        kind = {"new-age-guide": "missing", "old-age-guide": "ok"}.get(path.stem, "moved")
        path.write_text(re.sub(rf"url: {web}/ok\?", f"url: {web}/{kind}?", text), encoding="utf-8")
    settings = {"CONTENT_DIR": written, "INDEX_DIR": tmp_path / "index", "LINK_ALLOW_PRIVATE": 1, "LINK_PAUSE": 0.01}
    environment = os.environ | {f"SIGNPOST_{name}": str(value) for name, value in settings.items()}

    def command(script, *arguments, **more):
        call = [sys.executable, str(ROOT / "scripts" / f"{script}.py"), *arguments]
        return subprocess.run(call, env=environment, capture_output=True, text=True, check=False, **more)

    command.environment = environment
    assert command("build_index").returncode == 0
    return command


def test_the_scripts_check_report_and_repair(shop, written, tmp_path):
    done = shop("check_links")
    assert done.returncode == 1, done.stderr
    assert re.search(r"content/entries/\S+\.md:\d+: moved: http", done.stdout)
    assert done.stderr == "", "quiet where nobody watches"
    for suffix in ("html", "json", "csv", "md"):
        assert (tmp_path / "index" / f"link-report.{suffix}").stat().st_size > 100
    listed = shop("fix_links", "--list")
    assert "+ http" in listed.stdout
    before = {path: path.read_bytes() for path in (written / "entries").rglob("*.md")}
    assert shop("fix_links", "--yes").returncode == 0
    assert before == {path: path.read_bytes() for path in before}, "a move to another path is not accepted unasked"
    done = shop("fix_links", input="y\n" * 20)
    assert done.returncode == 0
    assert re.search(r"\d written: look at git diff, then run scripts/build_index.py", done.stdout)
    changed = [path for path in before if path.read_bytes() != before[path]]
    assert changed
    assert b"/moved" not in b"".join(path.read_bytes() for path in changed)


@contextmanager
def slow_check(shop, looks, **how):
    """A link check that runs, once it has looked at so many addresses."""
    script, slow = [sys.executable, str(ROOT / "scripts" / "check_links.py")], shop.environment | {"SIGNPOST_LINK_PAUSE": "1"}
    path = Path(shop.environment["SIGNPOST_INDEX_DIR"]) / "links.sqlite"
    with subprocess.Popen(script, env=slow, stdout=subprocess.DEVNULL, **how) as run:
        eventually(lambda: looked_at(path) >= looks)
        yield run


def test_a_run_killed_at_any_moment_loses_nothing_and_the_next_carries_on(shop, tmp_path):
    path = tmp_path / "index" / "links.sqlite"
    known = 0
    for wait_for in (1, 3, 5):
        with slow_check(shop, wait_for, stderr=subprocess.DEVNULL) as run:
            run.send_signal(signal.SIGKILL)
        assert looked_at(path) >= max(known, wait_for), "what was seen before the kill is still there"
        known = looked_at(path)
    assert shop("check_links").returncode == 1
    with sqlite3.connect(path) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("SELECT count(*) FROM run").fetchone() == (1,), "the run was carried on, not begun again"
        assert database.execute("SELECT max(n) FROM (SELECT count(*) AS n FROM observation GROUP BY url)").fetchone() == (1,)
    database.close()


def test_a_run_that_is_interrupted_says_that_it_can_be_carried_on(shop):
    with slow_check(shop, 1, stderr=subprocess.PIPE, text=True) as run:
        run.send_signal(signal.SIGINT)
        said = run.stderr.read()
    assert (run.returncode, said.strip()) == (2, "stopped; what was seen is kept, and the next run carries on.")


def looked_at(path) -> int:
    if not path.exists():
        return 0
    try:
        database = sqlite3.connect(path)
        try:
            return database.execute("SELECT count(*) FROM observation").fetchone()[0]
        finally:
            database.close()
    except sqlite3.OperationalError:
        return 0


def test_fix_links_before_any_check_says_what_to_run(shop):
    done = shop("fix_links")
    assert done.returncode == 1
    assert "scripts/check_links.py" in done.stderr

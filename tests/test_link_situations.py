"""The link check over four simulated days on a stand-in for the internet: every situation gets the verdict a careful person would give."""

from datetime import UTC, datetime, timedelta

import pytest

from signpost import links
from signpost.model import Citation
from tests.conftest import quiet
from tests.internet import DAYS, SITUATIONS, internet

FIRST = datetime(2026, 11, 23, 3, tzinfo=UTC)
MANNER = links.Manner("Signpost-test/1.0 (+https://example.org)", timeout=0.7, pause=0.02)
BY_NAME = {situation.name: situation for situation in SITUATIONS}


@pytest.fixture(scope="module")
def days(real_edition, tmp_path_factory):
    """What was published on each day, and what the stand-in was asked."""
    cited = links.cited_by(real_edition.entries)
    entry = real_edition.entries[0]
    wanted = {s.url: cited.get(s.url) or [(entry, Citation(s.url, "link", 1))] for s in SITUATIONS}
    folder = tmp_path_factory.mktemp("links")
    published = []
    with internet() as web, pytest.MonkeyPatch.context() as patched:
        for name, value in web.environment.items():
            patched.setenv(name, value)
        for day in DAYS:
            web.day = day
            now = FIRST + timedelta(days=day)
            published.append(links.check(folder, wanted, MANNER, lambda now=now: now, quiet))
        asked = list(web.asked)
    return published, asked, web.sent


def verdict(days, name, day=-1):
    return days[0][day].verdicts[BY_NAME[name].url]


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.name)
def test_after_four_days_each_situation_has_the_verdict_that_a_careful_person_would_give(days, situation):
    found = verdict(days, situation.name)
    assert found.kind == situation.truth, found.evidence


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("404", ["suspect", "suspect", "suspect", "dead"]),
        ("410", ["dead", "dead", "dead", "dead"]),
        ("no such host", ["suspect", "dead", "dead", "dead"]),
        ("503 for ever", ["suspect", "suspect", "suspect", "dead"]),
        ("403", ["blocked", "blocked", "blocked", "blocked"]),
        ("parked", ["hijacked", "hijacked", "hijacked", "hijacked"]),
        ("changed title", ["working", "working", "suspect", "suspect"]),
        ("flaky", ["working", "suspect", "working", "working"]),
        ("expired", ["suspect", "suspect", "suspect", "suspect"]),
    ],
)
def test_a_verdict_grows_from_what_was_seen_day_by_day(days, name, kinds):
    assert [verdict(days, name, day).kind for day in DAYS] == kinds


def test_nothing_is_called_dead_on_the_first_day_but_what_says_so_itself(days):
    assert [v.url for v in days[0][0].verdicts.values() if v.kind == "dead"] == [BY_NAME["410"].url]


def test_a_move_names_the_address_at_the_end_of_the_chain(days):
    assert verdict(days, "301 chain").final_url == "https://www.unicef.org.uk/about-us/contact/"


def test_a_dead_government_page_has_a_government_archive_address_that_nobody_has_seen(days):
    found = verdict(days, "404")
    assert found.archived.startswith("https://webarchive.nationalarchives.gov.uk/ukgwa/2026")
    assert found.archived.endswith(found.url)
    assert found.archived_seen == ""


def test_a_verdict_says_when_the_page_last_worked_and_how_long_it_has_failed(days):
    found = verdict(days, "changed title")
    assert found.last_working.startswith("2026-11-26")
    assert (verdict(days, "404").failing_since[:10], verdict(days, "404").streak) == ("2026-11-23", 4)


def test_robots_denied_is_never_asked_for(days):
    asked = {(one.host, one.path) for one in days[1]}
    host = "publichealthwales.nhs.wales"
    assert {path for where, path in asked if where == host and path} == {"/robots.txt"}


def test_no_private_address_is_ever_asked(days):
    assert not [one for one in days[1] if one.host in ("10.0.0.1", "127.0.0.1", "localhost")]


def test_of_a_huge_page_only_the_beginning_is_taken(days):
    assert 0 < days[2]["nationalcrimeagency.gov.uk"] < len(DAYS) * 20_000_000, "200 MB are offered each time"


def test_every_request_says_who_asks_and_whom_to_write_to(days):
    assert {one.agent for one in days[1] if one.agent} == {MANNER.user_agent}


def test_a_number_that_has_gone_from_its_page_is_reported_and_one_in_another_spacing_is_not(days):
    seen = {(presence.value, presence.url): presence for presence in days[0][-1].presences}
    gone = seen["0808 800 5000", BY_NAME["phone gone"].url]
    assert (gone.found, gone.last_found[:10]) == (False, "2026-11-24")
    assert seen["08000 121 700", BY_NAME["phone in another spacing"].url].found


def test_what_changed_with_the_last_run_is_said(days):
    turns = {turn.url: (turn.before, turn.after) for turn in days[0][-1].turns}
    assert turns[BY_NAME["404"].url] == ("suspect", "dead")
    assert BY_NAME["200"].url not in turns


def test_each_run_is_kept_with_its_counts(days):
    runs = days[0][-1].runs
    assert [run.ended[:10] for run in runs] == ["2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26"]
    assert runs[0].kinds["dead"] == 1
    assert runs[-1].kinds["dead"] == sum(situation.truth == "dead" for situation in SITUATIONS)

"""The stand-in for the internet plays what it says: what the verdicts of the link check rest on is itself looked at."""

import os
import re
import socket
import ssl
import stat
import subprocess
import sys
import threading
import time
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
import requests

from tests.internet import DAYS, SITUATIONS, TRUTHS, internet
from tests.internet.answers import place
from tests.internet.content import real_pages

BY_NAME = {situation.name: situation for situation in SITUATIONS}
SEEN = {
    "200": [200],
    "301 chain": [301, 301, 200],
    "https upgrade": [301, 200],
    "302": [302, 200],
    "redirect loop": requests.TooManyRedirects,
    "redirect to home": [301, 200],
    "redirect to 10.0.0.1": [302, 200],
    "redirect to 127.0.0.1": [301, 200],
    "401": [401],
    "403": [403],
    "challenge 403": [403],
    "challenge 503": [503],
    "challenge 200": [200],
    "404": [404],
    "410": [410],
    "soft 404": [200],
    "soft 404 without the words": [200],
    "429 then 200": [429],
    "429 for ever": [429],
    "500 then 200": [500],
    "503 for ever": [503],
    "flaky": [200],
    "time-out": requests.ReadTimeout,
    "reset": requests.ConnectionError,
    "slow body": [200],
    "huge body": [200],
    "no such host": "502 Name or service not known",
    "refused": "502 Connection refused",
    "self-signed": "self-signed certificate",
    "expired": "certificate has expired",
    "wrong name": "Hostname mismatch",
    "robots deny": [200],
    "robots broken": [200],
    "missing fragment": [200],
    "fragment": [200],
    "parked": [200],
    "re-sold": [200],
    "changed title": [200],
    "title unlike the entry's": [200],
    "gambling in the text": [200],
    "'not found' in the text": [200],
    "captcha on a form": [200],
    "PDF": [200],
    "Latin-1": [200],
    "phone gone": [200],
    "phone in another spacing": [200],
}
"""What a client sees on the first day at its first look: the statuses on the way, or how it fails. A slow head never lets it see."""


@pytest.fixture
def web():
    with internet() as web:
        yield web


@pytest.fixture
def client(web):
    """A client of that internet alone: the machine's own proxy and authorities stay out of it."""
    with requests.Session() as session:
        session.trust_env = False
        session.proxies = {scheme: web.environment[f"{scheme}_proxy"] for scheme in ("http", "https")}
        session.verify = str(web.ca)
        session.headers["User-Agent"] = "Signpost-test"
        yield lambda url, patience=20: session.get(url, timeout=patience, stream=True)


def title(answer):
    """The title of the page, and the connection given back."""
    with answer:
        return re.search(r"<title>(.*?)</title>", answer.raw.read(2000).decode("utf-8", "replace"), re.DOTALL)[1]


@pytest.mark.parametrize("name", SEEN)
def test_each_situation_is_played_as_it_says(client, name):
    seen = SEEN[name]
    if isinstance(seen, list):
        with client(BY_NAME[name].url) as answer:
            assert [step.status_code for step in (*answer.history, answer)] == seen
    else:
        error, text = (requests.ConnectionError, seen) if isinstance(seen, str) else (seen, None)
        with pytest.raises(error, match=text):
            client(BY_NAME[name].url, patience=0.5 if name == "time-out" else 20)


def test_a_slow_head_gives_a_byte_now_and_then_and_never_an_end(web):
    host, path = place(BY_NAME["slow head"].url)
    with socket.create_connection(("127.0.0.1", urlsplit(web.environment["http_proxy"]).port), timeout=5) as plain:
        plain.sendall(f"CONNECT {host}:443 HTTP/1.1\r\n\r\n".encode())
        assert plain.recv(1000).startswith(b"HTTP/1.1 200")
        with ssl.create_default_context(cafile=web.ca).wrap_socket(plain, server_hostname=host) as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            seen = b""
            while not seen.endswith(b"..."):
                seen += connection.recv(1000)
    assert b"\r\n\r\n" not in seen


def test_every_situation_is_described_and_none_is_named_twice():
    assert set(BY_NAME) == set(SEEN) | {"slow head"}
    assert len(BY_NAME) == len(SITUATIONS) >= 28
    assert {situation.truth for situation in SITUATIONS} == set(TRUTHS)
    assert all(situation.note for situation in SITUATIONS)


def test_situations_are_played_by_addresses_that_the_content_cites():
    strangers = [s.name for s in SITUATIONS if place(s.url) not in real_pages()]
    assert not strangers


def test_no_situation_of_a_whole_host_swallows_another_address_that_is_cited():
    for situation in SITUATIONS:
        if situation.under or situation.robots or situation.connection != "trusted":
            host = place(situation.url)[0]
            cited = {where for where in real_pages() if where[0] == host}
            assert cited == {place(situation.url)}, situation.name


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.gov.uk/government/publications/school-admissions-code--2", "School Admissions Code"),
        (
            "http://www.legislation.gov.uk./nia/2013/7/crossheading/trafficking-people-for-exploitation/enacted",
            "Criminal Justice Act (Northern Ireland) 2013",
        ),
        ("https://www.legislation.gov.uk:443/ukpga/2015/30/schedule/4", "Modern Slavery Act 2015"),
        (
            "https://studylib.net/doc/18644886/victims-of-modern-slavery-%E2%80%93-frontline-staff-guidance",
            "Victims of modern slavery: guidance for frontline staff",
        ),
        ("https://research.un.org/c.php?g=1331357&p=10072557", "Optional Protocol to the UNCRC"),
    ],
)
def test_every_other_cited_address_has_a_page_named_like_its_entry(client, url, name):
    answer = client(url)
    assert answer.status_code == 200
    assert title(answer).startswith(name)


def test_a_page_shows_the_numbers_that_were_taken_from_it(client):
    assert "08000 121 700" in client("http://www.Modernslaveryhelpline.org").text


def test_what_nobody_cites_is_not_there(client):
    assert client("https://www.gov.uk/government/publications/4711").status_code == 404
    with pytest.raises(requests.ConnectionError, match="not known"):
        client("https://nobody-ever-cited.example/")


def test_some_pages_change_as_the_days_go_by(web, client):
    seen = {}
    for web.day in DAYS:
        for name in ("re-sold", "changed title"):
            seen.setdefault(name, []).append(title(client(BY_NAME[name].url)))
        with client(BY_NAME["phone gone"].url) as answer:
            seen.setdefault("phone gone", []).append("0808 800 5000" in answer.text)
        seen.setdefault("flaky", []).append(client(BY_NAME["flaky"].url).status_code)
    assert [("Casino" in title) for title in seen["re-sold"]] == [False, False, True, True]
    assert [("Bin" in title) for title in seen["changed title"]] == [False, False, True, True]
    assert seen["phone gone"] == [True, True, False, False]
    assert seen["flaky"] == [200, 500, 200, 200]


def test_what_asks_for_patience_answers_the_second_time_of_each_day(web, client):
    for web.day in DAYS:
        for name, refusal in (("429 then 200", 429), ("500 then 200", 500)):
            assert [client(BY_NAME[name].url).status_code for _ in range(3)] == [refusal, 200, 200]


@pytest.mark.parametrize("name", ["soft 404", "soft 404 without the words", "parked"])
def test_a_page_that_is_not_there_looks_like_any_of_its_siblings(client, name):
    url = BY_NAME[name].url
    with client(url) as page, client(url.rstrip("/").rpartition("/")[0] + "/x7f3k") as sibling:
        assert page.content == sibling.content


def test_only_the_parked_domain_is_so_to_its_home_page(client):
    assert "for sale" in title(client("http://www.ccarht.org/"))
    assert title(client("https://www.fearfree.org.uk/")) == "fearfree.org.uk"


def test_robots_are_told_what_each_host_thinks_of_them(client):
    assert "Disallow: /\n" in client("https://publichealthwales.nhs.wales/robots.txt").text
    assert client("https://healthcareconferencesuk.co.uk/robots.txt").status_code == 500
    assert "Disallow: /private/" in client("https://www.gov.uk/robots.txt").text


def test_a_slow_body_arrives_whole(client):
    assert client(BY_NAME["slow body"].url).text.endswith("</html>")


def test_it_is_known_how_much_of_a_huge_body_was_taken(web, client):
    with client(BY_NAME["huge body"].url) as answer:
        assert int(answer.headers["Content-Length"]) > 200_000_000
        answer.raw.read(10_000)
    assert 10_000 <= web.sent["nationalcrimeagency.gov.uk"] < 50_000_000


def test_it_is_known_who_asked_for_what_and_when(web, client):
    for name in ("redirect to 10.0.0.1", "no such host"):
        with suppress(requests.ConnectionError):
            client(BY_NAME[name].url).close()
    assert [(asked.host, asked.path) for asked in web.asked] == [
        ("www.rossmar.co.uk", "/places-of-support/"),
        ("10.0.0.1", "/"),
        ("www.edushield.org.uk", ""),
    ]
    assert {asked.agent for asked in web.asked[:2]} == {"Signpost-test"}
    assert web.asked[0].at <= web.asked[1].at <= time.monotonic()


def test_a_subprocess_needs_only_the_environment(web):
    fetch = f"import requests; print(requests.get({BY_NAME['200'].url!r}, timeout=20).status_code)"
    done = subprocess.run([sys.executable, "-c", fetch], env=os.environ | web.environment, capture_output=True, text=True, check=False)
    assert done.stdout == "200\n", done.stderr


def test_the_authority_may_be_read_by_everybody(web):
    assert stat.S_IMODE(os.stat(web.ca).st_mode) & stat.S_IROTH
    assert stat.S_IMODE(os.stat(web.ca.parent).st_mode) & stat.S_IXOTH


def test_linkchecker_is_let_off_its_limit_only_on_request(client):
    assert "LinkChecker" not in client(BY_NAME["200"].url).headers
    with internet(linkchecker_ok=True) as web:
        proxies = {"https": web.environment["https_proxy"]}
        with requests.Session() as session:
            session.trust_env = False
            assert session.get(BY_NAME["200"].url, proxies=proxies, verify=str(web.ca), timeout=5).headers["LinkChecker"] == "ok"


def test_it_ends_at_once_whoever_is_still_waiting():
    before = set(threading.enumerate())
    with internet() as web:
        port = urlsplit(web.environment["http_proxy"]).port
        idle = socket.create_connection(("127.0.0.1", port), timeout=5)
        waiting = socket.create_connection(("127.0.0.1", port), timeout=5)
        waiting.sendall(b"CONNECT www.catalyststockton.org:443 HTTP/1.1\r\n\r\n")
        assert waiting.recv(1000).startswith(b"HTTP/1.1 200")
    with idle, waiting:
        assert not set(threading.enumerate()) - before
        assert idle.recv(1) == b""

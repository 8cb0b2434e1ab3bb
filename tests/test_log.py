"""What an operator sees: one line of JSON for each request and mistake, and numbers for Prometheus; never what was searched for."""

import json
import logging
import re
import socket
import urllib.request
from contextlib import contextmanager
from datetime import datetime
from io import StringIO

import pytest

from signpost.web import create_app
from signpost.web.log import JsonLines
from tests.conftest import free_ports, serving, soup, words

SECRET = "Chernobyl"


@pytest.fixture
def logged():
    """All that the site logs, as an operator's file holds it."""
    handler = logging.StreamHandler(StringIO())
    handler.setFormatter(JsonLines())
    logging.getLogger("signpost").addHandler(handler)
    yield lambda: [json.loads(line) for line in handler.stream.getvalue().splitlines()]
    logging.getLogger("signpost").removeHandler(handler)


@pytest.fixture
def broken(index_dir):
    """A site with a route that trips over what was searched for."""
    app = create_app({"index_dir": index_dir})

    @app.get("/broken")
    def trip():
        try:
            return str(int(SECRET))
        except ValueError as error:
            raise KeyError(SECRET) from error

    return app.test_client()


def test_each_request_is_one_line(client, logged, edition):
    client.get(f"/search?q={SECRET}&nation=wales")
    (line,) = logged()
    assert (line["method"], line["path"], line["status"], line["edition"]) == ("GET", "/search", 200, edition.id)
    assert line["ms"] >= 0
    assert datetime.fromisoformat(line["time"]).tzinfo
    assert set(line) == {"time", "level", "message", "request", "method", "path", "status", "ms", "edition"}


@pytest.mark.parametrize(
    "path",
    [
        f"/search?q={SECRET}",
        f"/search.json?q={SECRET}",
        f"/nope?q={SECRET}",
        f"/search%3Fq={SECRET}",
        f"/static/nope?q={SECRET}",
        f"/broken?q={SECRET}",
    ],
)
def test_what_was_searched_for_is_never_logged(broken, logged, path):
    broken.get(path, headers={"Referer": f"http://localhost/search?q={SECRET}", "User-Agent": SECRET, "Cookie": f"a={SECRET}"})
    broken.post("/pack/keep", data={"note": SECRET})
    assert SECRET not in str(logged())


def test_nobody_is_logged(client, logged):
    client.get("/", environ_overrides={"REMOTE_ADDR": "192.0.2.1"}, headers={"X-Forwarded-For": "192.0.2.2"})
    assert "192.0.2" not in str(logged())


def test_a_request_keeps_the_id_that_the_proxy_gave_it(client, logged):
    assert client.get("/", headers={"X-Request-Id": "proxy-0001"}).headers["X-Request-Id"] == "proxy-0001"
    assert logged()[0]["request"] == "proxy-0001"


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "<planted>1", "two words", "naïve-0001", '"},{"a":1'])
def test_an_id_that_is_not_well_formed_is_replaced(client, given):
    first, second = (client.get("/", headers={"X-Request-Id": given}).headers["X-Request-Id"] for _ in range(2))
    assert re.fullmatch("[0-9a-f]{32}", first)
    assert first != second


def test_a_mistake_of_ours_can_be_found_by_the_id_on_its_page(broken, logged):
    answer = broken.get("/broken")
    shown = soup(answer).code.text
    mistake = next(line for line in logged() if line["level"] == "error")
    assert shown == mistake["request"] == answer.headers["X-Request-Id"]
    assert [error["kind"] for error in mistake["errors"]] == ["KeyError", "ValueError"]
    assert any(re.search(r"test_log\.py:\d+ trip$", place) for place in mistake["errors"][0]["places"])
    assert "Call 999" in words(answer)


def test_a_missing_edition_is_told_to_the_operator(tmp_path, logged):
    create_app({"index_dir": tmp_path}).test_client().get("/")
    said = [line["message"] for line in logged() if line["level"] == "error"]
    assert said == [f"there is no edition in {tmp_path}; there is none to serve"]


@pytest.mark.parametrize("message", [f"Error handling request GET /search?q={SECRET}", f"Invalid request from ip=192.0.2.1: GET /{SECRET}"])
def test_what_gunicorn_would_tell_of_a_reader_is_withheld(message):
    line = json.loads(JsonLines().format(logging.makeLogRecord({"msg": message})))
    assert line["message"] in ("Error handling request GET /search", "Invalid request")


def test_it_is_said_how_old_the_edition_is_and_when_links_were_checked(client):
    ready = client.get("/readyz").json
    assert set(ready) == {"edition", "entries", "age_seconds", "links_checked", "links_age_seconds", "problem"}
    assert ready["age_seconds"] >= 0
    assert ready["links_age_seconds"] is None


@contextmanager
def served(index_dir, tmp_path):
    """The real server with two workers, started in another folder, and the address of its metrics."""
    (port,) = free_ports(1)
    settings = {"SIGNPOST_WORKERS": "2", "SIGNPOST_METRICS_PORT": str(port), "TMPDIR": str(tmp_path)}
    with serving(index_dir, "env", f"--chdir={tmp_path}", **settings) as site:
        yield site, f"http://127.0.0.1:{port}/metrics"


def read(address):
    with urllib.request.urlopen(address, timeout=30) as answer:
        return answer.read().decode()


def test_prometheus_gets_the_sum_of_all_workers_on_a_port_of_its_own(index_dir, tmp_path):
    with served(index_dir, tmp_path) as (site, metrics):
        with socket.create_connection(site.address.removeprefix("http://").split(":")) as slow:
            slow.sendall(b"GET /search HTTP/1.1\r\n")  # one worker waits for the rest, so that the other answers what comes meanwhile
            for n in range(4):
                read(f"{site.address}/search?q={SECRET}{n}")
            slow.sendall(b"Host: localhost\r\n\r\n")
            assert b"200" in slow.recv(100)
        told = read(metrics)
        with pytest.raises(urllib.error.HTTPError, match="404"):
            read(f"{site.address}/metrics")
    assert 'signpost_requests_total{route="/search",status="200"} 5.0' in told
    assert 'signpost_request_seconds_count{route="/search"} 5.0' in told
    assert "signpost_ready 1.0" in told
    assert "signpost_entries 6.0" in told
    assert re.search(r"signpost_age_seconds \d", told)
    assert SECRET not in told


def test_the_server_logs_json_and_leaves_nothing_behind(index_dir, tmp_path):
    with served(index_dir, tmp_path) as (site, _):
        read(f"{site.address}/search?q={SECRET}")
        with socket.create_connection(site.address.removeprefix("http://").split(":")) as raw:
            raw.sendall(f"GET /search?q={SECRET} and more HTTP/1.1\r\n\r\n".encode())
            assert b"400" in raw.recv(100)
    lines = [json.loads(line) for line in site.log]
    assert [line["path"] for line in lines if line["message"] == "request"] == ["/search"]
    assert "Invalid request" in [line["message"] for line in lines]
    assert SECRET not in str(lines)
    assert list(tmp_path.glob("signpost-metrics-*")) == []

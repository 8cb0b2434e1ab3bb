"""Answers from memory: the same as made afresh, never another reader's, never of another edition, day or link check."""

import gzip
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import brotli
import pytest

from signpost import search
from signpost.web import caching, create_app, machine, reading
from signpost.web.caching import OVERHEAD, Answer, Memory
from tests.conftest import quiet


@pytest.fixture
def renders(client, monkeypatch):
    """The templates that were rendered so far: a page from memory renders none."""
    rendered = []
    templates = client.application.jinja_env
    find = templates.get_or_select_template
    monkeypatch.setattr(templates, "get_or_select_template", lambda name, *more: rendered.append(name) or find(name, *more))
    return rendered


@pytest.mark.parametrize("path", ["/", "/search?q=age", "/entries/new-age-guide", "/changes.atom"])
def test_a_page_asked_for_again_is_the_same_and_is_not_made_again(client, renders, path):
    first = client.get(path)
    made = len(renders)
    again = client.get(path)
    assert len(renders) == made > 0
    assert again.headers.pop("X-Request-Id") != first.headers.pop("X-Request-Id")
    assert (again.data, dict(again.headers)) == (first.data, dict(first.headers))


def test_the_order_of_what_is_in_an_address_makes_no_difference(client, renders):
    client.get("/search?q=age&nation=wales&nation=scotland")
    made = len(renders)
    client.get("/search?nation=wales&nation=scotland&q=age")
    assert len(renders) == made
    client.get("/search?nation=wales&q=age")
    assert len(renders) > made


def test_each_reader_gets_the_encoding_that_they_take(client):
    for _ in range(2):
        br = client.get("/search?q=age", headers={"Accept-Encoding": "gzip, deflate, br, zstd"})
        gz = client.get("/search?q=age", headers={"Accept-Encoding": "gzip"})
        plain = client.get("/search?q=age")
        assert [answer.headers.get("Content-Encoding") for answer in (br, gz, plain)] == ["br", "gzip", None]
        assert brotli.decompress(br.data) == gzip.decompress(gz.data) == plain.data
    assert len({answer.headers["ETag"] for answer in (plain, br, gz)}) == 3


def test_a_kept_page_answers_head_and_validators(client):
    first = client.get("/search?q=age")
    head = client.head("/search?q=age")
    assert (head.status_code, head.data, head.headers["Content-Length"]) == (200, b"", str(len(first.data)))
    assert client.get("/search?q=age", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert client.get("/search?q=age", headers={"If-None-Match": '"other"'}).data == first.data


def test_a_page_asked_for_by_head_first_is_whole_for_the_next_reader(client):
    client.head("/search?q=age")
    assert "</html>" in client.get("/search?q=age").text


def test_the_name_under_which_the_site_was_asked_is_no_other_readers(client):
    client.get("/entries/new-age-guide", headers={"Host": "evil.example"})
    assert "evil.example" not in client.get("/entries/new-age-guide").text
    assert 'href="https://localhost/entries/new-age-guide"' in client.get("/entries/new-age-guide", base_url="https://localhost").text


def test_a_kept_pack_is_nobody_elses(index_dir):
    app = create_app({"index_dir": index_dir})
    keeper, other = app.test_client(), app.test_client()
    keeper.post("/pack/keep", data={"entry": "new-age-guide", "title": "Mine alone"})
    for path in ("/pack", "/pack?entry=new-age-guide"):
        kept, plain = keeper.get(path), other.get(path)
        assert kept.data != plain.data
        assert (keeper.get(path).data, other.get(path).data) == (kept.data, plain.data), "in either order"
        assert "Cookie" in plain.headers["Vary"]


def test_a_new_edition_is_seen_at_once(library, tmp_path):
    entries = list(library.entries.values())
    search.publish(tmp_path, entries[:3], library.vocabulary, 3, quiet)
    client = create_app({"index_dir": tmp_path}).test_client()
    assert client.get("/search").data != client.get("/a-z").data
    before = client.get("/a-z").text
    search.publish(tmp_path, entries, library.vocabulary, 3, quiet)
    assert client.get("/a-z").text != before


def test_a_new_link_check_is_seen_at_once(library, tmp_path, monkeypatch):
    search.publish(tmp_path, list(library.entries.values()), library.vocabulary, 3, quiet, library.guides)
    app = create_app({"index_dir": tmp_path})
    made = []

    @app.get("/made")
    def page():
        made.append(reading.verdict_stamp())
        return "made"

    client = app.test_client()
    client.get("/made")
    client.get("/made")
    assert made == [0]
    tmp_path.joinpath("links.json").write_text("{}")
    client.get("/made")
    assert len(made) == 2


def test_a_page_of_yesterday_is_made_anew(client, renders, monkeypatch):
    class Tomorrow(date):
        @classmethod
        def today(cls):
            return date.fromordinal(date.today().toordinal() + 1)

    client.get("/")
    made = len(renders)
    monkeypatch.setattr(caching, "date", Tomorrow)
    client.get("/")
    assert len(renders) > made


def test_errors_are_not_kept(index_dir):
    app = create_app({"index_dir": index_dir})
    answers = iter([RuntimeError, "well again"])

    @app.get("/sometimes")
    def sometimes():
        if (answer := next(answers)) is RuntimeError:
            raise RuntimeError
        return answer

    client = app.test_client()
    assert client.get("/sometimes").status_code == 500
    assert client.get("/sometimes").text == "well again"


def test_an_answer_that_sets_a_cookie_is_not_kept(index_dir):
    app = create_app({"index_dir": index_dir})
    numbers = iter("12")

    @app.get("/number")
    def number():
        answer = app.make_response(next(numbers))
        answer.set_cookie("number", "kept")
        return answer

    client = app.test_client()
    assert [client.get("/number").text, client.get("/number").text] == ["1", "2"]


def test_whether_the_site_is_ready_is_never_from_memory(library, tmp_path, monkeypatch):
    search.publish(tmp_path, list(library.entries.values()), library.vocabulary, 3, quiet)
    client = create_app({"index_dir": tmp_path}).test_client()
    first = client.get("/readyz").json["age_seconds"]
    monkeypatch.setattr(machine, "datetime", SimpleNamespace(now=lambda zone: datetime.now(UTC) + timedelta(hours=1)))
    assert client.get("/readyz").json["age_seconds"] > first
    tmp_path.joinpath("current").unlink()
    assert "there is no edition" in client.get("/readyz").json["problem"]
    assert client.get("/healthz").status_code == 200


def test_memory_holds_no_more_than_it_may_and_keeps_what_is_used():
    memory = Memory(3 * (1_000 + OVERHEAD))
    answer = Answer(b"x" * 1_000, ())
    for key in "abc":
        memory.put((key,), answer)
    memory.get(("a",))
    memory.put(("d",), answer)
    assert [key for key in "abcd" if memory.get((key,))] == ["a", "c", "d"]
    memory.put(("huge",), Answer(b"x" * 20_000, ()))
    assert memory.get(("huge",)) is None

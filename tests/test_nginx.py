"""deploy/nginx as it is shipped, run by Debian's nginx before real gunicorn: only its paths, ports and list of nodes are changed."""

import http.client
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path

import pytest
import trustme

from signpost import search
from signpost.content import Library
from signpost.model import Entry
from signpost.settings import ROOT
from signpost.web.security import HEADERS
from tests.conftest import eventually, free_ports, quiet, serving

NAME = "signpost.example.org"
EXAMPLE = (ROOT / "deploy" / "nginx" / "signpost.conf").read_text(encoding="utf-8")
MAIN = """
daemon off;
worker_processes 1;
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/signpost.conf;
}}
"""
"""Like Debian's: a log of whole addresses for whoever names none of their own."""
PATIENCE = 30
"""Seconds that a connection may take."""


@dataclass(frozen=True)
class Answer:
    """What came back: the code, the headers as they came, one by one, and the body."""

    code: int
    headers: list[tuple[str, str]]
    body: bytes

    def all_of(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.casefold() == name.casefold()]


@dataclass(frozen=True)
class Proxy:
    """A running nginx."""

    port: int
    plain_port: int
    folder: Path
    authority: ssl.SSLContext

    def ask(self, path: str, host: str = NAME, method: str = "GET", body: bytes | None = None, reader: int = 0, **headers: str) -> Answer:
        """One request over TLS. Each reader has an address of their own; underscores in the names of headers are hyphens."""
        source = (f"127.0.1.{1 + reader % 250}", 0)
        plain = socket.create_connection(("127.0.0.1", self.port), PATIENCE, source)
        with self.authority.wrap_socket(plain, server_hostname=host) as line:
            return asked(line, path, host, method, body, headers)

    def ask_plainly(self, path: str, host: str = NAME) -> Answer:
        """One request without TLS."""
        with socket.create_connection(("127.0.0.1", self.plain_port), PATIENCE) as line:
            return asked(line, path, host, "GET", None, {})

    def logged(self) -> list[str]:
        """The lines of the log of pages."""
        return (self.folder / "signpost.log").read_text(encoding="utf-8").splitlines()


def asked(line: socket.socket, path: str, host: str, method: str, body: bytes | None, headers: dict[str, str]) -> Answer:
    connection = http.client.HTTPConnection(host)
    connection.sock = line
    connection.request(method, path, body, {"Connection": "close"} | {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    return Answer(answer.status, answer.getheaders(), answer.read())


def answers_at(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def filled(folder: Path, nodes: list[str], port: int, plain_port: int) -> str:
    """The example with this folder, these nodes and these ports in it, and without IPv6, which a test machine may lack."""
    text = re.sub(r"^ *listen \[::\].*\n", "", EXAMPLE, flags=re.MULTILINE)
    text = text.replace("listen 443 ", f"listen 127.0.0.1:{port} ").replace("listen 80", f"listen 127.0.0.1:{plain_port}")
    text = text.replace("    server 127.0.0.1:8000;\n", "".join(f"    server {node.removeprefix('http://')};\n" for node in nodes))
    for theirs in ("/run", "/var/log/nginx", f"/etc/letsencrypt/live/{NAME}"):
        assert theirs in text
        text = text.replace(theirs, str(folder))
    return text.replace("/opt/signpost", str(ROOT))


@contextmanager
def proxying(folder: Path, nodes: list[str]) -> Iterator[Proxy]:
    """Debian's nginx before these nodes, as the user who runs the tests."""
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    assert nginx, "nginx is missing: sudo apt-get install nginx"
    authority = trustme.CA()
    certificate = authority.issue_cert(NAME)
    certificate.private_key_pem.write_to_path(str(folder / "privkey.pem"))
    certificate.cert_chain_pems[0].write_to_path(str(folder / "fullchain.pem"))
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    port, plain_port = free_ports(2)
    (folder / "signpost.conf").write_text(filled(folder, nodes, port, plain_port), encoding="utf-8")
    main = folder / "nginx.conf"
    main.write_text(MAIN.format(folder=folder, user="" if os.getuid() else "user root;"), encoding="utf-8")
    command = [nginx, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(main)]
    tried = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr
    assert "[warn]" not in tried.stderr, tried.stderr
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
        try:
            eventually(lambda: answers_at(port))
            yield Proxy(port, plain_port, folder, trust)
        finally:
            server.terminate()


@contextmanager
def node(index_dir: Path) -> Iterator[str]:
    """The address of the site as it is set up behind a proxy."""
    with serving(index_dir, SIGNPOST_HOSTS=f"{NAME},localhost,127.0.0.1", SIGNPOST_PROXIES="1") as site:
        yield site.address


@pytest.fixture(scope="module")
def site(index_dir) -> Iterator[str]:
    """A node with the six entries."""
    with node(index_dir) as address:
        yield address


@pytest.fixture
def proxy(site, tmp_path) -> Iterator[Proxy]:
    """nginx before the site of the six entries, with an empty memory."""
    with proxying(tmp_path, [site]) as running:
        yield running


def test_a_page_comes_through_with_each_header_once(proxy):
    answer = proxy.ask("/entries/new-age-guide", X_Request_Id="mine", X_Forwarded_For="192.0.2.7")
    assert answer.code == 200
    assert "Age assessment guide" in answer.body.decode()
    once = [*HEADERS, "Strict-Transport-Security", "X-Request-Id", "Vary", "ETag", "Cache-Control", "Server"]
    assert {name: len(answer.all_of(name)) for name in once} == dict.fromkeys(once, 1)
    assert answer.all_of("Server") == ["nginx"]
    assert re.fullmatch(r"[0-9a-f]{32}", answer.all_of("X-Request-Id")[0])


@pytest.mark.parametrize("path", ["/nope", "/static/signpost.css", "/search.csv", "/pack"])
def test_other_answers_have_each_security_header_once_too(proxy, path):
    answer = proxy.ask(path)
    once = [*HEADERS, "Strict-Transport-Security", "Vary"]
    assert {name: len(answer.all_of(name)) for name in once} == dict.fromkeys(once, 1)


class Particular(BaseHTTPRequestHandler):
    """A node whose answers must not be kept, and one that may."""

    HEADERS = {
        "/mine": {"Vary": "Cookie, Accept-Encoding"},
        "/private": {"Cache-Control": "private"},
        "/any": {"Cache-Control": "no-cache"},
    }
    asked: list[str] = []

    def do_GET(self):
        self.asked.append(self.path)
        self.send_response(200)
        for name, value in self.HEADERS[self.path].items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format, *args):
        pass


def test_what_depends_on_who_asks_is_never_kept(tmp_path):
    with ThreadingHTTPServer(("127.0.0.1", 0), Particular) as node:
        threading.Thread(target=node.serve_forever, daemon=True).start()
        with proxying(tmp_path, [f"http://127.0.0.1:{node.server_port}"]) as proxy:
            answers = {path: [proxy.ask(path), proxy.ask(path)] for path in Particular.HEADERS}
        node.shutdown()
    assert Particular.asked == ["/mine", "/mine", "/private", "/private", "/any"]
    assert [answer.all_of("Vary") for answer in answers["/mine"]] == [["Cookie, Accept-Encoding"]] * 2
    assert [answer.all_of("Vary") for answer in answers["/any"]] == [["Accept-Encoding"]] * 2


def test_the_same_page_is_not_asked_of_the_site_twice(proxy):
    first, second = proxy.ask("/search?q=age"), proxy.ask("/search?q=age")
    assert first.body == second.body
    assert first.all_of("X-Request-Id") != second.all_of("X-Request-Id")
    eventually(lambda: len(proxy.logged()) == 2)
    assert [re.search(r"cache=(\S+)", line)[1] for line in proxy.logged()] == ["MISS", "HIT"]
    unchanged = proxy.ask("/search?q=age", If_None_Match=first.all_of("ETag")[0])
    assert (unchanged.code, unchanged.body) == (304, b"")


def test_a_reader_who_keeps_a_pack_is_neither_served_from_the_cache_nor_kept_in_it(proxy):
    for _ in ("first", "again"):
        assert proxy.ask("/pack").code == 200
        kept = proxy.ask("/pack", Cookie="signpost_pack=entry=new-age-guide")
        assert (kept.code, kept.all_of("Location")) == (302, ["/pack?entry=new-age-guide"])


def test_keeping_a_pack_works_through_the_proxy_and_its_cookie_is_for_tls_only(proxy):
    answer = proxy.ask(
        "/pack/keep", method="POST", body=b"entry=new-age-guide", Content_Type="application/x-www-form-urlencoded", Origin=f"https://{NAME}"
    )
    assert answer.code == 303
    assert "; Secure" in answer.all_of("Set-Cookie")[0]


def test_pages_name_themselves_by_the_public_name_and_by_tls(proxy):
    assert f"<loc>https://{NAME}/entries/new-age-guide</loc>" in proxy.ask("/sitemap.xml").body.decode()


def test_each_encoding_has_its_own_copy_and_whoever_refuses_one_gets_none(proxy):
    for accepted, given in (("gzip, deflate, br, zstd", ["br"]), ("gzip", ["gzip"]), ("br;q=0, gzip;q=0.0", []), ("", [])):
        for _ in ("first", "from the cache"):
            assert proxy.ask("/", Accept_Encoding=accepted).all_of("Content-Encoding") == given, accepted


@pytest.mark.parametrize("path", ["/static/signpost.css", "/search.csv?q=age", "/entries/new-age-guide.md"])
def test_what_the_site_does_not_compress_nginx_does(proxy, path):
    plain, small = proxy.ask(path), proxy.ask(path, Accept_Encoding="gzip")
    assert small.all_of("Content-Encoding") == ["gzip"]
    assert len(small.body) < len(plain.body)


def test_too_many_searches_get_a_page_that_says_to_wait(proxy):
    answers = (proxy.ask("/search?q=age") for _ in range(1_000))
    refused = next(answer for answer in answers if answer.code != 200)
    assert refused.code == 429
    assert "Wait a few seconds" in refused.body.decode()
    assert "999" in refused.body.decode()
    assert refused.all_of("Content-Security-Policy") == ["default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"]
    assert refused.all_of("X-Content-Type-Options") == ["nosniff"]
    assert proxy.ask("/entries/new-age-guide").code == 200


def test_requests_larger_than_any_reader_makes_are_refused_before_they_reach_the_site(proxy):
    assert proxy.ask("/search?q=" + "a" * 9_000).code == 414
    assert proxy.ask("/", Cookie="a" * 9_000).code == 400
    assert proxy.ask("/pack/keep", method="POST", body=b"a" * 17_000).code == 413
    eventually(lambda: len(proxy.logged()) == 3)
    assert all("node=-" in line for line in proxy.logged())


def test_plain_http_leads_to_tls_and_other_names_get_nothing(proxy):
    answer = proxy.ask_plainly("/search?q=age")
    assert (answer.code, answer.all_of("Location")) == (301, [f"https://{NAME}/search?q=age"])
    assert answer.all_of("Strict-Transport-Security") == []
    with pytest.raises(ConnectionError):
        proxy.ask_plainly("/", host="elsewhere.example.org")
    with pytest.raises(ssl.SSLError, match="UNRECOGNIZED_NAME"):
        proxy.ask("/", host="elsewhere.example.org")


def test_no_file_of_nginx_says_who_searched_for_what(index_dir, tmp_path):
    """Also when things go wrong: refused, limited, no site."""
    with node(index_dir) as site, proxying(tmp_path, [site]) as proxy:
        proxy.ask_plainly("/search?q=secretword")
        proxy.ask("/search?q=secretword&q=" + "a" * 9_000)
        while proxy.ask("/search?q=secretword", Referer=f"https://{NAME}/search?q=secretword").code != 429:
            pass
        port = site.rpartition(":")[2]
    with proxying(tmp_path, [f"http://127.0.0.1:{port}"]) as proxy:
        assert proxy.ask("/a-z?secretword").code == 502
        eventually(lambda: any(" 502 " in line for line in proxy.logged()))
    logs = "".join(path.read_text(encoding="utf-8") for path in tmp_path.glob("*.log"))
    assert " /search 429 " in logs
    assert "secretword" not in logs
    assert "127.0.1.1" not in logs


def test_when_the_site_is_away_pages_just_read_still_come_and_others_say_whom_to_tell(index_dir, tmp_path):
    with ExitStack() as nodes:
        site = nodes.enter_context(node(index_dir))
        with proxying(tmp_path, [site]) as proxy:
            read = proxy.ask("/entries/new-age-guide")
            nodes.close()
            readers = count()
            eventually(lambda: is_an_old_copy(proxy.ask("/entries/new-age-guide", reader=next(readers)), read.body, proxy))
            away = proxy.ask("/a-z")
            assert away.code == 502
            assert "do not wait" in away.body.decode()


def is_an_old_copy(answer: Answer, body: bytes, proxy: Proxy) -> bool:
    """Whether the page came although its ten seconds are over; it must come in any case."""
    assert (answer.code, answer.body) == (200, body)
    return any("cache=STALE" in line for line in proxy.logged())


def test_three_nodes_take_up_an_edition_under_load_without_an_error(library, tmp_path):
    """Each takes it from one archive, as three machines would; readers meet the old edition or the new one, and never anything else."""
    folders = [tmp_path / f"node-{number}" for number in range(3)]
    entries = list(library.entries.values())
    title = "New age guide, second edition"
    newer = [replace(entry, title=title) if entry.slug == "new-age-guide" else entry for entry in entries]
    archives = [packed(tmp_path / "built", made, library) for made in (entries, newer)]
    for folder in folders:
        search.take(folder, archives[0], 3)
    with ExitStack() as running:
        nodes = [running.enter_context(node(folder)) for folder in folders]
        proxy = running.enter_context(proxying(tmp_path, nodes))
        seen, stop, turn = [], threading.Event(), count()

        def read_on() -> None:
            while not stop.is_set():
                number = next(turn)
                seen.append(proxy.ask(f"/entries/new-age-guide.json?{number}", reader=number))

        readers = [threading.Thread(target=read_on) for _ in range(4)]
        for reader in readers:
            reader.start()
        try:
            for folder in folders:
                before = len(seen)
                eventually(lambda before=before: len(seen) > before + 20)
                search.take(folder, archives[1], 3)
            eventually(lambda: len(seen) > 60 and all(json.loads(answer.body)["title"] == title for answer in seen[-30:]))
        finally:
            stop.set()
            for reader in readers:
                reader.join()
    assert {answer.code for answer in seen} == {200}
    assert {json.loads(answer.body)["title"] for answer in seen} == {library.entries["new-age-guide"].title, title}
    assert {line.rpartition("node=")[2] for line in proxy.logged()} == {node.removeprefix("http://") for node in nodes}


def packed(built: Path, entries: list[Entry], library: Library) -> Path:
    """The archive of a new edition, as the machine that has the content makes it."""
    made = search.publish(built, entries, library.vocabulary, 3, quiet, library.guides)
    archive = built / f"{made.id}.tar.gz"
    search.pack(built, archive)
    return archive


def test_a_node_without_an_edition_is_passed_over(index_dir, tmp_path):
    with node(index_dir) as good, node(tmp_path / "empty") as bad, proxying(tmp_path, [bad, good]) as proxy:
        assert [proxy.ask(f"/a-z?{number}").code for number in range(6)] == [200] * 6

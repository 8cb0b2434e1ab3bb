"""What the tests share: a library of six tiny entries, its edition, the site that serves it, and a real browser."""

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, sync_playwright

from signpost import content, search
from signpost.settings import ROOT
from signpost.web import create_app

TODAY = date(2026, 11, 23)
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]


def soup(answer):
    """The page of an answer."""
    return BeautifulSoup(answer.text, "html.parser")


def words(answer):
    """What a reader sees of an answer, in one line."""
    return " ".join(soup(answer).get_text(" ").split())


def quiet(done: int, total: int) -> None:
    """Progress that nobody watches."""


SYNONYMS = """
- same: [AAP, age assessment pathway]
- same: [helpline, phone line]
- typed: [kid, youngster]
  means: [child]
"""


COMPARISON = """
- id: age
  question: Who assesses a child's age?
  cells:
    england: {says: Two social workers., entries: [new-age-guide]}
    scotland: {says: Two social workers by the guide., entries: [new-age-guide#who-may-assess, old-age-guide]}
    wales: {says: Two social workers., entries: [new-age-guide]}
    northern-ireland: {says: No guidance of its own was found., entries: [], none_found: 2026-11-23}
"""


WHAT_TO_DO = """
about_2011: {says: Four stages on a paper form; history., entries: [old-age-guide]}
settings:
- id: school
  label: School or college
  as_in_2011: old-age-guide
  acts: {says: The safeguarding lead acts., entries: [example-act-1989]}
  first:
  - {says: Tell the lead at once., entries: [example-act-1989#section-47-enquiries]}
  never:
  - {says: Promise to keep it secret., entries: []}
nations:
- id: wales
  tell: {says: The council., entries: [example-act-1989]}
  refer:
  - {says: Refer online., entries: [new-age-guide]}
  call: [example-helpline]
  law:
  - {says: Councils must enquire., entries: [example-act-1989]}
"""


def write_library(folder: Path) -> Path:
    """A content folder of six tiny entries, the real vocabulary and a few synonyms."""
    shutil.copytree(ROOT / "tests" / "library", folder / "entries")
    shutil.copytree(ROOT / "content" / "vocabulary", folder / "vocabulary")
    folder.joinpath("vocabulary", "synonyms.yaml").write_text(SYNONYMS, encoding="utf-8")
    folder.joinpath("comparison.yaml").write_text(COMPARISON, encoding="utf-8")
    folder.joinpath("what_to_do.yaml").write_text(WHAT_TO_DO, encoding="utf-8")
    return folder


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A content folder that a test may change."""
    return write_library(tmp_path / "content")


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> content.Library:
    """The six entries, read once."""
    library = content.load(write_library(tmp_path_factory.mktemp("library") / "content"), TODAY)
    assert not library.problems
    return library


@pytest.fixture(scope="session")
def index_dir(library: content.Library, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index folder with the edition of the six entries."""
    folder = tmp_path_factory.mktemp("index")
    search.publish(folder, list(library.entries.values()), library.vocabulary, 3, quiet, library.guides)
    return folder


@pytest.fixture(scope="session")
def edition(index_dir: Path) -> search.Edition:
    return search.load(index_dir)


@pytest.fixture(scope="session")
def real_edition(tmp_path_factory: pytest.TempPathFactory) -> search.Edition:
    """The edition of the real content, built once."""
    library = content.load(ROOT / "content", date.today())
    folder = tmp_path_factory.mktemp("real")
    search.publish(folder, list(library.entries.values()), library.vocabulary, 2, quiet, library.guides)
    return search.load(folder)


@pytest.fixture
def client(index_dir: Path):
    return create_app({"index_dir": index_dir}).test_client()


@dataclass(frozen=True)
class Site:
    """A site as `python app.py` serves it, on a port of the system's choice, and what it has logged so far."""

    address: str
    server: subprocess.Popen
    log: list[str]

    def workers(self) -> set[int]:
        """The processes that answer."""
        booted = re.findall(r"Booting worker with pid: (\d+)", "".join(self.log))
        return {int(pid) for pid in booted if Path("/proc", pid).exists()}


def free_ports(number: int) -> list[int]:
    """Ports on which nothing listens."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(number)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


@contextmanager
def serving(index_dir: Path, *before: str, **environment: str) -> Iterator[Site]:
    """A site that reads an index folder. `before` is put before its command."""
    settings = {"SIGNPOST_INDEX_DIR": str(index_dir), "SIGNPOST_PORT": "0", "SIGNPOST_WORKERS": "1"} | environment
    command = [*before, sys.executable, str(ROOT / "app.py")]
    with subprocess.Popen(command, env=os.environ | settings, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as server:
        log: list[str] = []

        def listen() -> None:
            for line in server.stderr:
                log.append(line)

        drain = threading.Thread(target=listen, daemon=True)
        drain.start()
        try:
            eventually(lambda: "Listening at:" in "".join(log) or server.poll() is not None)
            yield Site(re.search(r"Listening at: (http://[\d.:]+)", "".join(log))[1], server, log)
        finally:  # else a test that fails would wait for it for ever
            server.terminate()
            drain.join()


def eventually(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait until something holds. That it never does is a failure."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


@pytest.fixture(scope="session")
def site(index_dir: Path) -> Iterator[str]:
    """The address of a site that serves the six entries."""
    with serving(index_dir) as site:
        yield site.address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. Its absence is a failure: run `make test`, which installs it."""
    path = shutil.which("chromium")
    assert path, "Chromium is missing: sudo apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM)
        yield browser
        browser.close()


ANSWERS = {"/ok": 200, "/missing": 404, "/gone": 410, "/forbidden": 403, "/private": 200, "/moved": 301}
"""What the stand-in for the web answers, by path."""


class StandIn(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/robots.txt":
            return self.answer(200, b"User-agent: *\nDisallow: /private\n", "text/plain")
        return self.answer(
            ANSWERS.get(self.path.partition("?")[0], 404), b"<html><head><title>A page</title></head></html>", "text/html; charset=utf-8"
        )

    def answer(self, code, body, kind):
        self.send_response(code)
        if code == 301:
            self.send_header("Location", "/ok")
        self.send_header("LinkChecker", "ok")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        pass


@pytest.fixture(scope="session")
def web() -> Iterator[str]:
    """A small web of pages, good and bad."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), StandIn)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()

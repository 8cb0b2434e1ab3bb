"""What the site outlives, tried on real processes: two workers that are never restarted on purpose, while all around them breaks.

`pytest --no-cov tests/test_survival.py` prints at its end every fault, how often it was tried, what was asked meanwhile and what was lost.
"""

import http.client
import multiprocessing
import os
import random
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from signpost import search
from signpost.search import publishing
from signpost.settings import ROOT
from tests.conftest import Site, eventually, quiet, serving

STORM = 30
"""Seconds."""
CLIENTS = 200
KILLED_BUILDS = 50
KILLED_WORKERS = 6

PAGES = (
    "/a-z",
    "/search?q=age+assessment",
    "/search.json?q=guide&per_page=100",
    "/entries/new-age-guide",
    "/timeline",
    "/changes.atom",
    "/contacts",
    "/suggest?q=age",
    "/nations/compare",
    "/what-to-do?setting=school&nation=wales",
)
"""Every one shows titles of several entries, and each title here names the edition that it belongs to."""

processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.test_survival"])


def publish(folder, library):
    """Build an edition in which every title says the number of the edition."""
    earlier = sorted(folder.glob("editions/0*"))
    number = 1 + max((int(path.name.partition("-")[0]) for path in earlier), default=0)
    entries = [replace(entry, title=f"{entry.title} generation{number}") for entry in library.entries.values()]
    made = search.publish(folder, entries, library.vocabulary, 2, quiet, library.guides)
    assert int(made.id.partition("-")[0]) == number
    return made.id


@dataclass(frozen=True)
class Answer:
    status: int
    edition: str
    text: str

    @property
    def is_whole(self) -> bool:
        """Whether it is a page made from one edition, and from the one that it says."""
        generations = set(re.findall(r"generation(\d+)", self.text))
        return self.status == 200 and generations == {str(int(self.edition.partition("-")[0]))}


def ask(site: Site, path: str) -> Answer:
    """Ask once, as a client that keeps no connection. Raises OSError or HTTPException when there is no whole answer."""
    connection = http.client.HTTPConnection(urlsplit(site.address).netloc, timeout=30)
    try:
        connection.request("GET", path, headers={"Connection": "close"})
        response = connection.getresponse()
        return Answer(response.status, response.headers.get("Signpost-Edition", ""), response.read().decode())
    finally:
        connection.close()


@dataclass
class Tally:
    """What one fault did."""

    fault: str
    tried: int = 0
    asked: int = 0
    losses: list[str] = field(default_factory=list)

    def ask(self, site: Site, path: str, broken: list[str] | None = None) -> Answer | None:
        """Ask, and count it as lost unless a whole page comes back; a connection that breaks is noted in `broken`, if that is given."""
        self.asked += 1
        try:
            answer = ask(site, path)
        except (OSError, http.client.HTTPException) as error:
            (self.losses if broken is None else broken).append(f"{path}: {error!r}")
            return None
        if not answer.is_whole:
            self.losses.append(f"{path}: {answer.status} of edition {answer.edition}: {answer.text[:200]}")
        return answer

    def ask_all(self, site: Site, edition: str = "") -> None:
        """Ask for every page twice over, so that both workers have their share; an edition that is given must be the one they show."""
        for path in PAGES * 2:
            answer = self.ask(site, path)
            if edition and answer and answer.edition != edition:
                self.losses.append(f"{path}: edition {answer.edition} instead of {edition}")


@pytest.fixture(scope="module")
def tallies(request) -> Iterator[dict[str, Tally]]:
    tallies: dict[str, Tally] = {}
    yield tallies
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print(f"\n\n{'fault':<68}{'tried':>7}{'asked':>8}{'lost':>7}")
        for tally in tallies.values():
            print(f"{tally.fault:<68}{tally.tried:>7}{tally.asked:>8}{len(tally.losses) or 'none':>7}")


@pytest.fixture
def tally(request, tallies) -> Iterator[Tally]:
    """The line of the table for this test; nothing may be lost."""
    tally = tallies.setdefault(request.node.name, Tally(request.node.name.removeprefix("test_").replace("_", " ")))
    yield tally
    assert not tally.losses, tally.losses[:5]
    assert tally.tried
    assert tally.asked


@pytest.fixture(scope="module")
def folder(library, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("survival") / "index"
    publish(folder, library)
    return folder


@pytest.fixture(scope="module")
def site(folder) -> Iterator[Site]:
    """One site for all tests: whatever the last one broke is put right without a restart."""
    with serving(folder, SIGNPOST_WORKERS="2") as site:
        eventually(lambda: len(site.workers()) == 2)
        yield site


@pytest.fixture(scope="module")
def builders() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(4, processes) as builders:
        yield builders


@pytest.fixture(autouse=True)
def good_edition(site, folder, library) -> str:
    """Every test begins with an edition that is sound, and that both workers have taken up: so many at once leave neither idle."""
    edition = publish(folder, library)
    with ThreadPoolExecutor(16) as clients:
        list(clients.map(lambda _: ask(site, PAGES[0]), range(200)))
    return edition


def ready(site: Site) -> Answer:
    return ask(site, "/readyz")


def kill_workers(site: Site, number: int = 2) -> None:
    """Kill workers, and wait until as many others are there."""
    before = site.workers()
    for pid in sorted(before)[:number]:
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: len(site.workers() - before) == number)


# Builds


def rebuild(folder, library, until):
    """Build and swap again and again, now and then back to the edition before. Gives how many times."""
    swaps = 0
    while time.monotonic() < until:
        swaps += 1
        if swaps % 5 == 0:
            search.go_back(folder)
        else:
            publish(folder, library)
    return swaps


def test_editions_are_swapped_under_two_hundred_clients(site, folder, library, builders, tally):
    until, logged = time.monotonic() + STORM, len(site.log)
    builder = builders.submit(rebuild, folder, library, until)

    def read(start):
        for number, path in enumerate(cycle(PAGES[start:] + PAGES[:start])):
            if time.monotonic() > until:
                return
            new = f"{'&' if '?' in path else '?'}new={start}.{number}" if number % 2 else ""
            tally.ask(site, path + new)

    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(read, [client % len(PAGES) for client in range(CLIENTS)]))
    tally.tried = builder.result()
    assert tally.tried > STORM
    assert not [line for line in site.log[logged:] if re.search(r"Traceback|ERROR|is served on", line)]


def build_and_tell(folder, library, begun):
    begun.set()
    publish(folder, library)


def test_builds_are_killed_at_random_moments(site, folder, library, tally):
    moments = random.Random(7)
    began = time.monotonic()
    publish(folder, library)
    long = time.monotonic() - began
    left_half_done = 0
    while tally.tried < KILLED_BUILDS:
        begun = processes.Event()
        builder = processes.Process(target=build_and_tell, args=(folder, library, begun))
        builder.start()
        begun.wait()
        builder.join(moments.uniform(0, long))
        builder.kill()
        builder.join()
        tally.tried += builder.exitcode == -signal.SIGKILL
        left_half_done += folder.joinpath("editions", ".building").exists()
        assert search.load(folder), "a process that starts now needs a whole edition too"
        tally.ask(site, moments.choice(PAGES))
        publish(folder, library)
        tally.ask(site, moments.choice(PAGES))
    tally.ask_all(site, search.current_id(folder))
    assert left_half_done > KILLED_BUILDS / 4, "the kills came too early or too late"


def build_with_room(folder, library, room):
    """Build while no file may grow beyond some bytes: the disk is full for it there. Gives why it failed."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        publish(folder, library)
    except search.EditionError as error:
        return f"{error}"
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


def test_the_disk_is_full_at_every_size_of_file(site, folder, library, builders, tally, good_edition):
    largest = max(path.stat().st_size for path in folder.joinpath("current").rglob("*"))
    for room in range(0, largest, largest // 20):
        tally.tried += 1
        assert "cannot write the edition: [Errno 27]" in builders.submit(build_with_room, folder, library, room).result()
        assert not folder.joinpath("editions", ".building").exists(), "the half edition would keep the disk full"
        tally.ask(site, PAGES[0])
    tally.ask_all(site, good_edition)
    tally.ask_all(site, publish(folder, library))


def test_four_builds_run_at_once(site, folder, library, builders, tally):
    for _ in range(10):
        tally.tried += 1
        done = [builders.submit(publish, folder, library) for _ in range(4)]
        tally.ask(site, PAGES[0])
        failures = [f"{build.exception()}" for build in done if build.exception()]
        assert set(failures) <= {"another build is running; wait for it to end"}
        assert len(failures) < 4
    tally.ask_all(site, search.load(folder).id)


# Editions


def spoil(place: Path) -> None:
    """Cut every file of an edition short and change what is left, in place."""
    for path in [path for path in place.rglob("*") if path.is_file()]:
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2].swapcase())


def test_the_edition_that_is_served_is_damaged_on_disk(site, folder, library, tally, good_edition):
    tally.ask_all(site, good_edition)
    spoil(folder / "current")
    tally.tried += 1
    tally.ask_all(site)
    kill_workers(site)
    for path in PAGES:
        answer = ask(site, path)
        assert (answer.status, answer.edition) == (503, "")
    assert "scripts/build_index.py" in ask(site, PAGES[0]).text
    assert ready(site).status == 503
    tally.ask_all(site, publish(folder, library))


def test_the_edition_that_is_published_is_damaged(site, folder, library, tally, good_edition):
    tally.ask_all(site, good_edition)
    new = publish(folder.with_name("elsewhere"), library)
    spoil(folder.with_name("elsewhere") / "editions" / new)
    shutil.copytree(folder.with_name("elsewhere") / "editions" / new, folder / "editions" / new, dirs_exist_ok=True)
    publishing._point_to(folder, new)
    tally.tried += 1
    tally.ask_all(site)
    assert f"{new} cannot be read" in ready(site).text
    eventually(lambda: f"{new} cannot be read" in "".join(site.log))
    tally.ask_all(site, search.go_back(folder, good_edition))
    assert '"problem":null' in ready(site).text


def test_the_index_folder_is_deleted(site, folder, library, tally, good_edition):
    tally.ask_all(site, good_edition)
    shutil.rmtree(folder)
    tally.tried += 1
    tally.ask_all(site)
    assert "there is no edition" in ready(site).text
    first = publish(folder, library)
    assert first.startswith("000001-")
    tally.ask_all(site, first)
    shutil.rmtree(folder)
    tally.tried += 1
    kill_workers(site)
    assert ask(site, PAGES[0]).status == 503
    tally.ask_all(site, publish(folder, library))


def test_the_clock_is_set_back_after_a_build(site, folder, library, tally, monkeypatch):
    class Tomorrow(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(days=400)

    with monkeypatch.context() as clock:
        clock.setattr(publishing, "datetime", Tomorrow)
        ahead = publish(folder, library)
    tally.tried += 1
    tally.ask_all(site, ahead)
    assert ready(site).status == 200
    assert ask(site, "/sitemap.xml").status == 200
    tally.ask_all(site, publish(folder, library))


# Processes


def test_workers_are_killed_while_they_answer(site, tally):
    """A kill breaks the one connection that the worker has in its hands; as a proxy does, the client then asks again."""
    broken: list[str] = []

    def read(path):
        while not tally.ask(site, path, broken):
            pass

    with ThreadPoolExecutor(8) as clients:
        done = [clients.submit(read, path) for path in PAGES * 30]
        while tally.tried < KILLED_WORKERS:
            kill_workers(site, 1)
            tally.tried += 1
        for client in done:
            client.result()
    assert len(broken) <= tally.tried


def test_workers_are_renewed_while_they_answer(site, tally):
    """SIGHUP, as after an upgrade of the code."""
    with ThreadPoolExecutor(8) as clients:
        done = [clients.submit(tally.ask, site, path) for path in PAGES * 30]
        while tally.tried < 3:
            before = site.workers()
            site.server.send_signal(signal.SIGHUP)
            tally.tried += 1
            eventually(lambda before=before: len(site.workers() - before) == len(site.workers()) == 2)
        for client in done:
            client.result()


def begin_to_post(site: Site) -> socket.socket:
    """A request that a worker has in its hands, since it said 'continue', and that lacks its last bytes."""
    connection = socket.create_connection(("127.0.0.1", urlsplit(site.address).port), timeout=30)
    head = "POST /pack/keep HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    connection.sendall(f"{head}Content-Length: 19\r\nExpect: 100-continue\r\n\r\n".encode())
    assert connection.recv(100).startswith(b"HTTP/1.1 100")
    return connection


def test_the_site_is_told_to_end_while_it_answers(folder, tally):
    with serving(folder, SIGNPOST_WORKERS="2") as site:
        begun = [begin_to_post(site) for _ in range(2)]
        site.server.terminate()
        tally.tried += 1
        eventually(lambda: "Handling signal: term" in "".join(site.log))
        for connection in begun:
            tally.asked += 1
            with connection, connection.makefile("rb") as answer:
                connection.sendall(b"entry=new-age-guide")
                text = answer.read()
            if b" 303 " not in text or b"\r\n\r\n" not in text:
                tally.losses.append(f"{text!r}")
        assert site.server.wait(30) == 0


def test_the_index_folder_and_the_home_cannot_be_written(folder, library, tmp_path, tally):
    powerless = ["setpriv", "--bounding-set=-dac_override"] if os.geteuid() == 0 else []
    subprocess.run(["chmod", "-R", "a-w", folder], check=True)
    home = tmp_path / "home"
    tmp_path.chmod(0o555)
    try:
        for place in (folder, tmp_path):
            assert subprocess.run([*powerless, "touch", place / "written"], stderr=subprocess.DEVNULL, check=False).returncode
        before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
        with serving(folder, *powerless, SIGNPOST_WORKERS="2", HOME=str(home), XDG_RUNTIME_DIR=str(home)) as site:
            tally.tried += 1
            tally.ask_all(site, search.current_id(folder))
            assert ready(site).status == 200
        assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
        assert not home.exists()
        assert not [line for line in site.log if re.search(r"ERROR|WARNING|denied|Failed", line)]
    finally:
        subprocess.run(["chmod", "-R", "u+w", folder, tmp_path], check=True)


def test_a_build_that_cannot_write_says_so_and_ends(written, folder, site, tally, good_edition):
    """The script itself, as a timer runs it, on a full disk."""
    settings = {"SIGNPOST_CONTENT_DIR": str(written), "SIGNPOST_INDEX_DIR": str(folder)}
    command = ["prlimit", "--fsize=4096", sys.executable, str(ROOT / "scripts" / "build_index.py")]
    done = subprocess.run(command, env=os.environ | settings, capture_output=True, text=True, check=False)
    tally.tried += 1
    assert done.returncode == 2
    assert "the last good edition stays" in done.stderr
    tally.ask_all(site, good_edition)

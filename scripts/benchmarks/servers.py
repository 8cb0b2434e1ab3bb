"""Start the sites that are compared, each with two processes on a port of the system's choice, and put load on them with wrk."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from signpost.settings import ROOT

PEER = ROOT / ".make" / "datasette" / "bin" / "python"
CONNECTIONS = 8


@dataclass(frozen=True, slots=True)
class Site:
    """A running site."""

    address: str
    process: int

    def memory(self) -> list[tuple[float, float]]:
        """MB resident, and MB with what is shared divided among its holders, of each web process."""
        return [_memory(pid) for pid in _children(self.process)]


@dataclass(frozen=True, slots=True)
class Load:
    """What wrk measured; times in milliseconds."""

    requests: int
    seconds: float
    failed: int
    p50: float
    p95: float
    p99: float

    @property
    def rate(self) -> float:
        """Requests in a second."""
        return self.requests / self.seconds


def what_is_missing() -> str:
    """How to install what this needs; nothing when all is there."""
    if not shutil.which("wrk"):
        return "wrk is missing: sudo apt-get install wrk"
    return "" if PEER.exists() else "Datasette is missing: `make bench` installs it into .make/datasette"


@contextmanager
def gunicorn(app: str, **settings: str) -> Iterator[Site]:
    """A WSGI application, served as app.py serves ours."""
    with _running(
        [sys.executable, "-m", "gunicorn", app, "--workers", "2", "--log-level", "warning", "--bind", "127.0.0.1:{}"], settings
    ) as s:
        yield s


@contextmanager
def datasette(database: Path) -> Iterator[Site]:
    """Datasette over a database."""
    command = [str(PEER), "-m", "uvicorn", "scripts.benchmarks.peer:app", "--factory", "--workers", "2", "--log-level", "warning"]
    with _running([*command, "--port", "{}"], {"PEER_DATABASE": str(database)}) as site:
        yield site


@contextmanager
def _running(command: list[str], settings: dict[str, str]) -> Iterator[Site]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    filled = [part.format(port) for part in command]
    with subprocess.Popen(filled, cwd=ROOT, env=os.environ | settings, stderr=subprocess.DEVNULL) as server:  # a log line for each request
        try:
            _wait_for(port, server)
            yield Site(f"http://127.0.0.1:{port}", server.pid)
        finally:
            server.terminate()


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    """Return when somebody listens at the port. Raises RuntimeError when the server ends or a minute passes."""
    end = time.monotonic() + 60
    while time.monotonic() < end and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"nobody listens: {server.args!r}")


def load(site: Site, paths: Sequence[str], seconds: float = 0) -> Load:
    """Ask for each path once, or for `seconds` round and round, as a browser does that takes Brotli."""
    with NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(paths))
        file.flush()
        until = f"{seconds:.0f}s" if seconds else "10m"
        command = ["wrk", "--threads=1", f"--connections={CONNECTIONS}", "--timeout=30s", f"--duration={until}"]
        command += ["--header=Accept-Encoding: br", f"--script={Path(__file__).with_name('walk.lua')}", site.address]
        done = subprocess.run([*command, "--", file.name, "" if seconds else "once"], capture_output=True, text=True, check=True)
    return Load(**json.loads(done.stdout.splitlines()[-1]))


def _children(process: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def _memory(process: int) -> tuple[float, float]:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.endswith("kB")}
    return kilobytes["Rss"] / 1e3, kilobytes["Pss"] / 1e3

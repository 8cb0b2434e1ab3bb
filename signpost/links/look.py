"""Run LinkChecker over addresses, in processes of its own, each host in one of them. Knows no entries, no history and no verdicts."""

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence, Set
from dataclasses import asdict
from pathlib import Path
from typing import IO, cast
from urllib.parse import urlsplit

from pydantic import TypeAdapter

from signpost.links.seen import Job, Manner, Seen

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = os.cpu_count() or 1

_seen = TypeAdapter(Seen)


class LinkCheckError(Exception):
    """The links could not be checked. The message is for the operator."""


def look_at(urls: Sequence[str], manner: Manner, whole: Set[str] = frozenset()) -> Iterator[Seen]:
    """Ask for each address once, in the order given for each host, and say what was seen as it comes.

    Pages in `whole` are reported with all their words. Raises LinkCheckError when LinkChecker itself fails.
    """
    jobs = [Job(hosts, frozenset(whole), manner) for hosts in _shards(urls)]
    out: queue.SimpleQueue[Seen | LinkCheckError | None] = queue.SimpleQueue()
    running = [subprocess.Popen(**_command()) for _ in jobs]  # type: ignore[call-overload]
    threads = [threading.Thread(target=_pass_on, args=(*pair, out), daemon=True) for pair in zip(running, jobs, strict=True)]
    try:
        for thread in threads:
            thread.start()
        left = len(jobs)
        while left:
            news = out.get()
            if isinstance(news, LinkCheckError):
                raise news
            if news is None:
                left -= 1
            else:
                yield news
    finally:
        for process in running:
            process.kill()
        for thread in threads:
            thread.join()


def _command() -> dict[str, object]:
    command = [sys.executable, "-W", "ignore", "-m", "signpost.links.runner"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return {"args": command, "cwd": ROOT, "text": True, "encoding": "utf-8", **pipes}


def _pass_on(process: "subprocess.Popen[str]", job: Job, out: "queue.SimpleQueue[Seen | LinkCheckError | None]") -> None:
    """Give a process its job and hand on what it says, line by line."""
    left = sum(map(len, job.hosts))
    with process:
        try:
            with cast("IO[str]", process.stdin) as order:
                order.write(json.dumps(asdict(job), default=list))
            for line in cast("IO[str]", process.stdout):
                out.put(_seen.validate_json(line))
                left -= 1
            trouble = cast("IO[str]", process.stderr).read().strip()[-500:]
        except (OSError, ValueError) as error:
            trouble = str(error)
        if process.wait() != 0 or left:
            out.put(LinkCheckError(f"LinkChecker ended with {process.returncode}, {left} addresses left: {trouble}"))
        out.put(None)


def _shards(urls: Sequence[str]) -> list[tuple[tuple[str, ...], ...]]:
    """The addresses host by host, in as many parts as we run processes: each host in one part, and the parts about equally long."""
    hosts: dict[str, list[str]] = {}
    for url in dict.fromkeys(urls):
        hosts.setdefault(urlsplit(url).netloc.lower(), []).append(url)
    shards: list[list[tuple[str, ...]]] = [[] for _ in range(PROCESSES)]
    for group in sorted(hosts.values(), key=len, reverse=True):
        min(shards, key=lambda shard: sum(map(len, shard))).append(tuple(group))
    return [tuple(shard) for shard in shards if shard]

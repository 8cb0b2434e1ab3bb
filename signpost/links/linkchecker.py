"""Run LinkChecker over some addresses and read what it saw. The only file that knows LinkChecker; it runs as a subprocess."""

import subprocess
import sys
import xml.etree.ElementTree as ElementTree  # reads what our own subprocess wrote
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from urllib.parse import urlsplit

TIMEOUT = 30
"""Seconds that LinkChecker waits for one address."""


class LinkCheckError(Exception):
    """LinkChecker could not run. The message is for the operator."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one request showed."""

    url: str
    outcome: str
    """working, moved, blocked, failing or not-checked."""
    detail: str
    final_url: str


def look_at(urls: Sequence[str], user_agent: str) -> Iterator[Seen]:
    """Ask for each address once. Raises LinkCheckError when LinkChecker itself fails."""
    command = [sys.executable, "-m", "linkcheck", "--stdin", "--recursion-level=0", "--verbose", "--no-status", "--output=xml/utf-8"]
    command += [f"--timeout={TIMEOUT}", f"--user-agent={user_agent}", "--check-extern"]
    done = subprocess.run(command, input="\n".join(_interleaved(urls)), capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise LinkCheckError(f"LinkChecker ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    try:
        report = ElementTree.fromstring(done.stdout)  # noqa: S314 (LinkChecker escapes what it met)
    except ElementTree.ParseError as error:
        raise LinkCheckError(f"LinkChecker's report cannot be read: {error}") from error
    for data in report.iter("urldata"):
        yield _seen(data)


def _interleaved(urls: Sequence[str]) -> list[str]:
    """Hosts in turn: LinkChecker holds up every thread while it waits for one host."""
    hosts: dict[str, list[str]] = {}
    for url in urls:
        hosts.setdefault(urlsplit(url).netloc, []).append(url)
    return [url for turn in zip_longest(*hosts.values()) for url in turn if url]


def _seen(data: ElementTree.Element) -> Seen:
    url, final = data.findtext("url", ""), data.findtext("realurl", "")
    valid = data.find("valid")
    result = valid.get("result", "") if valid is not None else ""
    notes = [note.text or "" for note in data.iter("info")]
    warnings = {warning.get("tag"): warning.text or "" for warning in data.iter("warning")}
    if any("robots.txt" in note for note in notes):
        return Seen(url, "not-checked", "The site's robots.txt asks programs not to look.", final)
    if "http-rate-limited" in warnings:
        return Seen(url, "not-checked", "The site asked us to slow down.", final)
    if valid is not None and valid.text == "1":
        return Seen(url, "moved" if "http-redirected" in warnings else "working", result, final)
    return Seen(url, "blocked" if result[:3] in ("401", "403") else "failing", result, final)

"""LinkChecker as Signpost runs it, in a process of its own: a job comes in as JSON, what each address showed goes out as JSON lines.

Hosts are taken side by side, the addresses of one host one after the other with a pause between; only public addresses are asked, and
only the beginning of a page is read. Knows no entries, no history and no verdicts.

SPDX-License-Identifier: GPL-2.0-or-later (it is loaded together with LinkChecker, which has that licence)
"""

import ipaddress
import json
import os
import queue
import re
import socket
import ssl
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies

import requests
from bs4 import BeautifulSoup
from linkcheck.checker.httpurl import HttpUrl
from linkcheck.configuration import Configuration
from linkcheck.director import get_aggregate
from linkcheck.director.aggregator import Aggregate
from pydantic import TypeAdapter

from signpost.links.seen import Hop, Job, Manner, Seen

BODY = 1_000_000
"""Bytes of a page that are read; the rest is never asked for."""
WORDS = 4_000
"""Characters of text that are reported, unless the page is wanted whole."""
AT_ONCE = 50
"""Hosts that are asked side by side."""
PATIENCE = 3.0
"""An address that holds us for so many timeouts is given up, whatever it drips. Its page may take one of them to come."""
LOCAL_NAME = re.compile(r"localhost|.*\.(localhost|local|internal|lan|home\.arpa)|[^.:]*")
NO_SUCH_NAME = re.compile(
    r"Name or service not known|nodename nor servname|No address associated|Host not found|no such host", re.IGNORECASE
)


class PrivateAddressError(requests.RequestException):
    """The address is not one of the public internet. Nothing was asked."""


class Session(requests.Session):
    """What one host is asked: keeps a pause between requests and a trail of them, and refuses private addresses at every hop."""

    def __init__(self, manner: Manner) -> None:
        super().__init__()
        self.headers["User-Agent"] = manner.user_agent
        self.trail: list[tuple[str, int]] = []
        self._manner = manner
        self._due = 0.0

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """One request and its answer."""
        if not self._manner.allow_private and _is_private(urlsplit(request.url or "").hostname or ""):
            raise PrivateAddressError(f"{request.url} is not a public address")
        # LinkChecker passes its own name when it asks for robots.txt: sites must see one and the same.
        request.headers["User-Agent"] = self.headers["User-Agent"]
        time.sleep(max(0.0, self._due - time.monotonic()))
        self._due = time.monotonic() + self._manner.pause
        answer = super().send(request, **kwargs)
        self.trail.append((str(request.url), answer.status_code))
        return answer


def _is_private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return bool(LOCAL_NAME.fullmatch(host.lower().rstrip(".")))


def only_public_names(proxies: Iterable[str]) -> None:
    """Let names resolve to public addresses alone, in this process: checked and used in one step, so that no name can change between."""
    resolve = socket.getaddrinfo

    def public(host: Any, *args: Any, **kwargs: Any) -> list[Any]:
        found = resolve(host, *args, **kwargs)
        public = [one for one in found if ipaddress.ip_address(one[4][0]).is_global]
        if not public and host not in proxies:
            raise PrivateAddressError(f"{host} leads to a private address")
        return public or found

    socket.getaddrinfo = public


class Page(HttpUrl):  # type: ignore[misc]
    """One address as LinkChecker checks it, and what its page says."""

    error: BaseException | None = None
    body = b""
    retry_after = ""
    challenged = False

    def build_request(self) -> requests.PreparedRequest:
        """LinkChecker calls this once robots.txt allows: what was asked before does not belong to the trail.

        The address is asked as it is written, as a browser would: LinkChecker's own form of it folds // and + in ways that not every
        site takes for the same.
        """
        self.session.trail.clear()
        session: Session = self.session
        return session.prepare_request(requests.Request("GET", self.base_url.partition("#")[0]))

    def check_response(self) -> None:
        """LinkChecker's own judgement, then the beginning of the page."""
        super().check_response()
        self.retry_after = self.headers.get("Retry-After", "")
        self.challenged = self.headers.get("cf-mitigated", "") == "challenge"
        enough = time.monotonic() + self.aggregate.config["timeout"]
        try:
            while (
                len(self.body) < BODY and time.monotonic() < enough and (some := self.url_connection.raw.read1(65536, decode_content=True))
            ):
                self.body += some
        except Exception as error:  # whatever breaks off a page, the address has answered
            self.add_info(f"the page broke off: {error}")

    def handle_exception(self) -> str:
        """Keep what went wrong itself; LinkChecker keeps its words."""
        self.error = sys.exc_info()[1]
        return str(super().handle_exception())


def look(url: str, aggregate: Aggregate, whole: bool) -> Seen:
    """Ask for one address as LinkChecker does."""
    page = Page(url, 0, aggregate)
    if page.has_result:
        return Seen(url, trouble="bad-address", detail=page.result)
    try:
        page.check()
        return _told(url, page, whole)
    finally:
        page.close_connection()


def _told(url: str, page: Page, whole: bool) -> Seen:
    if page.url_connection is None:
        if page.error is None:
            return Seen(url, trouble="robots", detail=page.info[0] if page.info else page.result)
        return Seen(url, trouble=trouble_of(page.error), detail=reason_of(page.error), hops=_hops(page.session.trail, ""))
    hops = _hops(page.session.trail, page.url)
    if page.error is not None:
        return Seen(url, trouble=trouble_of(page.error), detail=reason_of(page.error), hops=hops)
    status = page.url_connection.status_code
    title, text, fragment_found = _words(page)
    facts = {"status": status, "detail": page.result, "hops": hops, "retry_after": page.retry_after, "challenged": page.challenged}
    return Seen(url, **facts, type=page.content_type, title=title, text=text if whole else text[:WORDS], fragment_found=fragment_found)


def _hops(trail: list[tuple[str, int]], last: str) -> tuple[Hop, ...]:
    """Each redirect of a trail with where it led."""
    places = [url for url, _ in trail[1:]] + ([last] if trail and 300 <= trail[-1][1] < 400 and last else [])
    return tuple(Hop(status, place) for (_, status), place in zip(trail, places, strict=False))


def _words(page: Page) -> tuple[str, str, bool | None]:
    """A page's title, its words, and whether the part after # that was asked for is there."""
    if "html" not in page.content_type:
        return "", page.body.decode("utf-8", "replace") if page.content_type.startswith("text/") else "", None
    soup = BeautifulSoup(page.body, "html.parser", from_encoding=page.content_encoding)
    title = soup.title.get_text(" ", strip=True) if soup.title else ""
    found = None
    part = unquote(page.anchor or "")
    if part and not part.startswith(":~:") and len(page.body) < BODY:
        found = soup.find(id=part) is not None or soup.find("a", attrs={"name": part}) is not None
    mailed = " ".join(str(a["href"]) for a in soup.find_all("a", href=re.compile("^(mailto|tel):")))
    for hidden in soup(["script", "style", "template"]):
        hidden.decompose()
    return title[:300], " ".join(f"{soup.get_text(' ')} {mailed}".split()), found


def trouble_of(error: BaseException) -> str:
    """What an exception means for the address."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, PrivateAddressError):
            return "private"
        if isinstance(cause, requests.TooManyRedirects):
            return "loop"
        if isinstance(cause, requests.exceptions.SSLError):
            return "certificate" if "CERTIFICATE_VERIFY_FAILED" in str(cause) or "match" in str(cause) else "unreachable"
        if isinstance(cause, requests.Timeout | TimeoutError):
            return "timeout"
    return "vanished" if any(NO_SUCH_NAME.search(str(cause)) for cause in causes) else "unreachable"


def reason_of(error: BaseException) -> str:
    """What the system said at the bottom of it, in few words; nothing when it said nothing of use."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause.verify_message.rstrip(".")
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
    return ""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and whatever it says it came from."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        cause = waiting.pop(0)
        if not isinstance(cause, BaseException) or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [cause.__cause__, cause.__context__, getattr(cause, "reason", None)]
        waiting += cause.args


class Host(threading.Thread):
    """Asks the addresses of the hosts that it takes, one after the other."""

    def __init__(self, job: Job, aggregate: Aggregate, hosts: "queue.SimpleQueue[list[str]]", out: "queue.SimpleQueue[Seen]") -> None:
        super().__init__(daemon=True)
        self._job, self._aggregate, self._hosts, self._out = job, aggregate, hosts, out
        self.left: list[str] = []
        self.since = time.monotonic()

    def run(self) -> None:
        """Until no host is left."""
        while True:
            try:
                self.left = self._hosts.get_nowait()
            except queue.Empty:
                return
            with Session(self._job.manner) as session:
                self._aggregate.request_sessions[threading.get_ident()] = session
                self._one_host()

    def _one_host(self) -> None:
        while self.left:
            self.since = time.monotonic()
            url = self.left[0]
            try:
                seen = look(url, self._aggregate, url in self._job.whole)
            except Exception as error:  # one odd page must not end the run of the others
                seen = Seen(url, trouble="unreachable", detail=f"{type(error).__name__}: {error}"[:240])
            self._out.put(seen)
            del self.left[0]


def _aggregate(job: Job) -> Aggregate:
    """LinkChecker's own state. Its waiting for hosts is off: one thread asks one host, and waits for itself."""
    config = Configuration()
    config["useragent"] = job.manner.user_agent
    config["timeout"] = job.manner.timeout
    config["recursionlevel"] = 0
    config["checkextern"] = True
    config["sslverify"] = os.environ.get("REQUESTS_CA_BUNDLE") or True
    config.sanitize()
    aggregate = get_aggregate(config)
    aggregate.wait_for_host = lambda host: None
    return aggregate


def run(job: Job) -> Iterator[Seen]:
    """What each address of a job showed, as it comes. An address that drips without end is given up, and the rest of its host with it."""
    hosts: queue.SimpleQueue[list[str]] = queue.SimpleQueue()
    out: queue.SimpleQueue[Seen] = queue.SimpleQueue()
    for urls in job.hosts:
        hosts.put(list(urls))
    aggregate = _aggregate(job)
    threads: list[Host] = []

    def start_one() -> None:
        threads.append(Host(job, aggregate, hosts, out))
        threads[-1].start()

    for _ in job.hosts[:AT_ONCE]:
        start_one()
    missing = sum(map(len, job.hosts))
    given_up: set[str] = set()
    while missing:
        try:
            seen = out.get(timeout=0.2)
        except queue.Empty:
            for lost in _given_up(threads, job.manner.timeout * PATIENCE):
                start_one()  # in the place of the one that hangs: other hosts may still wait for their turn
                given_up |= {seen.url for seen in lost}
                missing -= len(lost)
                yield from lost
            continue
        if seen.url not in given_up:
            missing -= 1
            yield seen


def _given_up(threads: list[Host], patience: float) -> Iterator[list[Seen]]:
    """What is left of each host that hangs; its thread is taken off the list."""
    for thread in list(threads):
        left = list(thread.left)
        if left and time.monotonic() - thread.since > patience:
            threads.remove(thread)
            hung = Seen(left[0], trouble="timeout", detail="It never finished its answer.")
            yield [hung, *(Seen(url, trouble="timeout", detail="Its host held us up too long.") for url in left[1:])]


def main() -> None:
    """Read a job, say what was seen."""
    job = TypeAdapter(Job).validate_json(sys.stdin.read())
    if not job.manner.allow_private:
        only_public_names({urlsplit(proxy).hostname or "" for proxy in getproxies().values()})
    for seen in run(job):
        print(json.dumps(asdict(seen)), flush=True)
    # Threads that were given up may hang in the system for ever: nothing of theirs is wanted.
    os._exit(0)


if __name__ == "__main__":
    main()

"""One run of the link check: look at every address, try again what may pass, remember, judge, and publish for the site."""

import fcntl
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from signpost.links.cited import Cited, Uses
from signpost.links.history import History, opened
from signpost.links.judge import ANSWERED, Expected, Observation, judge
from signpost.links.look import LinkCheckError, look_at
from signpost.links.outcome import PASSING, Outcome, outcome_of
from signpost.links.presence import stands_in
from signpost.links.published import publish, published
from signpost.links.seen import Manner, Seen
from signpost.model import LinkChecks, Turn, Verdict

HISTORY = "links.sqlite"
MADE_UP = "signpost-no-such-page-"
WAITS = (5, 30)
"""Pauses before a second and a third try of what may pass; a site's Retry-After may lengthen them, up to LONGEST_WAIT seconds."""
LONGEST_WAIT = 120.0
NO_NETWORK = 3
"""When so many hosts or more, and most of all, give no answer at all, it is our own network that is down."""

Progress = Callable[[int, int], None]
"""Told how many addresses are done, and of how many."""


def check(index_dir: Path, cited: Cited, manner: Manner, clock: Callable[[], datetime], progress: Progress) -> LinkChecks:
    """Look at every address once, carry on what was cut off, and publish the verdicts.

    Raises LinkCheckError when another run goes on, when LinkChecker fails (what was seen is kept, and the next run carries on) and when
    there is no network (nothing is kept).
    """
    with _only_run(index_dir), opened(index_dir / HISTORY) as history:
        run = history.begin(clock())
        done = history.seen_in(run)
        looks = _Looks(history, run, cited, manner, clock)
        left = [url for url in cited if url not in done]
        progress(len(cited) - len(left), len(cited))
        for count, _ in enumerate(looks.at(left), start=len(cited) - len(left) + 1):
            progress(count, len(cited))
        if _no_network(looks.words):
            history.forget(run)
            raise LinkCheckError("most sites gave no answer at all, so the network must be down here; nothing of this run was kept")
        verdicts = _verdicts(history, cited)
        for _ in looks.at([verdict.archived for verdict in verdicts.values() if verdict.archived and verdict.archived not in done]):
            pass
        before = published(index_dir).verdicts
        known = history.observations()
        verdicts = {url: _with_copy(verdict, known) for url, verdict in verdicts.items()}
        kinds = [verdict.kind for verdict in verdicts.values()]
        history.end(run, clock(), {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)})
        checks = LinkChecks(verdicts, history.presences(), history.runs(), tuple(_turns(before, verdicts)))
    publish(index_dir, checks)
    return checks


@contextmanager
def _only_run(index_dir: Path) -> Iterator[None]:
    """One run at a time. The system drops the lock of a run that dies."""
    index_dir.mkdir(parents=True, exist_ok=True)
    with index_dir.joinpath("links.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LinkCheckError("another link check is running; wait for it to end") from error
        yield


class _Looks:
    """The looks of one run: each is judged as it comes and remembered before the next is awaited."""

    def __init__(self, history: History, run: int, cited: Cited, manner: Manner, clock: Callable[[], datetime]) -> None:
        self._history, self._run, self._cited, self._manner, self._clock = history, run, cited, manner, clock
        self._siblings: dict[str, Seen] = {}
        self._shows = {url: {value for _, use in uses for value in use.shows} for url, uses in cited.items()}
        self.words: dict[str, str] = {}

    def at(self, urls: Sequence[str]) -> Iterable[str]:
        """Look at some addresses, and again at what may pass. Yields each when it is remembered."""
        again: list[tuple[Seen, Outcome]] = []
        for wait in (0, *WAITS):
            asked = max((_asked_to_wait(seen) for seen, _ in again), default=0.0)
            time.sleep(min(max(wait * self._manner.pause, asked), LONGEST_WAIT))
            again = []
            for seen, outcome in self._outcomes(urls):
                if outcome.word in PASSING:
                    again.append((seen, outcome))
                else:
                    yield self._remember(seen, outcome)
            urls = [seen.url for seen, _ in again]
            if not urls:
                return
        for seen, outcome in again:
            yield self._remember(seen, Outcome(outcome.word, f"{outcome.evidence} Tried {1 + len(WAITS)} times.", outcome.final_url))

    def _outcomes(self, urls: Sequence[str]) -> Iterable[tuple[Seen, Outcome]]:
        whole = {url for url in urls if self._shows.get(url)}
        for seen in look_at(list(_with_siblings(urls, set(self._siblings))), self._manner, whole):
            if MADE_UP in seen.url:
                self._siblings[_folder(seen.url)] = seen
            else:
                yield seen, outcome_of(seen, self._siblings.get(_folder(seen.url)), self._names(seen.url))

    def _names(self, url: str) -> tuple[str, ...]:
        return _expected(self._cited[url]).names if url in self._cited else ()

    def _remember(self, seen: Seen, outcome: Outcome) -> str:
        presences = {}
        if outcome.word in ("working", "moved") and seen.text:
            presences = {value: stands_in(value, seen.text) for value in self._shows.get(seen.url, ())}
        at = self._clock().isoformat(timespec="seconds")
        title = seen.title if outcome.word in ANSWERED else ""
        look = Observation(seen.url, at, outcome.word, outcome.evidence, outcome.final_url, title)
        self._history.remember(self._run, look, presences)
        self.words[seen.url] = outcome.word
        return seen.url


def _with_siblings(urls: Sequence[str], known: set[str]) -> Iterable[str]:
    """The addresses, and before the first of each folder one that nobody can have made: what it shows is no page."""
    for url in urls:
        folder = _folder(url)
        if folder not in known and urlsplit(url).path.strip("/"):
            known.add(folder)
            yield f"{folder}{MADE_UP}{secrets.token_hex(6)}"
        yield url


def _folder(url: str) -> str:
    return urljoin(url, ".").partition("?")[0]


def _asked_to_wait(seen: Seen) -> float:
    """Seconds that a site asks for. A date instead of seconds is rare, and means 'much later'."""
    return float(seen.retry_after) if seen.retry_after.isdecimal() else 0.0


def _no_network(words: Mapping[str, str]) -> bool:
    """Whether so many hosts gave no answer at all that the fault is ours."""
    answered: dict[str, bool] = {}
    for url, word in words.items():
        host = urlsplit(url).netloc
        answered[host] = answered.get(host, False) or word not in ("unreachable", "vanished", "timeout")
    silent = sum(not one for one in answered.values())
    return silent >= NO_NETWORK and silent > len(answered) / 2


def _verdicts(history: History, cited: Cited) -> dict[str, Verdict]:
    known = history.observations()
    return {url: judge(known[url], _expected(uses)) for url, uses in cited.items() if url in known}


def _expected(uses: Uses) -> Expected:
    names: dict[str, None] = {}
    for entry, use in uses:
        shown = [link.label for link in entry.links if link.url == use.url] + [s.shows for s in entry.sources if s.page == use.url]
        names |= dict.fromkeys([entry.title, *entry.aliases, entry.publisher, *filter(None, shown)])
    return Expected(tuple(names), max((entry.reviewed for entry, _ in uses), default=""))


def _with_copy(verdict: Verdict, known: Mapping[str, Sequence[Observation]]) -> Verdict:
    """Say when the archived copy was last seen to answer."""
    worked = [look.at for look in known.get(verdict.archived, ()) if look.word in ANSWERED]
    return replace(verdict, archived_seen=worked[-1]) if worked else verdict


def _turns(before: Mapping[str, Verdict], now: Mapping[str, Verdict]) -> Iterable[Turn]:
    """What changed since the last run, among what that run knew."""
    for url, verdict in now.items():
        if url in before and before[url].kind != verdict.kind:
            yield Turn(url, before[url].kind, verdict.kind)

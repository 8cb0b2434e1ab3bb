"""Who answers what for which address on which day: the situations first, then the pages of the real content. Knows no sockets."""

import threading
from collections import Counter
from collections.abc import Sequence

from tests.internet.answers import Answer, Ask, Situation, page, place
from tests.internet.content import real_pages

PRIVATE = Answer(body=page("Router administration", "Sign in with the password on the back of the device."))
"""What stands where no checker may look."""
PRIVATE_HOSTS = frozenset({"10.0.0.1", "127.0.0.1"})
MISSING = Answer(404, page("Not found", "There is no such page here."))
NO_SUCH_HOST = Answer(502, b"Name or service not known", kind="text/plain")
ROBOTS = Answer(body=b"User-agent: *\nDisallow: /private/\n", kind="text/plain")


class World:
    """Every host and page there is. A host that nobody names does not exist."""

    def __init__(self, situations: Sequence[Situation]) -> None:
        self.pages = real_pages()
        self.hosts: dict[str, list[Situation]] = {host: [] for host, _ in self.pages}
        for situation in situations:
            for host in {place(url)[0] for url in (situation.url, *(url for url, _ in situation.also))}:
                self.hosts.setdefault(host, []).append(situation)
        self.asks: Counter[tuple[int, str]] = Counter()
        self.lock = threading.Lock()

    def connection(self, host: str) -> str:
        """How a connection to a host goes, in the words of Situation."""
        if host not in self.hosts and host not in PRIVATE_HOSTS:
            return "unknown"
        return next((s.connection for s in self.hosts.get(host, ()) if s.connection != "trusted"), "trusted")

    def answer(self, url: str, day: int) -> Answer:
        """What an address answers on a day to whoever asks next."""
        host, path = place(url)
        if host in PRIVATE_HOSTS:
            return PRIVATE
        if host not in self.hosts:
            return NO_SUCH_HOST
        situations = self.hosts[host]
        if path == "/robots.txt":
            return next((s.robots for s in situations if s.robots), ROBOTS)
        for situation in situations:
            if answers := situation.answering(url):
                return answers(Ask(path, day, self._before(day, url), self._page(situation.url)))
        return Answer(body=self._page(url)) if path == "/" or (host, path) in self.pages else MISSING

    def _before(self, day: int, url: str) -> int:
        with self.lock:
            self.asks[day, url] += 1
            return self.asks[day, url] - 1

    def _page(self, url: str) -> bytes:
        where = place(url)
        return self.pages.get(where) or page(where[0].removeprefix("www."), "What we do and how to reach us.")

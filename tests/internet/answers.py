"""What an answer is, how an address is told from another, and what an ordinary page looks like. Knows no sockets."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from urllib.parse import unquote, urlsplit

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the stand-in sends."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    kind: str = HTML
    manner: str = "plain"
    """plain; silent (never answers); reset (breaks the connection); slow body and slow head (they drip); huge (200 MB follow the body)."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request, as an answer may depend on it."""

    path: str
    """With its query, decoded."""
    day: int
    before: int
    """How often this address was asked for earlier on the same day."""
    page: bytes
    """The page that stands there in ordinary times."""


Answers = Callable[[Ask], Answer]


@dataclass(frozen=True, slots=True)
class Situation:
    """One address and what becomes of it."""

    name: str
    url: str
    truth: str
    """The verdict that a careful person would reach once the simulated days are over; one of TRUTHS."""
    note: str
    """Why."""
    answers: Answers
    also: tuple[tuple[str, Answers], ...] = ()
    """Further addresses that belong to it, such as where a redirect leads."""
    under: str = ""
    """Every other path of the host that begins so answers likewise, but for its home page."""
    connection: str = "trusted"
    """trusted, self-signed, expired, wrong-name, unknown (no such host) or refused; for the whole host."""
    robots: Answer | None = None
    """robots.txt of the host, if it is not the usual one."""

    def answering(self, url: str) -> Answers | None:
        """What it has to say at an address, if anything."""
        for own, answers in ((self.url, self.answers), *self.also):
            if (urlsplit(own).scheme, *place(own)) == (urlsplit(url).scheme, *place(url)):
                return answers
        host, path = place(url)
        covered = self.under and host == place(self.url)[0] and path.startswith(self.under) and path != "/"
        return self.answers if covered else None


def ordinary(ask: Ask) -> Answer:
    """The page as it should be."""
    return Answer(body=ask.page)


def always(answer: Answer) -> Answers:
    """The same, whoever asks and whenever."""
    return lambda ask: answer


def redirect(status: int, to: str) -> Answers:
    """Send the client elsewhere."""
    return always(Answer(status, headers=(("Location", to),)))


def first(answer: Answer) -> Answers:
    """This to whoever asks first on a day, and the page from then on."""
    return lambda ask: ordinary(ask) if ask.before else answer


def from_day(day: int, later: Answers) -> Answers:
    """The page as it should be until that day, and then something else."""
    return lambda ask: (later if ask.day >= day else ordinary)(ask)


def place(url: str) -> tuple[str, str]:
    """Host and decoded path with query: spellings that a server cannot tell apart are one."""
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return (parts.hostname or "").rstrip("."), unquote(path)


def page(title: str, *paragraphs: str, head: str = "", site: str = "", language: str = "en") -> bytes:
    """An HTML page with the furniture that pages have."""
    text = "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    name = escape(site or title)
    return f"""<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}{f" | {name}" if site else ""}</title>{head}</head>
<body><header><a href="/">{name}</a> <nav><a href="/about">About us</a> <a href="/news">News</a></nav></header>
<main id="main"><h1>{escape(title)}</h1>
{text}
<h2 id="more">More on this</h2><p>Everything that you need to know is on this page.</p></main>
<footer><a href="/privacy">Privacy</a> <a href="/cookies">Cookies</a></footer></body></html>""".encode()


def entry_page(titles: Iterable[str], contacts: Iterable[str], site: str) -> bytes:
    """A page that entries cite: called as the first of them, and showing the numbers and e-mails that they took from it."""
    title, *others = dict.fromkeys(titles)
    told = [f"This page also speaks of: {other}." for other in others]
    return page(title, f"{title}: what it is and whom it is for.", *told, *(f"Contact: {contact}" for contact in contacts), site=site)

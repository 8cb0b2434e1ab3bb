"""What is asked of the web and what it showed: the words that the link check and its LinkChecker processes share. Knows no network."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Manner:
    """How to ask: who we say we are, how patient and how polite we are. Times in seconds."""

    user_agent: str
    timeout: float = 20.0
    pause: float = 1.0
    """Between two requests to one host; the waits before another try follow from it."""
    allow_private: bool = False
    """Also ask loopback and private addresses: for tests alone."""


@dataclass(frozen=True, slots=True)
class Job:
    """What one LinkChecker process is to look at, in order."""

    hosts: tuple[tuple[str, ...], ...]
    """The addresses, host by host."""
    whole: frozenset[str]
    """The pages whose whole text is wanted."""
    manner: Manner


@dataclass(frozen=True, slots=True)
class Hop:
    """One redirect: the status that told us to go, and where to."""

    status: int
    url: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look at one address showed, before anybody judges it."""

    url: str
    status: int = 0
    """Of the last answer; 0 when there was none."""
    trouble: str = ""
    """Why there was no answer: timeout, unreachable, vanished, certificate, loop, private or bad-address; robots when we may not ask."""
    detail: str = ""
    """In the words of whoever refused."""
    hops: tuple[Hop, ...] = ()
    retry_after: str = ""
    challenged: bool = False
    """A firewall says in a header that it wants proof of a person."""
    type: str = ""
    title: str = ""
    text: str = ""
    """The words of the page or of its beginning; empty when it is no text."""
    fragment_found: bool | None = None
    """Whether the part after # exists; None when there is none to look for."""

    @property
    def final_url(self) -> str:
        """The address that answered."""
        return self.hops[-1].url if self.hops else self.url

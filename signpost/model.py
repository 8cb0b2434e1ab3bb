"""The words of Signpost, as frozen dataclasses. Knows no files, no engine and no web."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a controlled list, such as the topic 'age-assessment'."""

    __pydantic_config__ = {"extra": "forbid"}

    id: str
    label: str
    definition: str
    words: tuple[str, ...] = ()
    """Other words that readers use for it, such as 'Scottish' for Scotland."""


@dataclass(frozen=True, slots=True)
class Synonym:
    """Words that lead to other words in a search: `same` both ways, `typed` to `means` one way only."""

    __pydantic_config__ = {"extra": "forbid"}

    same: tuple[str, ...] = ()
    typed: tuple[str, ...] = ()
    means: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Term):
    """One of the five documents that Signpost began from, and the slug of the entry that describes it."""

    entry: str


@dataclass(frozen=True, slots=True)
class Link:
    """A web address of the resource itself."""

    __pydantic_config__ = {"extra": "forbid"}

    url: str
    label: str
    format: str = "html"
    dead: bool = False
    """No longer in use: shown as text, never as a link."""


@dataclass(frozen=True, slots=True)
class Verified:
    """When, where and how surely a contact was last seen."""

    __pydantic_config__ = {"extra": "forbid"}

    on: str
    """2015, 2015-03 or 2015-03-26."""
    how: str
    confidence: str
    """high, medium or low."""
    page: str = ""
    """The web page that showed it; every link check looks whether it still does."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A way to reach someone: a number, an e-mail or a postal address, living or dead."""

    __pydantic_config__ = {"extra": "forbid"}

    name: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    hours: str = ""
    note: str = ""
    needs: tuple[str, ...] = ()
    verified: Verified | None = None
    dead: bool = False
    use_instead: tuple[str, ...] = ()
    """Slugs of the entries to use instead of a dead contact."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where we learned a fact: a source document, a public page, or general knowledge that nobody checked."""

    __pydantic_config__ = {"extra": "forbid"}

    document: str = ""
    where: str = ""
    page: str = ""
    shows: str = ""
    background: str = ""
    date: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened to an entry: new, revised, superseded or verified."""

    __pydantic_config__ = {"extra": "forbid"}

    on: str
    change: str
    note: str


@dataclass(frozen=True, slots=True)
class Section:
    """A headed part of an entry; its anchor is an address and its text a search hit of its own."""

    anchor: str
    heading: str
    level: int
    """2, 3 or 4, as in HTML."""
    paragraphs: str
    """Paragraph numbers of the document that it summarises, such as '5.41–5.45'; empty when it has none."""
    html: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """What an author writes at the head of a file: what the resource is, how it stands and how we know."""

    __pydantic_config__ = {"extra": "forbid"}

    title: str
    kind: str
    nations: tuple[str, ...]
    audiences: tuple[str, ...]
    topics: tuple[str, ...]
    publisher: str
    status: str
    sources: tuple[Source, ...]
    reviewed: str
    review_in: str
    history: tuple[Change, ...]
    aliases: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    """What people who do not know its name would type to find it, in plain words."""
    extent: dict[str, str] = field(default_factory=dict)
    """Nation → what applies there, in words, where only a part does."""
    published: str = ""
    begins: str = ""
    """When it began to apply, if later than published."""
    until: str = ""
    """When it stopped being current."""
    standing: str = ""
    """One sentence for a reader under pressure, such as 'Replaced in 2020'."""
    force: str = ""
    supersedes: tuple[str, ...] = ()
    superseded_by: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    """Research ids that this one entry also stands for."""
    related: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """One use of an external address by an entry."""

    url: str
    where: str
    """'link', 'source', 'text' or 'contact'."""
    line: int
    """The line of the entry's file."""
    anchor: str = ""
    """The section that it stands in, when it is in the text of one."""
    shows: tuple[str, ...] = ()
    """The numbers and e-mails that the page is the evidence for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(FrontMatter):
    """One resource: its front matter, its summary and its sections."""

    slug: str
    path: str
    """The file, relative to the content folder."""
    summary: str
    """The opening paragraphs as plain text."""
    summary_html: str
    sections: tuple[Section, ...] = ()
    citations: tuple[Citation, ...] = ()
    """Every external address that readers can follow from here or that we learned from, in the order of the file."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something an author must mend, and where."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class Query:
    """What a reader asked for. Several values of one filter are OR; different filters are AND."""

    q: str = ""
    nation: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    order: str = "relevance"
    page: int = 1
    per_page: int = 20
    as_at: str = ""
    """Only what was current on this day, such as '2016-05-01', or may have been."""
    exact: bool = False
    """Only what was typed: no synonyms, no correction."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A section that matched: where it is and an extract. `highlight` is safe HTML with <mark> round what matched."""

    heading: str
    paragraphs: str
    anchor: str
    highlight: str


@dataclass(frozen=True, slots=True)
class Match:
    """One word that an entry holds, in which part, and what was typed for it."""

    part: str
    word: str
    typed: str
    """The typed word; it differs from `word` when a synonym or a correction led here."""
    count: int


@dataclass(frozen=True, slots=True)
class Why:
    """Why an entry is where it is in the results."""

    matches: tuple[Match, ...]
    words: float
    """The score of its words alone (BM25F)."""
    factors: dict[str, float]
    """What that was multiplied by, such as {'standing': 0.6}; 'named' is added instead."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that matched, best passages first. `highlight` is safe HTML."""

    entry: Entry
    score: float
    highlight: str
    passages: tuple[Passage, ...] = ()
    missing: tuple[str, ...] = ()
    """Words that were typed and that this entry does not hold."""
    why: "Why | None" = None


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a query: one page of hits, and counts for every filter."""

    query: Query
    total: int
    hits: tuple[Hit, ...]
    counts: dict[str, dict[str, int]]
    """Filter → value → how many results there would be with that value, given the other filters."""
    unfiltered: int
    """How many entries the words alone found."""
    complete: int = 0
    """How many entries hold all the words; the others are the nearest."""
    also_searched: tuple[str, ...] = ()
    """Synonyms that were looked for besides what was typed."""
    did_you_mean: str = ""
    """The query with its misspelt words put right."""
    corrected: bool = False
    """What was typed finds nothing, so the corrected query was run instead."""
    nation_named: str = ""
    """The nation that the words name."""

    @property
    def pages(self) -> int:
        """How many pages of results there are; 1 when there are none."""
        return max(1, -(-self.total // self.query.per_page))


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the link checks conclude of a web address, judged from all that they ever saw of it."""

    url: str
    kind: str
    """working, moved, blocked, suspect, hijacked, dead or not-checked."""
    summary: str
    """In plain English, for a maintainer."""
    advice: str = ""
    """What to do about it."""
    evidence: tuple[str, ...] = ()
    """What was seen, newest first, with the day."""
    confidence: str = ""
    """high, medium or low."""
    checked: str = ""
    """When it was last looked at, as an ISO time; empty when never."""
    first_seen: str = ""
    last_working: str = ""
    failing_since: str = ""
    """The first of the failures that have gone on without a break until now."""
    streak: int = 0
    """How many runs in a row saw it fail."""
    final_url: str = ""
    """Where a permanent redirect leads: the address to write instead."""
    archived: str = ""
    """Where a web archive should have a copy of a dead page. Made by rule."""
    archived_seen: str = ""
    """When that copy was last seen to answer; empty when nobody has seen it."""


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether a published number or e-mail still stands on the page that is the evidence for it."""

    value: str
    url: str
    looked: str
    """When the page was last read, as an ISO time."""
    found: bool
    last_found: str = ""


@dataclass(frozen=True, slots=True)
class Excuse:
    """Addresses that need no repair although a check fails, why, who says so and until when."""

    __pydantic_config__ = {"extra": "forbid"}

    pattern: str
    """Matches whole addresses; * stands for anything."""
    reason: str
    who: str
    expires: str


@dataclass(frozen=True, slots=True)
class LinkRun:
    """One run of the link check: when, and how many addresses had each verdict at its end."""

    began: str
    ended: str
    kinds: dict[str, int]


@dataclass(frozen=True, slots=True)
class Turn:
    """An address whose verdict changed with the last run."""

    url: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class LinkChecks:
    """All that the site knows of the link checks: the last run publishes it."""

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    presences: tuple[Presence, ...] = ()
    runs: tuple[LinkRun, ...] = ()
    """Oldest first."""
    turns: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class Use:
    """One use of an address that needs repair: the entry, the place in its file, and the text to put there."""

    entry: Entry
    citation: Citation
    paste: str
    """What to write instead; empty when nobody can know it."""

    @property
    def place(self) -> str:
        """path:line, as an editor takes it."""
        return f"{self.entry.path}:{self.citation.line}"


@dataclass(frozen=True, slots=True)
class Finding:
    """An address with its verdict, who uses it, and how much harm it does while nobody repairs it."""

    verdict: Verdict
    uses: tuple[Use, ...]
    harm: float = 0
    why: tuple[str, ...] = ()
    """What the harm is made of, in words."""
    excuse: Excuse | None = None


@dataclass(frozen=True, slots=True)
class LostContact:
    """A published number or e-mail that no longer stands on the page that was the evidence for it."""

    presence: Presence
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class LinkReport:
    """What the link checks found, for a maintainer: what to repair first, what to watch, what is excused."""

    lost: tuple[LostContact, ...]
    repairs: tuple[Finding, ...]
    """The most harmful first."""
    watched: tuple[Finding, ...]
    """They fail, though not for long enough to be dead."""
    by_hand: tuple[Finding, ...]
    """What programs may not or cannot look at."""
    unseen: tuple[Finding, ...]
    """What no check has come to yet."""
    excused: tuple[Finding, ...]
    expired: tuple[Excuse, ...]
    working: tuple[Finding, ...]
    turns: tuple[Turn, ...]
    runs: tuple[LinkRun, ...]

    @property
    def total(self) -> int:
        """How many addresses there are."""
        return sum(len(part) for part in (self.repairs, self.watched, self.by_hand, self.unseen, self.excused, self.working))

    @property
    def needs_attention(self) -> int:
        """How many things somebody must do something about."""
        return len(self.lost) + len(self.repairs) + len(self.expired)


@dataclass(frozen=True, slots=True)
class Line:
    """One statement of a guide or comparison, and the entries it rests on: a slug, or a slug#anchor."""

    __pydantic_config__ = {"extra": "forbid"}

    says: str
    entries: tuple[str, ...] = ()
    none_found: str = ""
    """The day on which a nation's own equivalent was looked for and not found."""


@dataclass(frozen=True, slots=True)
class Row:
    """One question of the comparison, with an answer for each nation."""

    __pydantic_config__ = {"extra": "forbid"}

    id: str
    question: str
    cells: dict[str, Line]


@dataclass(frozen=True, slots=True)
class Setting:
    """A place of work: who acts there, the first steps, and what never to do."""

    __pydantic_config__ = {"extra": "forbid"}

    id: str
    label: str
    as_in_2011: str
    """Where the 2011 guidance speaks of this setting: a slug#anchor."""
    acts: Line
    first: tuple[Line, ...]
    never: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class NationRoute:
    """What follows in one nation: whom to tell, how to refer, whom to call, and the law behind it."""

    __pydantic_config__ = {"extra": "forbid"}

    id: str
    tell: Line
    refer: tuple[Line, ...]
    call: tuple[str, ...]
    law: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class WhatToDo:
    """All that the page 'What to do now' is made of."""

    __pydantic_config__ = {"extra": "forbid"}

    about_2011: Line = Line("")
    settings: tuple[Setting, ...] = ()
    nations: tuple[NationRoute, ...] = ()


@dataclass(frozen=True, slots=True)
class Guides:
    """What the authors wrote across entries: the comparison of nations, what to do now, and which links are excused."""

    comparison: tuple[Row, ...] = ()
    what_to_do: WhatToDo = WhatToDo()
    link_exceptions: tuple[Excuse, ...] = ()

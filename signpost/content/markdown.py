"""The Markdown below the front matter → a summary and sections, and what is wrong with them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from markdown_it import MarkdownIt
from markdown_it.token import Token

from signpost.model import Section

HEADING_NOTE = re.compile(r'\s*\{paragraphs=["“]([^"”]*)["”]\}\s*$')
SAFE_LINK = re.compile(r"(https?://|mailto:|/|#)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link in the text leads, on which line, and in which section."""

    line: int
    url: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Body:
    """The Markdown of one file, rendered."""

    summary: str
    summary_html: str
    sections: tuple[Section, ...]
    problems: tuple[tuple[int, str], ...]
    targets: tuple[Target, ...]


def render(text: str, first_line: int) -> Body:
    """Render Markdown into a summary and sections, noting raw HTML, unsafe links and repeated headings."""
    refused: list[str] = []

    def is_safe(url: str) -> bool:
        safe = bool(SAFE_LINK.match(url.strip()))
        if not safe:
            refused.append(url)
        return safe

    md = MarkdownIt("commonmark", {"html": False}).enable("table")
    md.validateLink = is_safe  # type: ignore[method-assign]
    tokens = md.parse(text)
    problems = [(first_line + text[: text.find(url)].count("\n"), f"the address '{url}' is not allowed in a link") for url in refused]
    problems += [(first_line + line, "raw HTML is not allowed") for line in _raw_html(text)]
    heads = [n for n, token in enumerate(tokens) if token.type == "heading_open"]
    parts = [tokens[start:end] for start, end in pairwise([*heads, len(tokens)])]
    sections = [_section(md, part) for part in parts]
    lines = [first_line + (tokens[start].map or [0])[0] for start in heads]
    problems += _heading_problems(sections, lines)
    problems += _pictures(tokens, first_line)
    opening = tokens[: heads[0]] if heads else tokens
    summary_html = md.renderer.render(opening, md.options, {})
    targets = list(_targets(opening, first_line, ""))
    for section, part in zip(sections, parts, strict=True):
        targets += _targets(part, first_line, section.anchor)
    return Body(_plain(opening), summary_html, tuple(sections), tuple(problems), tuple(targets))


def _heading_problems(sections: Sequence[Section], lines: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Headings are ##, ### or ####, have words, stand once, and are followed by text or by a deeper heading."""
    anchors: set[str] = set()
    for section, after, line in zip_longest(sections, sections[1:], lines):
        if section.level not in (2, 3, 4):
            yield line, "headings in an entry begin with ##, ### or ####"
        if not section.heading:
            yield line, "a heading without words"
        elif not section.anchor:
            yield line, f"the heading '{section.heading}' needs a letter from a to z or a digit, for its address"
        elif not section.text and not (after and after.level > section.level):
            yield line, f"the heading '{section.heading}' has no text under it"
        if section.anchor in anchors:
            yield line, f"the heading '{section.heading}' stands twice; make one more specific"
        anchors.add(section.anchor)


def _section(md: MarkdownIt, tokens: Sequence[Token]) -> Section:
    """A heading's tokens and those after it → a section."""
    words = _inline_text(tokens[1])
    note = HEADING_NOTE.search(words)
    heading = HEADING_NOTE.sub("", words).strip()
    rest = tokens[3:]
    return Section(
        anchor=re.sub(r"[^a-z0-9]+", "-", heading.casefold()).strip("-"),
        heading=heading,
        level=int(tokens[0].tag[1]),
        paragraphs=note.group(1) if note else "",
        html=md.renderer.render(rest, md.options, {}),
        text=_plain(rest),
    )


def _raw_html(text: str) -> Iterator[int]:
    """The lines, from 0, on which Markdown would take something for HTML."""
    for token in MarkdownIt("commonmark").parse(text):
        if token.type == "html_block" or any(child.type == "html_inline" for child in token.children or []):
            yield (token.map or [0])[0]


def _pictures(tokens: Sequence[Token], first_line: int) -> Iterator[tuple[int, str]]:
    """A picture would have readers' browsers ask another site, which no page of ours allows."""
    for token in tokens:
        if any(child.type == "image" for child in token.children or []):
            yield first_line + (token.map or [0])[0], "pictures are not shown: say it in words, or link to it"


def _targets(tokens: Sequence[Token], first_line: int, anchor: str) -> Iterator[Target]:
    for token in tokens:
        for child in token.children or []:
            if child.type == "link_open":
                yield Target(first_line + (token.map or [0])[0], str(child.attrs["href"]), anchor)


def _plain(tokens: Sequence[Token]) -> str:
    """The words of some blocks, without marks, one space between blocks."""
    return " ".join(filter(None, (_inline_text(token) for token in tokens if token.type in ("inline", "fence", "code_block"))))


def _inline_text(token: Token) -> str:
    if not token.children:
        return token.content.strip()
    return "".join(" " if child.type in ("softbreak", "hardbreak") else child.content for child in token.children).strip()

"""Read the authors' files into entries, vocabulary and problems. The only file that knows YAML and Markdown."""

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, fields, replace
from datetime import date
from difflib import get_close_matches
from itertools import pairwise, zip_longest
from pathlib import Path
from typing import Any, TypeVar

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token
from pydantic import TypeAdapter, ValidationError

from signpost import checks
from signpost.model import Document, Entry, FrontMatter, Guides, Problem, Row, Section, Synonym, Term, WhatToDo
from signpost.vocabulary import Vocabulary, spelled_out_audiences, spelled_out_nations

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
HEADING_NOTE = re.compile(r'\s*\{paragraphs=["“]([^"”]*)["”]\}\s*$')
GUIDE_ENTRIES = re.compile(r"\b(?:(?:entries|call): \[|as_in_2011: )([^\]]*)")
ENTRY_LINK = re.compile(r"/entries/([^/#?]+)(?:#(.+))?")
SAFE_LINK = re.compile(r"(https?://|mailto:|/|#)", re.IGNORECASE)

_front_matter = TypeAdapter(FrontMatter)
_terms = TypeAdapter(list[Term])
_documents = TypeAdapter(list[Document])
_synonyms = TypeAdapter(list[Synonym])
_rows = TypeAdapter(tuple[Row, ...])
_what_to_do = TypeAdapter(WhatToDo)

T = TypeVar("T")


class _PlainLoader(yaml.SafeLoader):
    """Safe YAML in which every scalar but null stays the text that the author wrote: no dates, numbers or booleans."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="write it out: '*' references are not allowed", problem_mark=event.start_mark)
        return super().compose_node(parent, index)


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag == "tag:yaml.org,2002:null"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True, slots=True)
class Library:
    """All that the authors wrote: entries by slug, the vocabulary, and every problem found."""

    entries: dict[str, Entry]
    vocabulary: Vocabulary
    guides: Guides
    problems: list[Problem]


def load(content: Path, today: date) -> Library:
    """Read a content folder. Problems of entries are collected, not raised; a broken vocabulary raises ValueError."""
    vocabulary = load_vocabulary(content / "vocabulary")
    drafts = [_read(path, content, vocabulary) for path in sorted((content / "entries").glob("*/*.md"))]
    problems = [problem for draft in drafts for problem in draft.problems(vocabulary, today)]
    entries: dict[str, _Draft] = {}
    for draft in drafts:
        if draft.entry and draft.slug in entries:
            problems.append(Problem(draft.path, 1, f"the slug '{draft.slug}' is already used by {entries[draft.slug].path}"))
        elif draft.entry:
            entries[draft.slug] = draft
    whole = {slug: draft.entry for slug, draft in entries.items() if draft.entry}
    slugs = {draft.slug for draft in drafts}
    for slug, place, message in checks.problems_between(whole, slugs):
        problems.append(entries[slug].problem(place, message))
    for draft in entries.values():
        problems += draft.dead_references(whole, slugs)
    guides = _load_guides(content, whole, problems)
    return Library(whole, vocabulary, guides, sorted(problems, key=lambda p: (p.path, p.line, p.message)))


def _load_guides(content: Path, entries: Mapping[str, Entry], problems: list[Problem]) -> Guides:
    """The files that speak across entries. What is wrong with them is added to the problems; a missing file is an empty guide."""
    found: dict[str, Any] = {}
    for name, shape in (("comparison", _rows), ("what_to_do", _what_to_do)):
        path = content / f"{name}.yaml"
        if not path.exists():
            continue
        where, text = path.relative_to(content.parent).as_posix(), path.read_text(encoding="utf-8")
        try:
            found[name] = shape.validate_python(yaml.load(text, _PlainLoader))  # noqa: S506 (a SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            problems.append(Problem(where, mark.line + 1 if mark else 1, f"this is not YAML: {error.problem}"))
        except ValidationError as error:
            node = yaml.compose(text, _PlainLoader)
            problems += [Problem(where, _line(node, e["loc"]) - 1, _shape_message(e)) for e in error.errors()]
        problems += [Problem(where, *found) for found in _dead_slugs(text, entries)]
    return Guides(**found)


def _dead_slugs(text: str, entries: Mapping[str, Entry]) -> Iterator[tuple[int, str]]:
    """Entries and sections that a guide names and that do not exist, with their lines."""
    for number, line in enumerate(text.splitlines(), start=1):
        if not (match := GUIDE_ENTRIES.search(line)):
            continue
        for target in filter(None, (part.strip(" '\"") for part in match.group(1).split(","))):
            slug, _, anchor = target.partition("#")
            if slug not in entries:
                yield number, f"there is no entry '{slug}'"
            elif anchor and anchor not in {section.anchor for section in entries[slug].sections}:
                yield number, f"the entry '{slug}' has no section '#{anchor}'"


def load_vocabulary(folder: Path) -> Vocabulary:
    """Read the controlled lists. Raises ValueError that names the file when one is missing or malformed."""
    lists: dict[str, dict[str, Any]] = {}
    for column in fields(Vocabulary):
        if column.name == "documents":
            lists["documents"] = {document.id: document for document in _list(folder, column.name, _documents)}
        elif column.name != "synonyms":
            lists[column.name] = {term.id: term for term in _list(folder, column.name, _terms)}
    return Vocabulary(**lists, synonyms=tuple(_list(folder, "synonyms", _synonyms)))


def _list(folder: Path, name: str, shape: TypeAdapter[list[T]]) -> list[T]:
    path = folder / f"{name}.yaml"
    try:
        return shape.validate_python(yaml.load(path.read_text(encoding="utf-8"), _PlainLoader))  # noqa: S506 (a SafeLoader)
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise ValueError(f"{path}: {error}") from error


@dataclass(frozen=True, slots=True)
class _Draft:
    """One file as read: its entry if it has the right shape, and how to find the line of each key."""

    path: str
    slug: str
    entry: Entry | None
    node: yaml.Node | None
    given: Mapping[str, Any]
    body: "_Body"
    early: tuple[Problem, ...] = ()

    def problem(self, place: checks.Place, message: str) -> Problem:
        return Problem(self.path, _line(self.node, place), message)

    def problems(self, vocabulary: Vocabulary, today: date) -> Iterator[Problem]:
        """What is wrong with this file by itself."""
        yield from self.early
        for line, message in self.body.problems:
            yield Problem(self.path, line, message)
        if not self.entry:
            return
        for place, message in checks.problems_of(self.entry, vocabulary, today):
            yield self.problem(place, message)
        for n, contact in enumerate(self.given.get("contacts") or []):
            if contact.get("phone") and not contact.get("dead") and "verified" not in contact:
                yield self.problem(("contacts", n), "a phone number needs 'verified': when and where it was seen, or null")

    def dead_references(self, entries: Mapping[str, Entry], slugs: Set[str]) -> Iterator[Problem]:
        """Links in the text to entries or sections that do not exist."""
        for line, target in self.body.targets:
            if not (match := ENTRY_LINK.fullmatch(target)):
                continue
            slug, anchor = match.groups()
            if slug not in slugs:
                near = get_close_matches(slug, slugs, n=1, cutoff=0)
                yield Problem(self.path, line, f"there is no entry '{slug}'; the nearest is '{near[0]}'")
            elif anchor and slug in entries and anchor not in {section.anchor for section in entries[slug].sections}:
                yield Problem(self.path, line, f"the entry '{slug}' has no section '#{anchor}'")


def _read(path: Path, content: Path, vocabulary: Vocabulary) -> _Draft:
    """One file → its draft. Whatever is wrong with its shape is in `early`."""
    name = path.relative_to(content.parent).as_posix()
    slug = path.stem
    empty = _Body("", "", (), (), ())
    try:
        head, body, first_line = _split(path.read_text(encoding="utf-8"))
        node = yaml.compose(head, _PlainLoader)
        given = yaml.load(head, _PlainLoader)  # noqa: S506 (a SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        broken = Problem(name, mark.line + 2 if mark else 1, f"the front matter is not YAML: {error.problem}")
        return _Draft(name, slug, None, None, {}, empty, (broken,))
    except (ValueError, yaml.YAMLError) as error:
        return _Draft(name, slug, None, None, {}, empty, (Problem(name, 1, str(error)),))
    early = [Problem(name, line, f"the key '{key}' is given twice") for line, key in _repeated_keys(node)]
    if not SLUG.fullmatch(slug):
        early.append(Problem(name, 1, f"the file name '{slug}' must be lower-case words and hyphens"))
    text = _markdown(body, first_line)
    try:
        front = _front_matter.validate_python(given)
    except ValidationError as error:
        early += [Problem(name, _line(node, e["loc"]), _shape_message(e)) for e in error.errors()]
        return _Draft(name, slug, None, node, {}, text, tuple(early))
    entry = Entry(
        **{column.name: getattr(front, column.name) for column in fields(FrontMatter)},
        slug=slug,
        path=name,
        summary=text.summary,
        summary_html=text.summary_html,
        sections=text.sections,
    )
    entry = replace(
        entry,
        nations=spelled_out_nations(entry.nations),
        audiences=spelled_out_audiences(entry.audiences, vocabulary.audiences),
    )
    return _Draft(name, slug, entry, node, given, text, tuple(early))


def _split(text: str) -> tuple[str, str, int]:
    """A file → its front matter, its body and the number of the body's first line."""
    lines = text.removeprefix("\ufeff").splitlines()
    if not lines or lines[0].rstrip() != "---":
        raise ValueError("the file must begin with a line '---' and its front matter")
    for number, line in enumerate(lines[1:], start=2):
        if line.rstrip() == "---":
            return "\n".join(lines[1 : number - 1]), "\n".join(lines[number:]), number + 1
    raise ValueError("the front matter has no closing line '---'")


def _line(node: yaml.Node | None, place: Sequence[str | int]) -> int:
    """The line of the file that holds a key, or of the nearest one above it that exists."""
    if node is None:
        return 1
    line = int(node.start_mark.line)
    for step in place:
        if isinstance(node, yaml.MappingNode):
            found = [(key, value) for key, value in node.value if key.value == step]
            if not found:
                break
            line, node = found[0][0].start_mark.line, found[0][1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line
        else:
            break
    return line + 2


def _repeated_keys(node: yaml.Node | None) -> Iterator[tuple[int, str]]:
    """Keys written twice in one mapping, where YAML would silently keep the last."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield key.start_mark.line + 2, key.value
            seen.add(key.value)
            yield from _repeated_keys(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _repeated_keys(item)


def _shape_message(error: Any) -> str:
    """Pydantic's error in the words of an author."""
    key = error["loc"][-1] if error["loc"] else "front matter"
    if error["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
        return f"unknown key '{key}'"
    if error["type"].startswith("missing"):
        return f"the key '{key}' is missing"
    if isinstance(key, int):
        return f"this item of '{error['loc'][-2]}' has the wrong form"
    return f"'{key}' has the wrong form: {error['msg'].lower()}"


@dataclass(frozen=True, slots=True)
class _Body:
    """The Markdown of one file, rendered."""

    summary: str
    summary_html: str
    sections: tuple[Section, ...]
    problems: tuple[tuple[int, str], ...]
    targets: tuple[tuple[int, str], ...]


def _markdown(text: str, first_line: int) -> _Body:
    """Render Markdown into a summary and sections, noting raw HTML, unsafe links and repeated headings."""
    refused: list[str] = []

    def is_safe(url: str) -> bool:
        safe = bool(SAFE_LINK.match(url.strip()))
        if not safe:
            refused.append(url)
        return safe

    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.validateLink = is_safe  # type: ignore[method-assign]
    tokens = markdown.parse(text)
    problems = [(first_line + text[: text.find(url)].count("\n"), f"the address '{url}' is not allowed in a link") for url in refused]
    problems += [(first_line + line, "raw HTML is not allowed") for line in _raw_html(text)]
    heads = [n for n, token in enumerate(tokens) if token.type == "heading_open"]
    sections = [_section(markdown, tokens[start:end]) for start, end in pairwise([*heads, len(tokens)])]
    lines = [first_line + (tokens[start].map or [0])[0] for start in heads]
    problems += _heading_problems(sections, lines)
    opening = tokens[: heads[0]] if heads else tokens
    summary_html = markdown.renderer.render(opening, markdown.options, {})
    return _Body(_plain(opening), summary_html, tuple(sections), tuple(problems), tuple(_targets(tokens, first_line)))


def _heading_problems(sections: Sequence[Section], lines: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Headings are ##, ### or ####, have words, stand once, and are followed by text or by a deeper heading."""
    anchors: set[str] = set()
    for section, after, line in zip_longest(sections, sections[1:], lines):
        if section.level not in (2, 3, 4):
            yield line, "headings in an entry begin with ##, ### or ####"
        if not section.heading:
            yield line, "a heading without words"
        elif not section.text and not (after and after.level > section.level):
            yield line, f"the heading '{section.heading}' has no text under it"
        if section.anchor in anchors:
            yield line, f"the heading '{section.heading}' stands twice; make one more specific"
        anchors.add(section.anchor)


def _section(markdown: MarkdownIt, tokens: Sequence[Token]) -> Section:
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
        html=markdown.renderer.render(rest, markdown.options, {}),
        text=_plain(rest),
    )


def _raw_html(text: str) -> Iterator[int]:
    """The lines, from 0, on which Markdown would take something for HTML."""
    for token in MarkdownIt("commonmark").parse(text):
        if token.type == "html_block" or any(child.type == "html_inline" for child in token.children or []):
            yield (token.map or [0])[0]


def _targets(tokens: Sequence[Token], first_line: int) -> Iterator[tuple[int, str]]:
    """Where the text links to, with the line of each link."""
    for token in tokens:
        for child in token.children or []:
            if child.type == "link_open":
                yield first_line + (token.map or [0])[0], str(child.attrs["href"])


def _plain(tokens: Sequence[Token]) -> str:
    """The words of some blocks, without marks, one space between blocks."""
    return " ".join(filter(None, (_inline_text(token) for token in tokens if token.type in ("inline", "fence", "code_block"))))


def _inline_text(token: Token) -> str:
    if not token.children:
        return token.content.strip()
    return "".join(" " if child.type in ("softbreak", "hardbreak") else child.content for child in token.children).strip()

"""One Markdown file → its entry, and every problem that can be seen in the file alone."""

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, fields, replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from signpost import checks
from signpost.content import plain_yaml
from signpost.content.files import text_of
from signpost.content.markdown import Body, render
from signpost.content.plain_yaml import line_of, repeated_keys, shape_message
from signpost.model import Citation, Entry, FrontMatter, Problem
from signpost.vocabulary import Vocabulary, spelled_out_audiences, spelled_out_nations

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
ENTRY_LINK = re.compile(r"/entries/([^/#?]+)(?:#(.+))?")

_front_matter = TypeAdapter(FrontMatter)


@dataclass(frozen=True, slots=True)
class Draft:
    """One file as read: its entry if it has the right shape, and how to find the line of each key."""

    path: str
    slug: str
    entry: Entry | None
    node: yaml.Node | None
    given: Mapping[str, Any]
    body: Body
    early: tuple[Problem, ...] = ()

    def problem(self, place: checks.Place, message: str) -> Problem:
        return Problem(self.path, line_of(self.node, place), message)

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
        for target in self.body.targets:
            if not (match := ENTRY_LINK.fullmatch(target.url)):
                continue
            slug, anchor = match.groups()
            if slug not in slugs:
                near = get_close_matches(slug, slugs, n=1, cutoff=0)
                yield Problem(self.path, target.line, f"there is no entry '{slug}'; the nearest is '{near[0]}'")
            elif anchor and slug in entries and anchor not in {section.anchor for section in entries[slug].sections}:
                yield Problem(self.path, target.line, f"the entry '{slug}' has no section '#{anchor}'")


def read(path: Path, content: Path, vocabulary: Vocabulary) -> Draft:
    """One file → its draft. Whatever is wrong with its shape is in `early`."""
    name = path.relative_to(content.parent).as_posix()
    slug = path.stem
    empty = Body("", "", (), (), ())
    try:
        head, body, first_line = _split(text_of(path))
        node = plain_yaml.compose(head)
        given = plain_yaml.load(head)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        broken = Problem(name, mark.line + 2 if mark else 1, f"the front matter is not YAML: {error.problem}")
        return Draft(name, slug, None, None, {}, empty, (broken,))
    except (ValueError, yaml.YAMLError) as error:
        return Draft(name, slug, None, None, {}, empty, (Problem(name, 1, str(error)),))
    early = [Problem(name, line, f"the key '{key}' is given twice") for line, key in repeated_keys(node)]
    if not SLUG.fullmatch(slug):
        early.append(Problem(name, 1, f"the file name '{slug}' must be lower-case words and hyphens"))
    text = render(body, first_line)
    try:
        front = _front_matter.validate_python(given)
    except ValidationError as error:
        early += [Problem(name, line_of(node, e["loc"]), shape_message(e)) for e in error.errors()]
        return Draft(name, slug, None, node, {}, text, tuple(early))
    facts = {column.name: getattr(front, column.name) for column in fields(FrontMatter)}
    facts["nations"] = spelled_out_nations(front.nations)
    facts["audiences"] = spelled_out_audiences(front.audiences, vocabulary.audiences)
    entry = Entry(
        **facts,
        slug=slug,
        path=name,
        summary=text.summary,
        summary_html=text.summary_html,
        sections=text.sections,
        citations=tuple(_citations(front, node, text)),
    )
    return Draft(name, slug, entry, node, given, text, tuple(early))


def _citations(front: FrontMatter, node: yaml.Node | None, body: Body) -> Iterator[Citation]:
    """Every external address of an entry that is not already known to be dead, with its line."""
    for n, link in enumerate(front.links):
        if not link.dead:
            yield Citation(link.url, "link", line_of(node, ("links", n, "url")))
    for n, contact in enumerate(front.contacts):
        if contact.verified and contact.verified.page:
            shows = tuple(filter(None, (contact.phone, contact.email)))
            yield Citation(contact.verified.page, "contact", line_of(node, ("contacts", n, "verified", "page")), shows=shows)
    for n, source in enumerate(front.sources):
        if source.page:
            yield Citation(source.page, "source", line_of(node, ("sources", n, "page")))
    for target in body.targets:
        if target.url.startswith("http"):
            yield Citation(target.url, "text", target.line, target.anchor)


def _split(text: str) -> tuple[str, str, int]:
    """A file → its front matter, its body and the number of the body's first line."""
    lines = text.removeprefix("\ufeff").splitlines()
    if not lines or lines[0].rstrip() != "---":
        raise ValueError("the file must begin with a line '---' and its front matter")
    for number, line in enumerate(lines[1:], start=2):
        if line.rstrip() == "---":
            return "\n".join(lines[1 : number - 1]), "\n".join(lines[number:]), number + 1
    raise ValueError("the front matter has no closing line '---'")

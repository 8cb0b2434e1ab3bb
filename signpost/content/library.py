"""A content folder, whole: every entry, the vocabulary, the guides and every problem."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from signpost import checks
from signpost.content.entry_file import Draft, read
from signpost.content.lists import load_guides, load_vocabulary
from signpost.model import Entry, Guides, Problem
from signpost.vocabulary import Vocabulary


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
    drafts = [read(path, content, vocabulary) for path in sorted((content / "entries").glob("*/*.md"))]
    problems = [problem for draft in drafts for problem in draft.problems(vocabulary, today)]
    entries: dict[str, Draft] = {}
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
    guides = load_guides(content, whole, problems)
    return Library(whole, vocabulary, guides, sorted(problems, key=lambda p: (p.path, p.line, p.message)))

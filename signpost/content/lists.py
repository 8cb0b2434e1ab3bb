"""The YAML files that are not entries: the vocabulary, and the guides that speak across entries."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from signpost.content import plain_yaml
from signpost.content.files import text_of
from signpost.content.plain_yaml import line_of, shape_message
from signpost.model import Document, Entry, Excuse, Guides, Problem, Row, Synonym, Term, WhatToDo
from signpost.vocabulary import Vocabulary

GUIDE_ENTRIES = re.compile(r"\b(?:(?:entries|call): \[|as_in_2011: )([^\]]*)")

_terms = TypeAdapter(list[Term])
_documents = TypeAdapter(list[Document])
_synonyms = TypeAdapter(list[Synonym])
_rows = TypeAdapter(tuple[Row, ...])
_what_to_do = TypeAdapter(WhatToDo)
_excuses = TypeAdapter(tuple[Excuse, ...])

T = TypeVar("T")


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
        return shape.validate_python(plain_yaml.load(text_of(path)))
    except (ValueError, yaml.YAMLError) as error:
        raise ValueError(f"{path}: {error}") from error


def load_guides(content: Path, entries: Mapping[str, Entry], problems: list[Problem]) -> Guides:
    """The files that speak across entries. What is wrong with them is added to the problems; a missing file is an empty guide."""
    found: dict[str, Any] = {}
    for name, shape in (("comparison", _rows), ("what_to_do", _what_to_do), ("link_exceptions", _excuses)):
        path = content / f"{name}.yaml"
        if not path.exists():
            continue
        where, text = path.relative_to(content.parent).as_posix(), ""
        try:
            text = text_of(path)
            found[name] = shape.validate_python(plain_yaml.load(text))
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            problems.append(Problem(where, mark.line + 1 if mark else 1, f"this is not YAML: {error.problem}"))
        except ValidationError as error:
            node = plain_yaml.compose(text)
            problems += [Problem(where, line_of(node, e["loc"]) - 1, shape_message(e)) for e in error.errors()]
        except (ValueError, yaml.YAMLError) as error:
            problems.append(Problem(where, 1, str(error)))
        problems += [Problem(where, *found) for found in _dead_slugs(text, entries)]
        if name == "link_exceptions":
            problems += [Problem(where, *found) for found in _bad_excuses(text, found.get(name, ()))]
    return Guides(**found)


def _bad_excuses(text: str, excuses: Sequence[Excuse]) -> Iterator[tuple[int, str]]:
    """An excuse says why, who says so, and the day on which it ends. One that has ended is the link report's business."""
    node = plain_yaml.compose(text)
    for n, excuse in enumerate(excuses):
        for key in ("pattern", "reason", "who"):
            if not getattr(excuse, key).strip():
                yield line_of(node, (n, key)) - 1, f"an excuse needs its {key}"
        try:
            date.fromisoformat(excuse.expires)
        except ValueError:
            yield line_of(node, (n, "expires")) - 1, f"bad date '{excuse.expires}': an excuse ends on a whole day, such as 2027-01-31"


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

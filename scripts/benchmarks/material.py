"""What the benchmarks work on: generated entries, and searches as readers make them. Drawn by a fixed seed, so that runs compare."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlencode

from signpost.model import Entry

SEED = 20261123


def generated(entries: Sequence[Entry], size: int) -> list[Entry]:
    """As many entries as asked for, their sentences drawn from the real ones, so that words are as common as in life.

    The first of each keeps its slug, so that what entries say of one another still leads somewhere.
    """
    chance = random.Random(SEED)  # noqa: S311 (a benchmark)
    sentences = [s for e in entries for section in e.sections for s in re.split(r"(?<=[.?!]) ", section.text) if s]
    made = []
    for number in range(size):
        model = entries[number % len(entries)]
        sections = tuple(replace(s, text=" ".join(chance.choices(sentences, k=max(1, s.text.count(". "))))) for s in model.sections[:12])
        slug, title = (f"{model.slug}-{number}", f"{model.title} {number}") if number >= len(entries) else (model.slug, model.title)
        summary = " ".join(chance.choices(sentences, k=4))
        made.append(replace(model, slug=slug, title=title, summary=summary, sections=sections, aliases=(), covers=()))
    return made


def searches(entries: Sequence[Entry], count: int) -> list[str]:
    """So many different searches, as the query of an address: runs of one to four words of the texts, every fourth with a filter."""
    chance = random.Random(SEED)  # noqa: S311 (a benchmark)
    runs = dict.fromkeys(_runs(entries, chance, count))
    filters = [("kind", "guidance"), ("kind", "legislation"), ("status", "current"), ("status", "superseded")]
    return [urlencode([("q", run)] + ([chance.choice(filters)] if place % 4 == 0 else [])) for place, run in enumerate(runs)]


def _runs(entries: Sequence[Entry], chance: random.Random, count: int) -> Iterator[str]:
    texts = [text.split() for e in entries for text in (e.title, e.summary, *e.asked, *(s.text for s in e.sections)) if text]
    seen: set[str] = set()
    while len(seen) < count:
        words, length = chance.choice(texts), chance.randint(1, 4)
        start = chance.randrange(len(words))
        run = " ".join(re.findall(r"\w+", " ".join(words[start : start + length])))
        if len(run) > 3 and run.casefold() not in seen:
            seen.add(run.casefold())
            yield run


def beginnings(entries: Sequence[Entry], count: int) -> list[str]:
    """So many different beginnings of titles and other names, as a reader types them, as the query of an address."""
    names = [name for entry in entries for name in (entry.title, *entry.aliases)]
    typed = dict.fromkeys(name[:length].casefold() for length in range(2, 40) for name in names)
    return [urlencode({"q": text}) for text in typed][:count]

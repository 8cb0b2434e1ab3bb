"""Write the new address of a permanent move into an entry's file, and change nothing else. Knows bytes and lines, not YAML or Markdown."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from signpost.model import Finding

MAY_FOLLOW = rb"(?![^\s\"'<>()\[\]{}|,;])"
"""An address ends where no more of an address follows."""


@dataclass(frozen=True, slots=True)
class Move:
    """One line of one file in which an address can be replaced."""

    path: str
    line: int
    old: str
    new: str

    @property
    def is_upgrade(self) -> bool:
        """Whether only http becomes https, at the same host."""
        old, new = urlsplit(self.old), urlsplit(self.new)
        return (old.scheme, new.scheme) == ("http", "https") and old._replace(scheme="https") == new


def moves(findings: Sequence[Finding]) -> Iterator[Move]:
    """Every line that a permanent move asks to be changed."""
    for finding in findings:
        if finding.verdict.kind == "moved":
            for use in finding.uses:
                yield Move(use.entry.path, use.citation.line, finding.verdict.url, finding.verdict.final_url)


def apply(move: Move, root: Path) -> bool:
    """Replace the address on its line; every other byte of the file stays. False when it is no longer there."""
    path = root / move.path
    lines = path.read_bytes().splitlines(keepends=True)
    # A paragraph is cited by its first line: the address may stand on any line of it.
    for number in range(move.line - 1, len(lines)):
        changed, count = re.subn(re.escape(move.old.encode()) + MAY_FOLLOW, lambda _: move.new.encode(), lines[number])
        if count:
            lines[number] = changed
            path.write_bytes(b"".join(lines))
            return True
        if not lines[number].strip():
            break
    return False

"""What a run publishes for the site: one file, swapped whole. The site never opens the history."""

import os
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from signpost.model import LinkChecks

FILE = "links.json"

_checks = TypeAdapter(LinkChecks)


def publish(index_dir: Path, checks: LinkChecks) -> None:
    """Put the file in place in one step: a reader sees the old one or the new one."""
    new = index_dir / f".{FILE}"
    with new.open("wb") as file:
        file.write(_checks.dump_json(checks))
        file.flush()
        os.fsync(file.fileno())
    new.replace(index_dir / FILE)


def stamp(index_dir: Path) -> int:
    """Changes whenever a run publishes; 0 when none has."""
    try:
        return index_dir.joinpath(FILE).stat().st_mtime_ns
    except OSError:
        return 0


def published(index_dir: Path) -> LinkChecks:
    """What the last run published; nothing when there was none, or when the file is of another version."""
    try:
        return _checks.validate_json(index_dir.joinpath(FILE).read_bytes())
    except (OSError, ValidationError):
        return LinkChecks()

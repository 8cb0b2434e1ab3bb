"""Publishing: an edition is built, or taken from an archive, whole or not at all, and becomes the current one in a single step."""

import fcntl
import gzip
import hashlib
import json
import os
import re
import shutil
import tarfile
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from signpost.model import Entry, Guides
from signpost.search import index
from signpost.search.edition import (
    ENTRIES,
    FORMAT,
    GUIDES,
    LIST,
    VOCABULARY,
    WORDS,
    EditionError,
    current_id,
    id_of,
    kept,
    labels_of,
    read,
)
from signpost.search.lexicon import Lexicon
from signpost.search.passages import read_entry
from signpost.search.spelling import count_words
from signpost.vocabulary import Vocabulary

NO_GUIDES = Guides()

MOST_BYTES = 2 * 2**30
"""More than this does not come out of an archive; an edition of 10,000 entries has a tenth of it."""

FILE_NAME = re.compile(r"(whoosh/)?\w[\w.]*", re.ASCII)
"""What a file of an edition may be called: no way leads out of its folder."""


@dataclass(frozen=True, slots=True)
class Published:
    """What a build made."""

    id: str
    entries: int
    sections: int
    seconds: float
    bytes: int


def publish(
    folder: Path, entries: Sequence[Entry], vocabulary: Vocabulary, keep: int, progress: index.Progress, guides: Guides = NO_GUIDES
) -> Published:
    """Build an edition and make it the current one. Raises EditionError when another build runs or the disk refuses."""
    began = time.monotonic()
    with _alone(folder) as building:
        number = 1 + max((_number(path) for path in _all_kept(folder)), default=0)
        _write(building, number, entries, vocabulary, guides, progress)
        final = _settle(folder, building, keep)
        size = sum(final.joinpath(name).stat().st_size for name in _files(final))
    return Published(final.name, len(entries), sum(len(e.sections) for e in entries), time.monotonic() - began, size)


def pack(folder: Path, archive: Path) -> None:
    """Put the current edition into one compressed file, with its sum beside it as sha256sum writes it. Raises EditionError."""
    with _alone(folder):
        id = current_id(folder)
        kept(folder, id)  # a damaged one goes nowhere
        place = folder / "editions" / id
        part = archive.with_name(f".{archive.name}.part")
        try:
            with tarfile.open(part, "w:gz", compresslevel=6) as tar:
                for name in _files(place):
                    tar.add(place / name, name, filter=_nobodys)
            _sync(part)
            part.replace(archive)
        finally:
            part.unlink(missing_ok=True)
        _sum_beside(archive).write_text(f"{_sum(archive)}  {archive.name}\n", encoding="utf-8")


def take(folder: Path, archive: Path, keep: int) -> str:
    """Make the edition of an archive the current one; gives its id. Raises EditionError when anything about it is not as it should be."""
    _check_sum(archive)
    with _alone(folder) as building:
        _unpack(archive, building)
        read(building)
        if {*_files(building)} != {LIST, *json.loads(building.joinpath(LIST).read_bytes())["sums"]}:
            raise EditionError(f"{archive} holds files that its edition does not list")
        return _settle(folder, building, keep).name


def go_back(folder: Path, id: str = "") -> str:
    """Make an edition that is kept the current one: that of an id, or the one before the current; gives its id. Raises EditionError."""
    with _alone(folder):
        ids = [path.name for path in _all_kept(folder)]
        wanted = id or max((other for other in ids if other < current_id(folder)), default="")
        if wanted not in ids:
            raise EditionError(f"there is no {f'edition {id}' if id else 'earlier edition'}; kept are {', '.join(ids) or 'none'}")
        kept(folder, wanted)
        _point_to(folder, wanted)
        return wanted


@contextmanager
def _alone(folder: Path) -> Iterator[Path]:
    """An empty folder to make an edition in, for one maker at a time. The system drops the lock of one that dies; the next sweeps up.

    What is made can be read by everybody and written by its owner alone, whatever the caller's umask.
    """
    building = folder / "editions" / ".building"
    umask = os.umask(0o022)
    try:
        building.parent.mkdir(parents=True, exist_ok=True)
        with folder.joinpath("build.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise EditionError("another build is running; wait for it to end") from error
            shutil.rmtree(building, ignore_errors=True)
            building.mkdir()
            try:
                yield building
            finally:
                shutil.rmtree(building, ignore_errors=True)  # a full disk gets its room back
    except OSError as error:
        raise EditionError(f"cannot write the edition: {error}") from error
    finally:
        os.umask(umask)


def _write(building: Path, number: int, entries: Sequence[Entry], vocabulary: Vocabulary, guides: Guides, progress: index.Progress) -> None:
    """All files of an edition, then the list of them with their sums."""
    building.joinpath("entries.json").write_bytes(ENTRIES.dump_json(list(entries)))
    building.joinpath("vocabulary.json").write_bytes(VOCABULARY.dump_json(vocabulary))
    building.joinpath("guides.json").write_bytes(GUIDES.dump_json(guides))
    whoosh = building / "whoosh"
    whoosh.mkdir()
    lexicon, labels = Lexicon(vocabulary), labels_of(vocabulary)
    index.build(whoosh, entries, labels, lexicon, progress)
    lines = (WORDS.dump_json(read_entry(entry, labels, lexicon.words)) + b"\n" for entry in entries)
    building.joinpath("words.jsonl").write_bytes(b"".join(lines))
    counts = count_words(text for entry in entries for part in index.parts_of(entry, labels).values() for text in part)
    building.joinpath("spellings.json").write_text(json.dumps(counts), encoding="utf-8")
    facts = {
        "format": FORMAT,
        "number": number,
        "built": datetime.now(UTC).isoformat(timespec="seconds"),
        "sums": {name: _sum(building / name) for name in _files(building)},
    }
    building.joinpath(LIST).write_text(json.dumps(facts, indent=1), encoding="utf-8")


def _unpack(archive: Path, building: Path) -> None:
    """Only plain files with plain names, and a bounded number of bytes. By hand, since Debian 12's tarfile has no filters."""
    room = MOST_BYTES
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                room -= tarfile.BLOCKSIZE + member.size
                source = tar.extractfile(member) if member.isreg() and FILE_NAME.fullmatch(member.name) and room >= 0 else None
                if source is None:
                    raise EditionError(f"{archive} holds {member.name!r}, which is no file of an edition, or too large")
                path = building / member.name
                path.parent.mkdir(exist_ok=True)
                with path.open("xb") as target:
                    shutil.copyfileobj(source, target)
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise EditionError(f"{archive} is no archive of an edition: {error}") from error


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """A file of an archive, without who made it."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def _files(place: Path) -> list[str]:
    """The files of an edition, as its list names them."""
    return sorted(path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file())


def _check_sum(archive: Path) -> None:
    try:
        as_said = _sum_beside(archive).read_text(encoding="utf-8").split()[:1] == [_sum(archive)]
    except OSError as error:
        raise EditionError(f"{archive} cannot be taken: {error}") from error
    if not as_said:
        raise EditionError(f"{archive} does not have the sum that {_sum_beside(archive).name} says; fetch both again")


def _sum_beside(archive: Path) -> Path:
    return archive.with_name(f"{archive.name}.sha256")


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    """Ask the system to put a file or folder on the disk before we go on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _all_kept(folder: Path) -> list[Path]:
    """The editions on disk, oldest first; a killed build may have left one that never was current, or half deleted."""
    return sorted(path for path in folder.joinpath("editions").iterdir() if path.name[:1].isdecimal())


def _number(edition: Path) -> int:
    return int(edition.name.partition("-")[0])


def _settle(folder: Path, building: Path, keep: int) -> Path:
    """Put a finished edition on the disk under its id, make it the current one, and delete those that are too old."""
    final = building.with_name(id_of(building.joinpath(LIST).read_bytes()))
    if not _is_whole(folder, final.name):
        for path in (*building.rglob("*"), building):
            _sync(path)
        shutil.rmtree(final, ignore_errors=True)
        building.rename(final)
        _sync(final.parent)
    _point_to(folder, final.name)
    _prune(folder, final, keep)
    return final


def _is_whole(folder: Path, id: str) -> bool:
    """Whether this very edition is kept already and can be served: an archive may be taken twice."""
    try:
        kept(folder, id)
    except EditionError:
        return False
    return True


def _point_to(folder: Path, id: str) -> None:
    """Swap the pointer in one step: a reader sees the old edition or the new one."""
    pointer = folder / ".current"
    pointer.unlink(missing_ok=True)
    pointer.symlink_to(Path("editions") / id)
    pointer.replace(folder / "current")
    _sync(folder)


def _prune(folder: Path, final: Path, keep: int) -> None:
    """Delete the oldest editions but never the current one, nor one that a reader may just have opened."""
    old = [path for path in _all_kept(folder) if path != final]
    for path in old[: len(old) - max(keep, 2) + 1]:
        shutil.rmtree(path, ignore_errors=True)

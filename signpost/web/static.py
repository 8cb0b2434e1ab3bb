"""/static/: stylesheets and scripts, read once when the process starts; an address with their sum in it may be kept for a year."""

import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, abort, make_response, url_for

LASTING = "public, max-age=31536000, immutable"
BRIEF = "public, max-age=300"
"""For plain names, and for the sum of another version, as when a web node is still to be upgraded."""
SUM = 12
"""Characters of the sum: enough that no two versions share one."""


@dataclass(frozen=True, slots=True)
class File:
    """One file, whole."""

    body: bytes
    mimetype: str


def init_app(app: Flask) -> None:
    """Serve the static folder: only what is in it now can be asked for, so no address leads out of it."""
    files = read(app.config["SIGNPOST"].static_dir)
    version = sum_of(files)

    def static(name: str) -> Response:
        first, _, rest = name.partition("/")
        has_sum = len(first) == SUM and rest in files
        file = files.get(rest if has_sum else name) or abort(404)
        answer = make_response(file.body)
        answer.mimetype = file.mimetype
        answer.headers["Cache-Control"] = LASTING if has_sum and first == version else BRIEF
        return answer

    app.add_url_rule("/static/<path:name>", "static", static)
    app.jinja_env.globals["static"] = lambda name: url_for("static", name=f"{version}/{name}")


def read(folder: Path) -> dict[str, File]:
    """Name below the folder → file. Links that lead out of the folder are left out."""
    inside = folder.resolve()
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.resolve().is_relative_to(inside))
    return {
        path.relative_to(folder).as_posix(): File(path.read_bytes(), mimetypes.guess_type(path.name)[0] or "application/octet-stream")
        for path in paths
    }


def sum_of(files: dict[str, File]) -> str:
    """One sum for all files, which stands before their names like a folder: so what one of them imports is of the same version."""
    whole = hashlib.sha256()
    for name, file in files.items():
        whole.update(f"{name}\0{len(file.body)}\0".encode() + file.body)
    return whole.hexdigest()[:SUM]

"""One line of JSON for each request and each mistake of ours: what an operator needs, and never what was searched for."""

import json
import logging
import re
import time
import traceback
import uuid
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, has_request_context, request
from flask.logging import default_handler

GIVEN_ID = re.compile(r"[\w.-]{8,64}", re.ASCII)
"""A request id of the proxy before us that may stand in a log and on a page."""
WITHHELD = re.compile(r"\?| from ip=")
"""Where a message of gunicorn's goes on with a reader's query or address."""


class JsonLines(logging.Formatter):
    """A record as one line of JSON. An exception is its kind and its places: its message may hold what was typed."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "message": WITHHELD.split(record.getMessage(), maxsplit=1)[0],
        }
        if has_request_context():
            line["request"] = g.get("request_id")
        line |= getattr(record, "facts", {})
        if record.exc_info and record.exc_info[1]:
            line["errors"] = _causes(record.exc_info[1])
        return json.dumps(line)


def _causes(error: BaseException | None) -> list[dict[str, Any]]:
    """An exception and those that led to it: the kind of each, and the places it went through."""
    causes = []
    while error:
        places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
        causes.append({"kind": type(error).__qualname__, "places": places})
        error = error.__cause__ or error.__context__
    return causes


def init_app(app: Flask) -> None:
    """Give every request an id and a line in the log. The server says where the lines go; without one, to standard error."""
    default_handler.setFormatter(JsonLines())
    app.logger.setLevel(logging.INFO)

    @app.before_request
    def begin() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if GIVEN_ID.fullmatch(given) else uuid.uuid4().hex
        g.began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.request_id
        facts = {
            "method": request.method,
            "path": request.path.partition("?")[0],
            "status": response.status_code,
            "ms": round((time.perf_counter() - g.began) * 1000, 1),
            "edition": g.edition.id if "edition" in g else None,
        }
        app.logger.info("request", extra={"facts": facts})
        return response

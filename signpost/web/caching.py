"""Answers kept in memory as they went out, so that the same question costs almost nothing; and validators. Knows no page."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from flask import Flask, Response, g, request
from flask_compress import Compress
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from signpost.web.reading import edition, verdict_stamp

MOST = 32 * 2**20
"""Bytes of answers that one process keeps: some 3,000 result pages, compressed."""
OVERHEAD = 2_000
"""What an answer takes in memory besides its body: its key, its headers and their objects."""
ENCODINGS = ("br", "gzip")
LIVE = ("machine.healthz", "machine.readyz")
"""What tells of this very moment, and is never kept."""

Key = tuple[object, ...]
"""Everything that an answer depends on."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: its body as it goes out, and the headers that belong to it."""

    body: bytes
    headers: tuple[tuple[str, str], ...]


class Memory:
    """The answers that were last used, up to a number of bytes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held = 0
        self._answers: OrderedDict[Key, Answer] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> Answer | None:
        """The answer kept for a key."""
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
            return self._answers.get(key)

    def put(self, key: Key, answer: Answer) -> None:
        """Keep an answer, and forget as many of those that were longest unused as it takes."""
        with self._lock:
            if key in self._answers:
                return
            self._answers[key] = answer
            self._held += len(answer.body) + OVERHEAD
            while self._held > self._most:
                _, oldest = self._answers.popitem(last=False)
                self._held -= len(oldest.body) + OVERHEAD


def init_app(app: Flask) -> None:
    """Answer from memory what was answered before; compress; give every whole answer a strong ETag, and 304 to whoever holds it."""
    memory = Memory(MOST)
    app.config["COMPRESS_ALGORITHM"] = ENCODINGS

    @app.before_request
    def recall() -> Response | None:
        request.environ["HTTP_ACCEPT_ENCODING"] = _encoding(request.headers.get("Accept-Encoding", ""))  # Flask-Compress does as we decide
        g.key = _key()
        if not (g.key and (answer := memory.get(g.key))):
            return None
        g.key = None
        return Response(answer.body, headers=answer.headers)

    @app.after_request
    def keep(response: Response) -> Response:
        if request.method not in ("GET", "HEAD") or response.status_code != 200 or response.is_streamed:
            return response
        response.add_etag()
        if "Cache-Control" not in response.headers:
            response.cache_control.no_cache = True
        if g.get("key") and _is_for_all(response):
            memory.put(g.key, Answer(response.get_data(), tuple(response.headers)))
        response.make_conditional(request)
        return response

    Compress(app)  # last, because what comes last here is the first to see an answer


def _key() -> Key | None:
    """What the answer to this request depends on; None when it must be made afresh. Raises EditionError when there is no edition."""
    if request.method not in ("GET", "HEAD") or request.url_rule is None or request.endpoint in LIVE:
        return None
    state: Key = () if request.endpoint == "static" else (edition().id, edition().built, verdict_stamp(), date.today())
    query = tuple(sorted(request.args.items(multi=True), key=lambda pair: pair[0]))
    return *state, request.scheme, request.host, request.root_path, request.path, query, request.environ["HTTP_ACCEPT_ENCODING"]


@lru_cache(maxsize=256)
def _encoding(accepted: str) -> str:
    """How to send a body to whoever accepts these encodings; '' is plain."""
    return parse_accept_header(accepted, Accept).best_match(ENCODINGS) or ""


def _is_for_all(response: Response) -> bool:
    """Whether whoever asks the same may have this answer: it neither sets a cookie nor depends on one, as its Vary would say."""
    return "Set-Cookie" not in response.headers and response.vary.as_set() <= {"accept-encoding"}

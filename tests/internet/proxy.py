"""A forward proxy on the loopback address that is the whole internet to whoever uses it, with an authority that is thrown away.

It knows sockets and certificates; what is said at which address is the world's business.
"""

import socket
import ssl
import struct
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme

from tests.internet.answers import Answer, Situation, place
from tests.internet.situations import SITUATIONS
from tests.internet.world import World

PACE = 0.1
"""Seconds between the bytes of what drips."""
DRIPPED = 40
"""How many last bytes of a slow body drip."""
HUGE = 200_000_000
CHUNK = b" " * 65536
UNREACHABLE = {"unknown": "Name or service not known", "refused": "Connection refused"}
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that arrived, or one try to connect that went no further: its path is empty."""

    host: str
    path: str
    """With its query, decoded."""
    at: float
    """Seconds of the monotonic clock."""
    agent: str
    """The User-Agent."""


@dataclass
class Internet:
    """What the stand-in is told and what it has seen. `day` may be set at any time."""

    environment: dict[str, str]
    """For a subprocess: the proxy and the authority as requests, LinkChecker and lychee read them."""
    ca: Path
    """The authority's PEM file, which everybody may read: LinkChecker turns from root into nobody."""
    day: int = 0
    asked: list[Asked] = field(default_factory=list)
    sent: Counter[str] = field(default_factory=Counter)
    """Bytes of bodies handed over, by host: tells whether anybody swallowed 200 MB."""


class _Certificates:
    """A TLS context for each host, made when first asked for."""

    def __init__(self) -> None:
        self.authority = trustme.CA()
        self.contexts: dict[str, ssl.SSLContext] = {}
        self.lock = threading.Lock()

    def context(self, host: str, connection: str) -> ssl.SSLContext:
        with self.lock:
            if host not in self.contexts:
                self.contexts[host] = self._made(host, connection)
            return self.contexts[host]

    def _made(self, host: str, connection: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if connection == "self-signed":
            stranger = trustme.CA()
            with stranger.cert_pem.tempfile() as certificate, stranger.private_key_pem.tempfile() as key:
                context.load_cert_chain(certificate, key)
            return context
        since, until = LONG_AGO if connection == "expired" else (None, None)
        name = "another-host.example" if connection == "wrong-name" else host
        self.authority.issue_cert(name, not_before=since, not_after=until).configure_cert(context)
        return context


class _Proxy(ThreadingHTTPServer):
    daemon_threads = False  # so that closing waits for every one of them
    request_queue_size = 256

    def __init__(self, web: Internet, world: World, certificates: _Certificates, extra: tuple[tuple[str, str], ...]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.web, self.world, self.certificates, self.extra = web, world, certificates, extra
        self.open: set[socket.socket] = set()
        self.closing = threading.Event()
        self.faults: list[BaseException] = []

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are life; anything else is a fault of ours, to be raised when all is over."""
        error = sys.exc_info()[1]
        if error and not isinstance(error, OSError):
            self.faults.append(error)

    def close(self) -> None:
        """Hang up on everybody and wait for every thread."""
        self.shutdown()
        self.closing.set()
        for connection in list(self.open):
            hang_up(connection)
        self.server_close()
        if self.faults:
            raise ExceptionGroup("the stand-in failed", [fault for fault in self.faults if isinstance(fault, Exception)])


def hang_up(connection: socket.socket) -> None:
    """End a connection that another thread may be waiting on. An SSLSocket's own shutdown would pull its state from under that thread."""
    with suppress(OSError):  # it may have ended already
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Proxy
    origin = ""
    """https://host once a tunnel stands; until then requests name the whole address."""

    def setup(self) -> None:
        super().setup()
        self._register(self.connection)

    def finish(self) -> None:
        super().finish()
        self.server.open.discard(self.connection)
        self.connection.close()

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_CONNECT(self) -> None:
        host = place(f"https://{self.path}")[0]
        connection = self.server.world.connection(host)
        if connection != "trusted":
            self._note(host, "")
        if connection in UNREACHABLE:
            self._send(Answer(502, UNREACHABLE[connection].encode(), kind="text/plain"), UNREACHABLE[connection])
            return
        self.send_response_only(200, "Connection established")
        self.end_headers()
        self._encrypt(self.server.certificates.context(host, connection))
        self.origin = f"https://{host}"
        self.close_connection = False  # whatever HTTP version asked for the tunnel

    def do_GET(self) -> None:
        url = self.origin + self.path
        self._note(*place(url))
        answer = self.server.world.answer(url, self.server.web.day)
        self.manners[answer.manner](self, answer)

    do_HEAD = do_GET  # noqa: N815 (http.server names it)

    def _encrypt(self, context: ssl.SSLContext) -> None:
        plain = self.connection
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        self.rfile.close()
        self.wfile.close()
        self.connection = context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        self.server.open.discard(plain)
        self._register(self.connection)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)
        self.connection.do_handshake()

    def _register(self, connection: socket.socket) -> None:
        self.server.open.add(connection)
        if self.server.closing.is_set():
            hang_up(connection)

    def _note(self, host: str, path: str) -> None:
        self.server.web.asked.append(Asked(host, path, time.monotonic(), self.headers.get("User-Agent", "")))

    def _send(self, answer: Answer, reason: str | None = None, more: int = 0) -> None:
        """Head and body; the head may announce more than the body."""
        self.send_response_only(answer.status, reason)
        for name, value in (*answer.headers, *self.server.extra):
            self.send_header(name, value)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body) + more))
        self.end_headers()
        if self.command != "HEAD":
            self._write(answer.body)

    def _write(self, body: bytes) -> None:
        self.server.web.sent[place(self.origin or self.path)[0]] += len(body)
        self.wfile.write(body)

    def _plain(self, answer: Answer) -> None:
        self._send(answer)

    def _silent(self, answer: Answer) -> None:
        self.server.closing.wait()
        self.close_connection = True

    def _reset(self, answer: Answer) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def _slow_body(self, answer: Answer) -> None:
        rest = answer.body[-DRIPPED:]
        self._send(Answer(answer.status, answer.body[:-DRIPPED], answer.headers, answer.kind), more=DRIPPED)
        for byte in rest:
            if self.server.closing.wait(PACE):
                break
            self._write(bytes([byte]))

    def _slow_head(self, answer: Answer) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Patience: ")
        while not self.server.closing.wait(PACE):
            self.wfile.write(b".")
        self.close_connection = True

    def _huge(self, answer: Answer) -> None:
        self._send(answer, more=HUGE)
        for _ in range(HUGE // len(CHUNK)):
            self._write(CHUNK)
        self._write(CHUNK[: HUGE % len(CHUNK)])

    manners = {"plain": _plain, "silent": _silent, "reset": _reset, "slow body": _slow_body, "slow head": _slow_head, "huge": _huge}


@contextmanager
def internet(day: int = 0, situations: Sequence[Situation] = SITUATIONS, linkchecker_ok: bool = False) -> Iterator[Internet]:
    """An internet of its own for the time of a test.

    With `linkchecker_ok` every answer carries the header by which a server lifts LinkChecker's own limit of about three requests a second.
    """
    certificates = _Certificates()
    with tempfile.TemporaryDirectory(prefix="internet-") as folder:
        ca = Path(folder, "authority.pem")
        ca.write_bytes(certificates.authority.cert_pem.bytes())
        ca.parent.chmod(0o755)
        ca.chmod(0o644)
        web = Internet({}, ca, day)
        server = _Proxy(web, World(situations), certificates, (("LinkChecker", "ok"),) if linkchecker_ok else ())
        web.environment |= _environment(f"http://127.0.0.1:{server.server_port}", ca)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield web
        finally:
            server.close()
            thread.join()


def _environment(proxy: str, ca: Path) -> dict[str, str]:
    names = {"http_proxy": proxy, "https_proxy": proxy, "no_proxy": ""}
    return names | {name.upper(): value for name, value in names.items()} | {"REQUESTS_CA_BUNDLE": str(ca), "SSL_CERT_FILE": str(ca)}

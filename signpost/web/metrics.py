"""Numbers for Prometheus on a port of their own: requests, how long they took, and how old the edition and the link checks are."""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from signpost.search import EditionError
from signpost.web.machine import readiness

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
"""Seconds."""
REQUESTS = Counter("signpost_requests", "Requests answered", ["route", "status"])
SECONDS = Histogram("signpost_request_seconds", "Time to make an answer", ["route"], buckets=BUCKETS)
GAUGES = {
    "entries": "Entries of the edition",
    "age_seconds": "Time since the edition was built",
    "links_age_seconds": "Time since links were last checked",
}
"""What /readyz says that is a number."""


class Standing(Collector):
    """How the site stands at the moment of asking."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Whether there is an edition, and if so the numbers of /readyz that are known."""
        ready: dict[str, Any] = {}
        with self._app.app_context(), suppress(EditionError):
            ready = readiness()
        yield GaugeMetricFamily("signpost_ready", "1 when there is an edition to serve", bool(ready))
        for name, words in GAUGES.items():
            if ready.get(name) is not None:
                yield GaugeMetricFamily(f"signpost_{name}", words, ready[name])


def init_app(app: Flask) -> None:
    """Count every request, and answer whoever asks on the port for metrics, whatever the path, with all that was counted."""
    port = str(app.config["SIGNPOST"].metrics_port)
    counted = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:  # several workers: what each counted lies in files there
        MultiProcessCollector(counted := CollectorRegistry())  # type: ignore[no-untyped-call]
    standing = CollectorRegistry()
    standing.register(Standing(app))

    @app.after_request
    def count(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "none"
        REQUESTS.labels(route, response.status_code).inc()
        SECONDS.labels(route).observe(time.perf_counter() - g.began)
        return response

    site = app.wsgi_app

    def by_port(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["SERVER_PORT"] != port:
            return site(environ, start_response)
        start_response("200 OK", [("Content-Type", CONTENT_TYPE_LATEST)])
        return [generate_latest(counted) + generate_latest(standing)]

    app.wsgi_app = by_port  # type: ignore[method-assign]

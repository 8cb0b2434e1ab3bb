"""What every answer carries and every request keeps to: no inline code, no third party, no framing, known names, small bodies."""

from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
ONLY_TLS = "max-age=31536000"
"""A browser that came over TLS comes so for a year. Our name alone: the names below it are not ours to decide on."""
LARGEST_BODY = 64 * 1024
"""Bytes; the one thing that is ever posted is a pack."""


def init_app(app: Flask) -> None:
    """Set the limits, and add the headers to every answer, errors and static files included."""
    settings = app.config["SIGNPOST"]
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["TRUSTED_HOSTS"] = [name.strip() for name in settings.hosts.split(",")]
    if settings.proxies:  # of what proxies say we need the scheme alone
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=0, x_proto=settings.proxies)  # type: ignore[method-assign]

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = ONLY_TLS
        return response

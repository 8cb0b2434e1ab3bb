"""Validators, so that a browser that has a page already is told so in a few bytes."""

from flask import Flask, Response, request


def init_app(app: Flask) -> None:
    """Give every whole answer a strong ETag, and answer 304 to whoever holds it; Flask-Compress does so for what it compresses."""

    @app.after_request
    def add_validators(response: Response) -> Response:
        if request.method in ("GET", "HEAD") and response.status_code == 200 and not response.direct_passthrough:
            response.add_etag()
            response.cache_control.no_cache = True
            response.make_conditional(request)
        return response

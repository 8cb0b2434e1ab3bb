"""Plain pages for what goes wrong: not found, cannot serve now, and our own mistakes."""

from flask import Flask, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, SecurityError

from signpost.search import EditionError

BUILD = "python scripts/build_index.py"
NO_EDITION = "there is no edition that can be served; the log says why"


def init_app(app: Flask) -> None:
    """Answer errors with pages that say what to do next, or with JSON where JSON was asked for."""
    app.register_error_handler(EditionError, _no_edition)
    app.register_error_handler(SecurityError, _unknown_host)
    app.register_error_handler(HTTPException, _http_error)


def _unknown_host(_error: SecurityError) -> ResponseReturnValue:
    """No page: its links could not be made under a name that is not ours."""
    answer = make_response("This site has another name. Whoever runs it: add the name that you used to SIGNPOST_HOSTS.\n", 400)
    answer.mimetype = "text/plain"
    return answer


def _no_edition(_error: EditionError) -> ResponseReturnValue:
    """Why there is none is for the log, which has it already: it names folders of the machine."""
    if _wants_json():
        return jsonify(error=NO_EDITION, command=BUILD), 503
    return render_template("errors/503.html", reason=NO_EDITION, command=BUILD), 503


def _http_error(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if _wants_json():
        return jsonify(error=error.name), code
    page = "errors/404.html" if code == 404 else "errors/500.html" if code >= 500 else "errors/other.html"
    return render_template(page, error=error), code


def _wants_json() -> bool:
    return request.path.endswith(".json")

"""The site: create_app, and one module per area. Routes parse, call and answer; they never read content/ nor write."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader

from signpost.settings import ROOT, Settings
from signpost.web import (
    browse,
    caching,
    changes,
    contacts,
    entries,
    errors,
    guide,
    linkreport,
    log,
    machine,
    metrics,
    nations,
    openapi,
    pack,
    reading,
    search,
    security,
    show,
    static,
    timeline,
)


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """The WSGI application. `overrides` are fields of Settings, which win over the environment."""
    settings = replace(Settings.from_environment(), **(overrides or {}))
    app = Flask("signpost", static_folder=None)
    app.config["SIGNPOST"] = settings
    app.jinja_loader = ChoiceLoader(
        [
            FileSystemLoader(ROOT / "templates"),
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    log.init_app(app)  # first, and so the last to see an answer
    for part in (reading, static, show, security, errors, caching):
        part.init_app(app)
    for area in (browse, guide, nations, contacts, search, entries, changes, timeline, pack, linkreport, machine, openapi):
        app.register_blueprint(area.pages)
    if settings.metrics_port:
        metrics.init_app(app)
    return app

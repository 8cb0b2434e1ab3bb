"""Datasette as a site of two processes, which its own command does not offer. Runs in Datasette's virtual environment."""

import os
from typing import Any

from datasette.app import Datasette

SETTINGS = {"suggest_facets": False, "default_page_size": 20}
"""It need not look for further facets: ours does not."""


def app() -> Any:
    """The ASGI application that serves the database named in the environment."""
    return Datasette(immutables=[os.environ["PEER_DATABASE"]], settings=SETTINGS).app()

"""The least that Flask can do: the ceiling for what a page of ours can reach on the same kind of server."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def bare() -> str:
    """One word."""
    return "ok"

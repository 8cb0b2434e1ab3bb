"""Collect, check, remember and judge links. The only package that knows LinkChecker and the link database."""

from signpost.links.collect import citations
from signpost.links.history import opened, remember, verdicts
from signpost.links.linkchecker import LinkCheckError, Seen, look_at

__all__ = ["LinkCheckError", "Seen", "citations", "look_at", "opened", "remember", "verdicts"]

"""Collect, check, remember and judge links. The only package that knows LinkChecker and the link database."""

from signpost.links.check import check
from signpost.links.cited import cited_by
from signpost.links.look import LinkCheckError, look_at
from signpost.links.published import publish, published, stamp
from signpost.links.report import report
from signpost.links.seen import Manner, Seen

__all__ = ["LinkCheckError", "Manner", "Seen", "check", "cited_by", "look_at", "publish", "published", "report", "stamp"]

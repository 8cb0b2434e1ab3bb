"""Build and ask the index. The only package that knows Whoosh; replacing the engine must cost this folder alone."""

from signpost.search.ask import search
from signpost.search.edition import Edition, EditionError, Published, current_id, load, publish

__all__ = ["Edition", "EditionError", "Published", "current_id", "load", "publish", "search"]

"""Build and ask the index. The only package that knows Whoosh; replacing the engine must cost this folder alone."""

from signpost.search.ask import entries_found, search
from signpost.search.edition import Edition, EditionError, Published, current_id, load, publish

__all__ = ["Edition", "EditionError", "Published", "current_id", "entries_found", "load", "publish", "search"]

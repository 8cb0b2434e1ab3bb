"""Build and ask the index. The only package that knows Whoosh; replacing the engine must cost this folder alone."""

from signpost.search.ask import entries_found, search
from signpost.search.edition import Edition, EditionError, current_id, load
from signpost.search.publishing import Published, go_back, pack, publish, take

__all__ = ["Edition", "EditionError", "Published", "current_id", "entries_found", "go_back", "load", "pack", "publish", "search", "take"]

"""Read the authors' files into entries, vocabulary, guides and problems. The only package that knows YAML and Markdown."""

from signpost.content.library import Library, load

__all__ = ["Library", "load"]

"""Break a law of tests/laws.py, led by what its code covers: `python -m tests.fuzz LAW [libFuzzer's options]`; no LAW: names them."""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["signpost", "yaml", "markdown_it", "werkzeug"]):
    from signpost import content, search
    from signpost.web import create_app
    from tests import laws
    from tests.conftest import TODAY, quiet, write_library


def made_in(folder: Path) -> laws.World:
    """The world of the tests."""
    written = write_library(folder / "content")
    library = content.load(written, TODAY)
    search.publish(folder / "index", list(library.entries.values()), library.vocabulary, 2, quiet, library.guides)
    return laws.World(search.load(folder / "index"), create_app({"index_dir": folder / "index"}), written)


def main() -> None:
    """Try texts on one law until libFuzzer's options say that it is enough, or one breaks it."""
    if len(sys.argv) == 1:
        print("\n".join(laws.LAWS))
        return
    law = laws.LAWS[sys.argv.pop(1)]
    with tempfile.TemporaryDirectory() as folder:
        world = made_in(Path(folder))

        def tried(data: bytes) -> None:
            law(world, data.decode("utf-8", "replace"))

        atheris.Setup(sys.argv, tried)
        atheris.Fuzz()


if __name__ == "__main__":
    main()

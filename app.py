"""The web door: `app` for any WSGI server; `python app.py` serves it with gunicorn, as gunicorn.conf.py says."""

import os
import sys

from signpost.settings import ROOT, Settings
from signpost.web import create_app


def main() -> None:
    """Replace this process by a production server on the host and port of the settings."""
    settings = Settings.from_environment()
    print(f"Signpost is at http://{settings.host}:{settings.port} (Ctrl-C stops it)", flush=True)
    os.chdir(ROOT)
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn"])  # noqa: S606 (the server takes this process over)


if __name__ == "__main__":
    main()
else:
    app = create_app()

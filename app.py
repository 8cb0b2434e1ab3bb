"""The web door: `app` for any WSGI server; `python app.py` serves it with gunicorn."""

import os
import sys

from signpost.settings import Settings
from signpost.web import create_app

app = create_app()


def main() -> None:
    """Replace this process by a production server on the host and port of the settings."""
    settings = Settings.from_environment()
    bind = f"{settings.host}:{settings.port}"
    print(f"Signpost is at http://{bind} (Ctrl-C stops it)", flush=True)
    command = [sys.executable, "-m", "gunicorn", "app:app", "--bind", bind, "--workers", str(settings.workers)]
    os.execv(  # noqa: S606 (the server takes this process over)
        sys.executable, [*command, "--access-logfile", "-", "--access-logformat", '%(t)s "%(m)s %(U)s" %(s)s %(L)ss']
    )


if __name__ == "__main__":
    main()

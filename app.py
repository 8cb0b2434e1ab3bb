"""The web door: `app` for any WSGI server; `python app.py` serves it with gunicorn."""

import os
import sys

from signpost.settings import ROOT, Settings
from signpost.web import create_app

app = create_app()

SERVER = (
    *("--chdir", str(ROOT)),  # it can be started from any folder
    "--no-control-socket",  # which would be written into the home of the user
    *("--worker-tmp-dir", "/dev/shm"),  # noqa: S108 (a sign of life must not wait for a disk, nor need one that can be written)
    *("--access-logfile", "-", "--access-logformat", '%(t)s "%(m)s %(U)s" %(s)s %(L)ss'),
)


def main() -> None:
    """Replace this process by a production server on the host and port of the settings."""
    settings = Settings.from_environment()
    bind = f"{settings.host}:{settings.port}"
    print(f"Signpost is at http://{bind} (Ctrl-C stops it)", flush=True)
    command = [sys.executable, "-m", "gunicorn", "app:app", "--bind", bind, "--workers", str(settings.workers), *SERVER]
    os.execv(sys.executable, command)  # noqa: S606 (the server takes this process over)


if __name__ == "__main__":
    main()

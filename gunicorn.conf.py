"""How gunicorn serves the site. It finds this file in the folder from which it is started; `python app.py` starts it there."""

import os
import shutil
import tempfile

from signpost.settings import Settings

_settings = Settings.from_environment()
_ports = [_settings.port] + ([_settings.metrics_port] if _settings.metrics_port else [])

wsgi_app = "app:app"
bind = [f"{_settings.host}:{port}" for port in _ports]
workers = _settings.workers
control_socket_disable = True  # it would be written into the home of the user
worker_tmp_dir = "/dev/shm"  # noqa: S108 (a sign of life must not wait for a disk, nor need one that can be written)
forwarded_allow_ips = ""  # whether a proxy is believed is for SIGNPOST_PROXIES alone to say

limit_request_line = 8190  # the most that gunicorn allows: the address of a pack names up to 60 entries
limit_request_fields = 50
limit_request_field_size = 8190

accesslog = None  # signpost/web/log.py writes a line for each request, which holds less
logconfig_dict = {
    "root": {"level": "WARNING", "handlers": ["lines"]},
    "loggers": {"gunicorn.error": {"level": "INFO", "handlers": ["lines"], "propagate": False}},
    "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "formatters": {"lines": {"()": "signpost.web.log.JsonLines"}},
}

if _settings.metrics_port and "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="signpost-metrics-")  # where workers add up

    def on_exit(_server: object) -> None:
        """Leave nothing behind."""
        shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)

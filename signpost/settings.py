"""What an operator may set: defaults, then SIGNPOST_* in the environment. Read by doors alone; the library takes arguments."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Settings:
    """Each field is set by SIGNPOST_ and its name in capitals; the README has the table."""

    content_dir: Path = ROOT / "content"
    index_dir: Path = ROOT / "index"
    static_dir: Path = ROOT / "static"
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    hosts: str = "localhost,127.0.0.1"
    proxies: int = 0
    metrics_port: int = 0
    keep_editions: int = 3
    link_contact: str = "https://example.org/signpost"
    link_pause: float = 1.0
    link_timeout: float = 20.0
    link_allow_private: int = 0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """The settings in force. Raises ValueError that names the variable when its value cannot be used."""
        given: dict[str, Any] = {}
        for setting in fields(cls):
            name = f"SIGNPOST_{setting.name.upper()}"
            if name in environment:
                kind: Callable[[str], Any] = Path if isinstance(setting.default, Path) else type(setting.default)
                try:
                    given[setting.name] = kind(environment[name])
                except ValueError as error:
                    raise ValueError(f"{name}: {error}") from error
        return cls(**given)

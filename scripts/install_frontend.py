"""Copy GOV.UK Frontend's stylesheet and script from node_modules into static/govuk, without GDS Transport, crown or crest."""

import re
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from signpost.settings import ROOT, Settings

PACKAGE = ROOT / "node_modules" / "govuk-frontend" / "dist" / "govuk"


def main() -> int:
    """Copy two files; the font is for gov.uk alone, so the stylesheet loses it and falls back to Arial."""
    target = Settings.from_environment().static_dir / "govuk"
    if not PACKAGE.exists():
        print("GOV.UK Frontend is not installed; run: make install", file=sys.stderr)
        return 2
    target.mkdir(parents=True, exist_ok=True)
    css = PACKAGE.joinpath("govuk-frontend.min.css").read_text(encoding="utf-8")
    css = re.sub(r"@font-face\{[^}]*\}", "", css)
    css = re.sub(r'"?GDS Transport"?,', "", css)
    css = css.replace("url(/assets/images/govuk-crest.svg)", "none")
    css = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", css)
    if "GDS Transport" in css:
        print("the stylesheet still names GDS Transport; this version of GOV.UK Frontend is not the one we know", file=sys.stderr)
        return 1
    target.joinpath("govuk-frontend.min.css").write_text(css, encoding="utf-8")
    shutil.copy(PACKAGE / "govuk-frontend.min.js", target)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""/what-to-do: a place of work and a nation → who acts, what first, what never, whom to call, and the law behind it."""

from flask import Blueprint, render_template, request

from signpost.web.reading import edition

pages = Blueprint("guide", __name__)


@pages.get("/what-to-do")
def page() -> str:
    """Choose a setting and a nation; with both, the steps."""
    guide = edition().guides.what_to_do
    setting = next((one for one in guide.settings if one.id == request.args.get("setting")), None)
    route = next((one for one in guide.nations if one.id == request.args.get("nation")), None)
    return render_template(
        "what-to-do.html",
        guide=guide,
        setting=setting,
        route=route,
        incomplete=bool(request.args) and not (setting and route),
    )

"""Where a web archive should have a copy of a page. Made by rule: nobody has looked whether it is there."""

from urllib.parse import urlsplit

ARCHIVES = ("webarchive.nationalarchives.gov.uk", "web.archive.org")


def archived_copy(url: str, day: str) -> str:
    """The address of the copy nearest to a day: the UK Government Web Archive for UK government sites, the Wayback Machine otherwise.

    Both archives lead an address with a time to the copy nearest to it. Devolved governments' own domains (gov.scot, gov.wales) are not
    in the UK Government Web Archive. A page that is itself a copy has none.
    """
    host = (urlsplit(url).hostname or "").lower()
    if host in ARCHIVES:
        return ""
    stamp = (day[:10].replace("-", "") + "0101")[:8] if day else ""
    if host == "gov.uk" or host.endswith((".gov.uk", ".nhs.uk")):
        return f"https://webarchive.nationalarchives.gov.uk/ukgwa/{stamp or '*'}{'000000' if stamp else ''}/{url}"
    return f"https://web.archive.org/web/{stamp or '*'}/{url}"

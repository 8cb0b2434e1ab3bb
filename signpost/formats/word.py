"""A pack of entries → a Word document with real headings, a table of contents, its date and a code to check it by. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

import segno
from docx import Document
from docx.document import Document as Doc
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm

from signpost.model import Contact, Entry


@dataclass(frozen=True, slots=True)
class Pack:
    """Entries that a trainer takes away, in order."""

    title: str
    note: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """What the site knows and a document cannot: addresses, labels and the day."""

    address_of: Callable[[str], str]
    nations: Callable[[Entry], str]
    status: Callable[[str], str]
    day: Callable[[str], str]
    trusted: Callable[[Contact], bool]
    check_address: str
    """Where a reader sees what has changed since."""
    today: date


def word(pack: Pack, wording: Wording) -> bytes:
    """The bytes of a .docx file."""
    document = Document()
    document.core_properties.title = pack.title
    document.core_properties.author = "Signpost"
    document.add_heading(pack.title, 0)
    if pack.note:
        document.add_paragraph(pack.note)
    document.add_paragraph(f"Taken from Signpost on {wording.day(wording.today.isoformat())}. It is a signpost, not advice.")
    document.add_paragraph(f"To see what has changed since, scan the code or open {wording.check_address}")
    _add_code(document, wording.check_address)
    document.add_heading("Contents", 1)
    _add_contents(document, [entry.title for entry in pack.entries])
    for entry in pack.entries:
        document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        _add_entry(document, entry, wording)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def qr_svg(address: str) -> bytes:
    """An address as a code that a phone can read."""
    out = BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", scale=3, border=2, dark="#000", light="#fff")
    return out.getvalue()


def _add_code(document: Doc, address: str) -> None:
    picture = BytesIO()
    segno.make(address, error="m", micro=False).save(picture, kind="png", scale=4, border=2)
    picture.seek(0)
    shape = document.add_picture(picture, width=Cm(3.2))
    shape._inline.docPr.set("descr", f"Code that leads to {address}")


def _add_contents(document: Doc, titles: Sequence[str]) -> None:
    """A table of contents that Word fills in with page numbers; until then it shows the titles."""
    paragraph = document.add_paragraph()
    for kind in ("begin", None, "separate"):
        run = paragraph.add_run()
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.set(qn("xml:space"), "preserve")
            mark.text = 'TOC \\o "1-2" \\h \\z \\u'
        run._r.append(mark)
    for title in titles:
        paragraph.add_run(title).add_break()
    end = OxmlElement("w:fldChar")
    end.set(qn("w:fldCharType"), "end")
    paragraph.add_run()._r.append(end)


def _add_entry(document: Doc, entry: Entry, wording: Wording) -> None:
    document.add_heading(entry.title, 1)
    if entry.status != "current" or entry.standing:
        run = document.add_paragraph().add_run(f"{wording.status(entry.status)}. {entry.standing}")
        run.bold = True
    facts = [entry.publisher, wording.nations(entry), *([wording.day(entry.published)] if entry.published else [])]
    document.add_paragraph(" · ".join(facts))
    document.add_paragraph(entry.summary)
    for contact in entry.contacts:
        if line := _contact_line(contact, wording):
            document.add_paragraph(line, style="List Bullet")
    for section in entry.sections:
        paragraphs = f" ({section.paragraphs})" if section.paragraphs else ""
        document.add_heading(section.heading + paragraphs, min(section.level, 4))
        if section.text:
            document.add_paragraph(section.text)
    document.add_paragraph(f"Read here: {wording.address_of(entry.slug)}")


def _contact_line(contact: Contact, wording: Wording) -> str:
    """A living contact in one line; a dead one is not handed out."""
    if contact.dead:
        return ""
    ways = ", ".join(filter(None, (contact.phone, contact.email, contact.address, contact.hours)))
    caution = "" if wording.trusted(contact) else " (not verified: check before you use it)"
    return f"{contact.name}: {ways}{caution}" if contact.name else ways + caution

"""Documents written from their templates: Markdown in which every number still carries its claim."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from wetread.regulatory import documents
from wetread.regulatory.device import Device
from wetread.regulatory.documents import DOCUMENTS, Document
from wetread.regulatory.guard import of_its_form
from wetread.regulatory.pen import Pen, plain
from wetread.regulatory.render.told import BANNER

__all__ = ["BANNER", "TEMPLATES", "Written", "write", "written"]


TEMPLATES = Path(documents.__file__).parent / "templates"
"""Where they lie: `ID.md` for each document, and parts that several share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One document, with what it was written from.

    Attributes
    ----------
    document
        Which.
    body
        Markdown with marks (`wetread.regulatory.pen.MARK`), without title, banner and footer.
    pen
        Holds the claims, the open fields, the missing evidence and the pictures.
    footer
        What the last line says.
    """

    document: Document
    body: str
    pen: Pen = field(repr=False)
    footer: str

    @property
    def marked(self) -> str:
        """The whole document, with marks."""
        return f"# {self.document.title}\n\n> {BANNER}\n\n{self.body.strip()}\n\n---\n\n*{self.footer}*\n"

    @property
    def text(self) -> str:
        """The whole document as printed."""
        return plain(self.marked)


def written(device: Device, only: Collection[str] = ()) -> tuple[Written, ...]:
    """Write every document, or those with these ids, in the folder's order.

    Raises
    ------
    DataError
        If evidence is not what a document takes it for.
    """
    return tuple(write(document, device) for document in DOCUMENTS if not only or document.id in only)


def write(document: Document, device: Device) -> Written:
    """Write one document.

    Raises
    ------
    DataError
        If evidence is not what the document takes it for.
    """
    pen = Pen(device.artefacts, device.said)
    template = _environment(TEMPLATES).get_template(f"{document.id}.md")
    with of_its_form(f"document {document.id}"):
        body = template.render(
            {
                "device": device,
                "num": pen.num,
                "derived": pen.derived,
                "has": pen.has,
                "human": pen.human,
                "absent": pen.absent,
                "figure": pen.figure,
                "table": pen.table,
                **document.context(device, pen),
            }
        )
    footer = f"{device.name}, {device.date}. Every number's evidence stands in claims.jsonl."
    return Written(document=document, body=body, pen=pen, footer=footer)


@cache
def _environment(templates: Path) -> Environment:
    # What is written is Markdown: nothing in it is escaped for HTML, and the page that shows it takes no HTML from it.
    return Environment(
        loader=FileSystemLoader(templates),
        autoescape=select_autoescape(enabled_extensions=(), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )

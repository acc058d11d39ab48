"""`wetread documents`: the submission folder built, verified, sealed, and what is still missing in it."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path
from typing import Any

from wetread.cli.place import replaceable, write_folder
from wetread.errors import UsageError

__all__ = ["add_documents", "run"]

_FORMATS = ("md", "html", "docx", "pdf")  # as in wetread.regulatory.build, which help need not load
_OURS = ("claims.jsonl", "docx", "figures", "html", "index.html", "json", "manifest.json", "md", "pdf")


def add_documents(verbs: Any) -> None:
    """Add the verb `documents`."""
    verb = verbs.add_parser("documents", help="the submission folder: documents for a regulatory team, from evidence")
    actions = verb.add_subparsers(dest="action", required=True, metavar="ACTION", help="build")
    build = actions.add_parser("build", help="write every document, with the record of every number")
    build.add_argument("device", metavar="DEVICE", help="the device file (YAML): what a person decided and wrote")
    build.add_argument("--out", required=True, metavar="DIR", help="a new folder, or an earlier build to be replaced")
    build.add_argument("--draft", action="store_true", help="build although fields are open that only people can fill")
    build.add_argument(
        "--formats", type=_formats, default=_FORMATS, metavar="KINDS", help="of md,html,docx,pdf (default: all)"
    )
    build.add_argument(
        "--document", action="append", metavar="ID", help="with --draft: this one alone; may be repeated"
    )


def _formats(text: str) -> tuple[str, ...]:
    kinds = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not kinds or any(kind not in _FORMATS for kind in kinds):
        raise argparse.ArgumentTypeError(f"{text!r} is no list of {', '.join(_FORMATS)}")
    return kinds


def run(options: argparse.Namespace) -> int:
    """Do what was asked of the folder; the exit status."""
    return int(getattr(import_module(__name__), f"_{options.action}")(options))


def _build(options: argparse.Namespace) -> int:
    from wetread.regulatory.build import folder
    from wetread.regulatory.device import load_device

    out = Path(options.out)
    replaceable(out, _OURS)
    if out.is_dir() and any(out.iterdir()) and not (out / "manifest.json").is_file():
        raise UsageError(f"--out {out} holds no earlier build (it has no manifest.json): name a new folder")
    device = load_device(Path(options.device))
    made = folder(device, draft=options.draft, formats=options.formats, only=options.document or ())
    write_folder(out, lambda: made.files)
    required = sum(sum(each.pen.open_fields.values()) for each in made.documents)
    missing = sum(len(each.pen.missing) for each in made.documents)
    print(
        f"{device.name}: {len(made.documents)} documents, {len(made.claims)} numbers with their evidence; "
        f"{required} required fields open, {missing} pieces of evidence missing: {out}"
    )
    return 0

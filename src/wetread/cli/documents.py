"""`wetread documents`: the submission folder built, verified, sealed, and what is still missing in it."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wetread.cli import documents_plan
from wetread.cli.place import replaceable, write_file, write_folder
from wetread.errors import AlteredError, UsageError

if TYPE_CHECKING:
    from wetread.regulatory.gaps import Gaps

__all__ = ["add_documents", "run"]

_FORMATS = ("md", "html", "docx", "pdf")  # as in wetread.regulatory.build, which help need not load
_OURS = ("claims.jsonl", "docx", "figures", "html", "index.html", "json", "manifest.json", "md", "pdf")
_DEVICE = "the device file (YAML): what a person decided and wrote, and where the evidence lies"


def add_documents(verbs: Any) -> None:
    """Add the verb `documents`."""
    verb = verbs.add_parser("documents", help="the submission folder: documents for a regulatory team, from evidence")
    actions = verb.add_subparsers(
        dest="action", required=True, metavar="ACTION", help="build, verify, gaps, plan, lock or use"
    )
    build = actions.add_parser("build", help="write every document, with the record of every number")
    build.add_argument("device", metavar="DEVICE", help=_DEVICE)
    build.add_argument("--out", required=True, metavar="DIR", help="a new folder, or an earlier build to be replaced")
    build.add_argument("--draft", action="store_true", help="build although fields are open that only people can fill")
    build.add_argument(
        "--formats", type=_formats, default=_FORMATS, metavar="KINDS", help="of md,html,docx,pdf (default: all)"
    )
    build.add_argument(
        "--document", action="append", metavar="ID", help="with --draft: this one alone; may be repeated"
    )

    verify = actions.add_parser("verify", help="whether a built folder is still what its evidence says")
    verify.add_argument("folder", metavar="DIR", help="the folder that was built")
    verify.add_argument(
        "device", nargs="?", metavar="DEVICE", help=f"{_DEVICE}; without it only the folder is compared with itself"
    )
    verify.add_argument(
        "--recompute", action="store_true", help="compute evaluations again from predictions and labels, and compare"
    )

    gaps = actions.add_parser("gaps", help="what is still missing: open fields, evidence, findings")
    gaps.add_argument(
        "device", metavar="FILE", help=f"{_DEVICE}; or a submission, described (wetread.submission/1) or in Markdown"
    )
    gaps.add_argument("--json", action="store_true", help="as one JSON object")

    documents_plan.add(actions)

    lock = actions.add_parser("lock", help="hash the analysis plan and the test list before anything is scored")
    lock.add_argument("device", metavar="DEVICE", help=_DEVICE)
    lock.add_argument("--out", required=True, metavar="FILE", help="where the lock goes; never over an earlier one")

    use = actions.add_parser("use", help="count one more use of the test list, before its films are scored")
    use.add_argument("device", metavar="DEVICE", help=_DEVICE)
    use.add_argument("--ledger", required=True, metavar="FILE", help="the ledger: a line is added to it")


def _formats(text: str) -> tuple[str, ...]:
    kinds = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not kinds or any(kind not in _FORMATS for kind in kinds):
        raise argparse.ArgumentTypeError(f"{text!r} is no list of {', '.join(_FORMATS)}")
    return kinds


def run(options: argparse.Namespace) -> int:
    """Do what was asked of the folder; the exit status."""
    actions: Mapping[str, Callable[[argparse.Namespace], int]] = {
        "build": _build,
        "verify": _verify,
        "gaps": _gaps,
        "plan": documents_plan.run,
        "lock": _lock,
        "use": _use,
    }
    try:
        return actions[options.action](options)
    except ModuleNotFoundError as error:
        raise UsageError(f"this needs {error.name}: install wetread[workshop]") from error


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
    unknown = () if options.document else made.gaps.unknown
    told = [
        f"said.{name}: no document asks for this field: is its name right? `gaps` lists those that are open"
        for name in unknown
    ]
    for each in (*made.gaps.faults, *made.gaps.stale, *told):
        print(f"wetread: {each}", file=sys.stderr)
    print(
        f"{device.name}: {_some(len(made.documents), 'document')}, {_some(len(made.claims), 'number')} with their evidence; "
        f"{_counted(made.gaps)}: {out}"
    )
    return 0


def _some(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _counted(found: Gaps) -> str:
    required = len({each.field for each in found.open if each.required})
    missing = len({each.what for each in found.missing})
    return f"{_some(required, 'required field')} open, {_some(missing, 'piece')} of evidence missing"


def _verify(options: argparse.Namespace) -> int:
    from wetread.regulatory.device import load_device
    from wetread.regulatory.recompute import recompute
    from wetread.regulatory.verify import verify

    if options.recompute and not options.device:
        raise UsageError("--recompute needs the device file, which names predictions and labels")
    device = load_device(Path(options.device), tolerant=True) if options.device else None
    faults = verify(Path(options.folder), device)
    if device is not None and options.recompute:
        told, wrong = recompute(device)
        for line in told:
            print(line)
        faults += wrong
    for fault in faults:
        print(fault)
    scope = "nothing was altered" if device else "its own hashes hold (the evidence was not looked at)"
    print(f"{options.folder}: {_some(len(faults), 'fault')}" if faults else f"{options.folder}: {scope}")
    return AlteredError.exit_status if faults else 0


def _gaps(options: argparse.Namespace) -> int:
    from wetread.regulatory.device import load_device
    from wetread.regulatory.gaps import gaps

    if _is_submission(Path(options.device)):
        return _linted(options)
    found = gaps(load_device(Path(options.device), tolerant=True))
    if options.json:
        print(json.dumps({"schema": "wetread.gaps/1", **found.to_dict()}, indent=1, ensure_ascii=False))
        return 0
    _tell(found)
    return 0


def _is_submission(path: Path) -> bool:
    """Whether a file is a submission that somebody wrote, and no device file."""
    if path.suffix.lower() not in (".yaml", ".yml"):
        return True
    try:
        with path.open("rb") as file:
            return re.search(rb"^schema:\s*['\"]?wetread\.submission/", file.read(2**16), re.MULTILINE) is not None
    except OSError:
        return False  # whoever reads it says what is wrong


def _linted(options: argparse.Namespace) -> int:
    from wetread.regulatory.lint import lint, read

    found = lint(read(Path(options.device)))
    if options.json:
        plain = {"schema": "wetread.findings/1", "findings": [asdict(each) for each in found]}
        print(json.dumps(plain, indent=1, ensure_ascii=False))
        return 0
    for each in found:
        print(each.text)
    print(f"{len(found)} findings" if found else "no finding")
    return 0


def _tell(found: Gaps) -> None:
    """The gaps by document, and below them what concerns the whole folder."""
    from wetread.regulatory.gaps import told_of

    asking = [each.document for each in found.missing] + [each.document for each in found.open]
    for document in sorted(set(asking)):
        print(document or "device file")
        for missing in (each for each in found.missing if each.document == document):
            print(f"    not in the folder: {missing.what}{f': {missing.why}' if missing.why else ''}")
        for field in (each for each in found.open if each.document == document):
            print(f"    {'required' if field.required else 'optional'}: said.{field.field}: {field.hint}")
    parts: Mapping[str, tuple[object, ...]] = {
        "numbers typed by hand": found.digits,
        "the seal": found.faults,
        "findings": tuple(each.text for each in found.findings),
        "requirements, risks and tests": tuple(told_of(each) for each in found.loose),
        "facts grown old": found.stale,
        "fields that no document asks for": found.unknown,
    }
    for heading, lines in parts.items():
        if lines:
            print(heading)
            for line in lines:
                print(f"    {line}")
    print(f"{_counted(found)}; {len(found.blocking)} in the way of a folder that is no draft")


def _lock(options: argparse.Namespace) -> int:
    from wetread.regulatory.device import load_device
    from wetread.regulatory.seal import lock

    out = Path(options.out)
    if out.exists():
        raise UsageError(f"--out {out} is there already: a lock is written once. For another test, name a new file")
    made = lock(load_device(Path(options.device)))
    write_file(out, made.decode())
    told = json.loads(made)
    print(
        f"locked on {told['date']}: plan {told['plan']['sha256']}, test films {told['test_list']['films_sha256']}: {out}"
    )
    return 0


def _use(options: argparse.Namespace) -> int:
    from wetread.regulatory.device import load_device
    from wetread.regulatory.seal import use

    ledger = Path(options.ledger)
    device = load_device(Path(options.device), tolerant=True)
    made = use(device, ledger.read_bytes() if ledger.exists() else b"")
    write_file(ledger, made.decode())
    print(f"use {json.loads(made.splitlines()[-1])['use']} of the test films, recorded in {ledger}")
    return 0

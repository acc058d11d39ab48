"""The command line: what can be asked, and how an error becomes an exit status."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from wetread import __version__
from wetread.cli.collection import add_collection
from wetread.cli.documents import add_documents
from wetread.cli.evaluate_options import add_compare, add_evaluate, prevalence
from wetread.cli.extract_options import add_extract
from wetread.cli.modality import add_modality
from wetread.cli.package import add_package
from wetread.cli.train_options import add_train
from wetread.cli.truth_options import add_truth
from wetread.errors import UsageError, WetreadError

__all__ = ["main", "parser"]

_EPILOG = """exit status: 0 done; 1 a defect of the program; 2 wrong usage; 3 at least one film was refused;
4 at least one input could not be read, or its results could not be filed; 5 an integrity check failed.
Where several hold: the first of 1, 5, 4, 3.
Decision support for professionals; not cleared or approved by any authority."""
_INTERRUPTED = 130
_ENGINES = ("openvino", "onnxruntime")  # as in wetread.bundle.engine, which help and usage should not have to load
_ENGINE_HELP = "what runs the network (default: %(default)s)"


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="wetread",
        description="The preliminary reading of a chest radiograph for pneumonia.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"wetread {__version__}")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")

    demo = verbs.add_parser("demo", help="everything the device does, on a synthetic film")
    demo.add_argument("--out", default="wetread-demo", metavar="DIR", help="where results go (default: %(default)s)")
    demo.add_argument("--seed", type=int, default=7, help="which synthetic film (default: %(default)s)")

    predict = verbs.add_parser("predict", help="a reading per film, or a refusal with its reasons")
    predict.add_argument("films", nargs="+", metavar="FILE|DIR", help="DICOM or image files, or folders of them")
    predict.add_argument("--json", action="store_true", help="one JSON object a line")
    predict.add_argument("--out", metavar="DIR", help="write reading.json, film.png and report.html of each film here")
    predict.add_argument(
        "--results",
        metavar="KINDS",
        help="with --out: results for other systems too: sr, cad-sr, gsps, capture, pdf, fhir, fhir-r5, hl7, priority, "
        "a set of them (archive, cad, chart, worklist), or all",
    )
    predict.add_argument("--bundle", metavar="NAME|DIR", help="read with this model (default: chosen by age)")
    predict.add_argument("--view", choices=("PA", "AP", "LATERAL"), help="the view of files that do not say it")
    predict.add_argument(
        "--prevalence", type=prevalence, metavar="P", help="state probabilities for this share of positives"
    )
    predict.add_argument(
        "--unknown-age",
        choices=("notice", "refuse"),
        help="films of unknown age: read as adult with a notice, or refuse",
    )
    predict.add_argument("--engine", choices=_ENGINES, default=_ENGINES[0], help=_ENGINE_HELP)

    explain = verbs.add_parser("explain", help="a result of ours told to a human: DICOM, FHIR, HL7 or JSON")
    explain.add_argument("objects", nargs="+", metavar="OBJECT", help="a file that wetread wrote")
    explain.add_argument("--identity", action="store_true", help="say whose it is, too, as the object says it")

    score = verbs.add_parser("score", help="the research door: scores for a labelled set, no clinical gate")
    score.add_argument(
        "source", metavar="SOURCE", help="a folder of images, a CSV with a column file, or a MedMNIST npz"
    )
    score.add_argument("--bundle", required=True, metavar="NAME|DIR", help="the model")
    score.add_argument("--out", required=True, metavar="CSV", help="film_id, score, probability, would_refuse")
    score.add_argument(
        "--split", choices=("train", "val", "test"), help="which images of an npz that holds several sets"
    )
    score.add_argument(
        "--view",
        choices=("PA", "AP", "LATERAL"),
        default="PA",
        help="taken as stated for image files (default: %(default)s)",
    )
    score.add_argument("--engine", choices=_ENGINES, default=_ENGINES[0], help=_ENGINE_HELP)

    describe = verbs.add_parser(
        "describe", help="who is in a collection, and what gives its label away: a page, JSON and figures"
    )
    add_collection(describe, images="their pixels are measured too")
    describe.add_argument(
        "--out", required=True, metavar="DIR", help="a new folder, or an earlier report to be replaced"
    )
    describe.add_argument("--name", metavar="TEXT", help="what the page calls it")

    _add_data(verbs.add_parser("data", help="public collections: what there is, fetching it, and whether it is whole"))

    add_truth(verbs)

    add_extract(verbs)

    add_evaluate(verbs)

    add_compare(verbs)

    add_train(verbs)

    add_package(verbs)

    add_modality(verbs)

    add_documents(verbs)

    verify = verbs.add_parser("verify", help="hashes and self-test of a released model")
    verify.add_argument("bundles", nargs="*", metavar="BUNDLE", help="names or folders (default: every released one)")
    verify.add_argument("--engine", choices=_ENGINES, default=_ENGINES[0], help=_ENGINE_HELP)
    return top


def _add_data(data: argparse.ArgumentParser) -> None:
    """What can be asked of `wetread data`."""
    names = ("nih", "rsna", "kermany", "medmnist")  # as in wetread.collections.catalogue, which help need not load
    actions = data.add_subparsers(
        dest="action", required=True, metavar="ACTION", help="list, download, verify or practice"
    )
    listing = actions.add_parser("list", help="collections with size, licence and where they lie")
    listing.add_argument("--json", action="store_true", help="as one JSON object")

    fetch = actions.add_parser("download", help="fetch a collection: size first, resumed, compared with its checksum")
    fetch.add_argument("collection", choices=names, help="which")
    fetch.add_argument("folder", metavar="DIR", help="where to")
    fetch.add_argument("--file", action="append", metavar="NAME", help="only this file of it; may be repeated")
    fetch.add_argument("--yes", action="store_true", help="do not ask before fetching")

    verify = actions.add_parser("verify", help="whether a collection that lies here is the one that was published")
    verify.add_argument("collection", choices=(*names, "nih-sample"), help="which")
    verify.add_argument("folder", metavar="DIR", help="where it lies")
    verify.add_argument("--labels", metavar="CSV", help="its table of labels, where it does not lie in the folder")

    practice = actions.add_parser("practice", help="draw a collection in the schema of NIH's, for exercises")
    practice.add_argument("folder", metavar="DIR", help="a new or empty folder")
    practice.add_argument("--films", type=int, default=600, metavar="N", help="how many (default: %(default)s)")
    practice.add_argument("--seed", type=int, default=1, metavar="S", help="from which seed (default: %(default)s)")
    practice.add_argument("--size", type=int, default=256, metavar="P", help="pixels of a side (default: %(default)s)")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # a file's name may hold what the terminal's encoding cannot say
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        status = _run(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()  # here, where a reader that has gone is understood, not while Python closes
    except WetreadError as error:
        print(f"wetread: {error}", file=sys.stderr)
        return error.exit_status
    except KeyboardInterrupt:
        print("wetread: interrupted; what was finished is kept", file=sys.stderr)
        return _INTERRUPTED
    except BrokenPipeError:
        _drop_output()  # the reader of our output has gone: nobody is left to tell
        return 0
    except OSError as error:
        # Films and results tell of their own trouble; what is left is the output itself: a full disk, a lost share.
        _drop_output()
        print(f"wetread: the output cannot be written: {error.strerror}", file=sys.stderr)
        return UsageError.exit_status
    except Exception as error:  # noqa: BLE001  # the boundary: everything named was caught before, the rest is a bug
        # Its own text may quote a header, and with it a patient: kind and place are all that is told.
        print(
            f"wetread: a defect of the program ({type(error).__name__} in {_place(error)}); please report it",
            file=sys.stderr,
        )
        return WetreadError.exit_status
    return status


def _run(arguments: Sequence[str] | None) -> int:
    try:
        options = parser().parse_args(arguments)
    except SystemExit as stop:  # argparse has said what was wrong, or helped
        return int(stop.code or 0)
    verb = import_module(f"wetread.cli.{options.verb}")
    return int(verb.run(options))


def _place(error: BaseException) -> str:
    """Module and line where an error arose."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_globals.get('__name__')}, line {trace.tb_lineno}" if trace else "an unknown place"


def _drop_output() -> None:
    """Send what is still buffered nowhere; Python would complain once more while closing."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

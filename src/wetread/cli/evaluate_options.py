"""What can be asked of `wetread evaluate` and `wetread compare`; loads nothing but the parser."""

from __future__ import annotations

import argparse
import math
from typing import Any

__all__ = ["add_compare", "add_evaluate", "prevalence", "rule"]

_COLLECTIONS = ("nih", "nih-sample", "rsna", "kermany", "medmnist", "csv")
# As in wetread.evaluation.calls.rule, which help and usage should not have to load: whether each takes a number.
_RULES = {"youden": False, "f1": False, "sensitivity": True, "specificity": True, "net-benefit": True, "cost": True}


def add_evaluate(verbs: Any) -> None:
    """Add the verb `evaluate`."""
    verb = verbs.add_parser(
        "evaluate", help="how good scores are, of any model or of a released one: a page, JSON and figures"
    )
    source = verb.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "--scores", metavar="FILE", help="CSV, gzipped CSV or parquet: a film and its score in each row"
    )
    source.add_argument("--bundle", metavar="NAME|DIR", help="score the films of --images with this model first")
    verb.add_argument("--images", metavar="DIR", help="with --bundle: where the collection's films lie")
    verb.add_argument(
        "--split", metavar="NAME", help="only the films of this list of the collection: train, val or test"
    )
    _labels(verb)
    verb.add_argument("--score", default="score", metavar="COLUMN", help="the scores (default: %(default)s)")
    verb.add_argument(
        "--probabilities", action="store_true",
        help="the scores are said to be probabilities: all lie in [0, 1], and their calibration is judged",
    )  # fmt: skip
    verb.add_argument(
        "--leave-out-unscored", action="store_true", help="leave out films without a score, and count them"
    )
    verb.add_argument(
        "--threshold", action="append", type=_finite, metavar="T", help="judge calls at and above T; may be repeated"
    )
    verb.add_argument(
        "--tuned-on", metavar="FILE|HASH",
        help="the films that the thresholds were tuned on: a table of them, or the SHA-256 of their list",
    )  # fmt: skip
    verb.add_argument("--tuning-scores", metavar="FILE", help="choose the threshold on these films' scores, by --rule")
    verb.add_argument("--tuning-labels", metavar="FILE", help="their labels (default: --tuning-scores holds them too)")
    verb.add_argument(
        "--rule", type=rule, metavar="RULE",
        help="youden, f1, sensitivity=0.9, specificity=0.9, net-benefit=0.1 or cost=10 (default: youden)",
    )  # fmt: skip
    verb.add_argument(
        "--override", metavar="REASON", help="judge a threshold on films it was tuned on all the same; the page says so"
    )
    verb.add_argument(
        "--prevalence", action="append", type=prevalence, metavar="P",
        help="state predictive values at this share of positives; may be repeated (default: 0.01, 0.05, 0.1, 0.3)",
    )  # fmt: skip
    verb.add_argument(
        "--labels-right", nargs=2, type=_right, metavar=("PPV", "NPV"),
        help="how often positive and negative labels are right: figures against the truth behind them",
    )  # fmt: skip
    verb.add_argument("--name", metavar="TEXT", help="what the page calls the films")
    verb.add_argument("--model", metavar="TEXT", help="what the page calls the model")
    _drawn(verb)
    verb.add_argument("--out", required=True, metavar="DIR", help="a new folder, or an earlier report to be replaced")


def add_compare(verbs: Any) -> None:
    """Add the verb `compare`."""
    verb = verbs.add_parser("compare", help="two sets of scores on the same films: a page, JSON and figures")
    verb.add_argument("first", metavar="A", help="CSV, gzipped CSV or parquet: a film and its score in each row")
    verb.add_argument("second", metavar="B", help="the same of the other model")
    _labels(verb)
    verb.add_argument("--score", default="score", metavar="COLUMN", help="A's scores (default: %(default)s)")
    verb.add_argument("--second-score", metavar="COLUMN", help="B's scores, where they are called otherwise")
    verb.add_argument("--names", nargs=2, metavar=("A", "B"), help="what the page calls the models")
    verb.add_argument(
        "--thresholds", nargs=2, type=_finite, metavar=("TA", "TB"), help="compare calls at and above these as well"
    )
    verb.add_argument(
        "--common", action="store_true", help="keep the films that both scored instead of refusing other lists"
    )
    verb.add_argument("--name", metavar="TEXT", help="what the page calls the films")
    _drawn(verb)
    verb.add_argument("--out", required=True, metavar="DIR", help="a new folder, or an earlier report to be replaced")


def _labels(verb: argparse.ArgumentParser) -> None:
    """Where labels come from, and how the tables call things."""
    verb.add_argument(
        "--labels", metavar="FILE", help="the table of labels (default: the table of scores holds them too)"
    )
    verb.add_argument("--collection", choices=_COLLECTIONS, help="the labels are those of a public collection")
    verb.add_argument("--film", default="film_id", metavar="COLUMN", help="the film's name (default: %(default)s)")
    verb.add_argument(
        "--labels-film", metavar="COLUMN", help="the same in the table of labels, where it is called otherwise"
    )
    verb.add_argument("--label", default="label", metavar="COLUMN", help="1 or 0 (default: %(default)s)")
    verb.add_argument("--positive", metavar="WORD", help="where labels are two words: the one that means positive")
    verb.add_argument(
        "--patient", default="patient_id", metavar="COLUMN", help="whose film it is (default: %(default)s)"
    )
    verb.add_argument(
        "--each-film-its-own-patient",
        action="store_true",
        help="there is no column of patients, and none has two films",
    )
    verb.add_argument("--group", action="append", metavar="COLUMN", help="judge its values apart; may be repeated")
    verb.add_argument("--age", metavar="COLUMN", help="age in years; age bands are judged apart")
    verb.add_argument(
        "--findings", metavar="COLUMN", help="other findings, joined by bars: pneumonia against each of them"
    )


def _drawn(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--resamples", type=_whole, default=10000, metavar="N", help="draws of patients (default: %(default)s)"
    )
    verb.add_argument("--seed", type=_whole, default=0, help="of the draws (default: %(default)s)")


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number, zero or more")
    return int(text)


def rule(text: str) -> tuple[str, float | None]:
    """A threshold's rule as it is written: its kind, and its number where it takes one."""
    kind, sign, target = text.partition("=")
    if kind not in _RULES:
        raise argparse.ArgumentTypeError(f"there is no rule {kind!r}: choose one of {', '.join(_RULES)}")
    if bool(sign) != _RULES[kind]:
        raise argparse.ArgumentTypeError(
            f"the rule {kind} takes {'a number, as in sensitivity=0.9' if _RULES[kind] else 'no number'}"
        )
    return kind, _finite(target) if sign else None


def _finite(text: str) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from error
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"it must be a finite number, not {text}")
    return value


def _right(text: str) -> float:
    value = _finite(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"a share of right labels lies from 0 to 1, not at {text}")
    return value


def prevalence(text: str) -> float:
    """An option's share of positives: a number between 0 and 1, neither of them."""
    try:
        value = float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from error
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"a prevalence lies between 0 and 1, not at {text}: one in ten is 0.1")
    return value

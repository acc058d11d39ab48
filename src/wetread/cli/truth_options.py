"""What can be asked of `wetread truth`; loads nothing but the parser."""

from __future__ import annotations

import argparse
from typing import Any

from wetread.cli.collection import add_collection

__all__ = ["add_truth"]

_RULES = ("majority", "k-of-n", "weighted", "adjudicated", "dawid-skene", "single", "text-mined")


def add_truth(verbs: Any) -> None:
    """Add the verb `truth` and its own verbs."""
    truth = verbs.add_parser("truth", help="reference standards, agreement, label noise, reader sheets, splits")
    own = truth.add_subparsers(dest="question", required=True, metavar="WHAT", help="what is wanted")
    _agreement(own.add_parser("agreement", help="how far readers agree, with intervals"))
    _consensus(own.add_parser("consensus", help="a reference standard from reads, by a stated rule"))
    _noise(own.add_parser("noise", help="NIH's text-mined labels against radiologists"))
    _recommend(own.add_parser("recommend", help="which reference standard carries which claim"))
    sheets = own.add_parser("sheets", help="reader sheets, out and in")
    ways = sheets.add_subparsers(dest="way", required=True, metavar="out|in", help="which way")
    _out(ways.add_parser("out", help="blinded sheets in an order of chance for each reader"))
    _in(ways.add_parser("in", help="filled sheets back to one table of reads"))
    _split(own.add_parser("split", help="divide a collection by patient, or along its published lists"))
    _leaks(own.add_parser("leaks", help="whether a patient or a copy of a film stands on two sides of a split"))


def _reads(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("reads", metavar="READS.csv", help="columns film, reader, value; read and patient where known")
    parser.add_argument("--answers", type=_words, metavar="A,B,...", help="the answers allowed, in their order")
    parser.add_argument("--json", action="store_true", help="JSON instead of text")


def _drawn(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--resamples", type=_whole, default=2000, metavar="N", help="draws of patients (default: %(default)s)"
    )
    parser.add_argument("--seed", type=_whole, default=0, help="of the draws (default: %(default)s)")


def _agreement(parser: argparse.ArgumentParser) -> None:
    _reads(parser)
    parser.add_argument(
        "--level",
        choices=("nominal", "ordinal", "interval", "ratio"),
        default="nominal",
        help="what the distance of two answers means (default: %(default)s)",
    )
    _drawn(parser)


def _consensus(parser: argparse.ArgumentParser) -> None:
    _reads(parser)
    parser.add_argument("--rule", choices=_RULES, required=True, help="how reads become a label")
    parser.add_argument("--k", type=_whole, metavar="K", help="k-of-n: how many must say so")
    parser.add_argument("--positive", metavar="ANSWER", help="k-of-n, text-mined: the positive answer")
    parser.add_argument("--weights", type=_numbered, metavar="READER=W,...", help="weighted: stated before reading")
    parser.add_argument(
        "--readers", type=_words, metavar="A,B,C", help="adjudicated: two readers, then the adjudicator"
    )
    parser.add_argument("--reader", metavar="NAME", help="single, text-mined: whose answers")
    parser.add_argument("--out", metavar="CSV", help="write one row a film here: label, support, why there is none")


def _noise(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--labels", required=True, metavar="DIR", help="NIH's table and those of its readers")
    parser.add_argument("--out", required=True, metavar="DIR", help="where noise.json and noise.txt go")
    _drawn(parser)


def _recommend(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--claim", choices=("sign", "disease"), required=True, help="a radiographic sign, or pneumonia")
    parser.add_argument("--stage", choices=("training", "tuning", "test"), required=True, help="what the truth is for")
    parser.add_argument("--readers", type=_whole, default=0, metavar="N", help="independent readers (default: none)")
    parser.add_argument("--years", type=_numbers, default=(), metavar="Y,Y,...", help="experience of each reader")
    parser.add_argument("--adjudicator", action="store_true", help="one more reader who decides")
    parser.add_argument("--ct", action="store_true", help="a chest CT near in time exists")
    parser.add_argument("--culture", action="store_true", help="microbiology exists")
    parser.add_argument("--follow-up", action="store_true", help="clinical follow-up exists")
    parser.add_argument("--json", action="store_true", help="JSON instead of text")


def _out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("films", metavar="FILMS", help="a CSV with a column film, or a text file with one film a line")
    parser.add_argument("--readers", type=_words, required=True, metavar="A,B,...", help="who reads")
    parser.add_argument("--answers", type=_words, required=True, metavar="A,B,...", help="the answers allowed")
    parser.add_argument("--seed", type=_whole, required=True, help="of order and names")
    parser.add_argument("--repeats", type=_whole, default=0, metavar="N", help="films that each reader reads twice")
    parser.add_argument("--out", required=True, metavar="DIR", help="a new folder for the sheets")
    parser.add_argument(
        "--mapping", required=True, metavar="CSV", help="which film each sheet shows: keep it from readers"
    )


def _in(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sheets", nargs="+", metavar="SHEET.csv", help="filled sheets")
    parser.add_argument("--mapping", required=True, metavar="CSV", help="as written with the sheets")
    parser.add_argument("--answers", type=_words, required=True, metavar="A,B,...", help="the answers allowed")
    parser.add_argument("--out", required=True, metavar="CSV", help="the table of reads")


def _split(parser: argparse.ArgumentParser) -> None:
    add_collection(parser, images="needed where they are the collection")
    parser.add_argument("--out", required=True, metavar="DIR", help="a new folder for split.json and films.csv")
    parser.add_argument("--official", action="store_true", help="the collection's own lists")
    parser.add_argument(
        "--tune", type=float, metavar="P", help="with --official: share of the training side for tuning"
    )
    parser.add_argument(
        "--shares", type=_numbered, metavar="SIDE=P,...", help="they sum to 1 (default: train=0.7,tune=0.15,test=0.15)"
    )
    parser.add_argument(
        "--strata",
        type=_words,
        metavar="A,B,...",
        help="what each side should have alike, the most important first: label, view, age_band, sex, or none "
        "(default: all)",
    )
    parser.add_argument("--seed", type=_whole, default=0, help="of the draw (default: %(default)s)")
    parser.add_argument("--balanced", action="store_true", help="also draw as many negative as positive training films")
    parser.add_argument(
        "--together", metavar="CSV", help="pairs of films that must not be parted: columns first, second"
    )


def _leaks(parser: argparse.ArgumentParser) -> None:
    add_collection(parser, images="without it pixels are not compared")
    parser.add_argument("--split", metavar="DIR", help="a saved split (default: the collection's own lists)")
    parser.add_argument(
        "--allow", metavar="CSV", help="near copies that somebody found to be different films: columns first, second"
    )
    parser.add_argument("--out", metavar="CSV", help="write every pair here, for --together or --allow")
    parser.add_argument("--json", action="store_true", help="JSON instead of text")


def _words(text: str) -> list[str]:
    words = [word.strip() for word in text.split(",")]
    if not all(words) or len(set(words)) < len(words):
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of different words with commas between them")
    return words


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number, zero or more")
    return int(text)


def _numbers(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(number) for number in text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of numbers with commas between them") from error


def _numbered(text: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for part in text.split(","):
        name, sign, number = (piece.strip() for piece in part.partition("="))
        try:
            value = float(number)
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"{part!r} is not of the form name=0.7") from error
        if not (name and sign):
            raise argparse.ArgumentTypeError(f"{part!r} is not of the form name=0.7")
        if name in found:
            raise argparse.ArgumentTypeError(f"{name!r} is given twice")
        found[name] = value
    return found

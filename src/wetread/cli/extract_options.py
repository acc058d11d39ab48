"""What can be asked of `wetread extract`; loads nothing but the parser."""

from __future__ import annotations

from typing import Any

__all__ = ["add_extract"]

_FILMS = ("frontal", "chest", "all")  # as in wetread.extract.Options, which help and usage should not have to load


def add_extract(verbs: Any) -> None:
    """Add the verb `extract`."""
    parser = verbs.add_parser("extract", help="a DICOM archive to pictures and a manifest, under pseudonyms")
    parser.add_argument("source", metavar="SRC", help="the archive: a folder of DICOM films, at any depth")
    parser.add_argument("out", metavar="OUT", help="a new folder, or one that an earlier run has begun")
    parser.add_argument(
        "--size", type=int, default=512, metavar="N", help="pixels of the longer side (default: %(default)s)"
    )
    parser.add_argument("--letterbox", action="store_true", help="every picture N x N, black beside the film")
    parser.add_argument("--bits", type=int, choices=(8, 16), default=8, help="of a grey level (default: %(default)s)")
    parser.add_argument(
        "--films", choices=_FILMS, default="frontal",
        help="frontal chest films, every view of the chest, or radiographs of any part (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--key", metavar="FILE", help="the secret of the pseudonyms; made where there is none (default: OUT.key)"
    )
    parser.add_argument(
        "--source-map", action="store_true", help="keep beside the key which film is which file (source_map.parquet)"
    )
    parser.add_argument(
        "--include-unstated", action="store_true",
        help="also films of the modality (CR, DX) that do not say whether text is burned in",
    )  # fmt: skip
    parser.add_argument(
        "--include-uncertain", action="store_true", help="also secondary captures that do not say it; look at them"
    )
    parser.add_argument(
        "--exact",
        action="store_true",
        help="decode every level of JPEG 2000 films, and halve no film under 8 times SIZE",
    )
    parser.add_argument("--workers", type=int, metavar="N", help="processes that decode (default: one a processor)")
    parser.add_argument("--json", action="store_true", help="the summary as one JSON object")

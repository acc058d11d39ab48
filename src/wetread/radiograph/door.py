"""The door of the room: a file, its bytes or a dataset goes in, a Radiograph comes out."""

from __future__ import annotations

import stat
import struct
import zlib
from io import BytesIO
from pathlib import Path

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.filereader import _read_file_meta_info, read_preamble
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from wetread.errors import DecodeError, NotAFilmError, WetreadError
from wetread.radiograph.decode import LARGEST, quiet, stored
from wetread.radiograph.grayscale import render
from wetread.radiograph.header import facts
from wetread.radiograph.image import is_image, read_image
from wetread.radiograph.polarity import polarity
from wetread.radiograph.reduce import Enough, Need, spare
from wetread.radiograph.spacing import aspect, is_square, spacing
from wetread.radiograph.value import Facts, Radiograph

__all__ = ["open_dataset", "read"]

_UIDS = ("SOPClassUID", "SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID")
_VRS = frozenset(b"AE AS CS DA DS DT IS LO LT PN SH ST TM UI UL US UT OB OW SQ".split())
_LARGEST_FILE = 4 * LARGEST
"""Bytes of a file, and of what a deflated one holds: the largest picture in its widest words."""
_META = 1 << 16  # bytes among which a meta header names its transfer syntax
_PIECE = 1 << 20

_CUT_SHORT = "this DICOM file is damaged or cut short and nothing in it can be read: send it again"


def read(source: Path | str | bytes | Dataset, *, view: str | None = None, enough: Enough | None = None) -> Radiograph:
    """Read one film.

    Parameters
    ----------
    source
        A file's path or its bytes (DICOM, or a PNG, JPEG or TIFF image of 8 or 16 bits, told apart by content), or a
        DICOM dataset, which is left as it is.
    view
        "PA", "AP" or "LATERAL" as the caller states it, for files that do not say: image files never do.
    enough
        Rows and columns of the frame of the network that will look (the largest of several): the film may then come
        halved (`Radiograph.reduction`) as often as `wetread.preprocess.prepare` would halve it for that frame, which
        is much quicker for a large film. The network's input is the same, bit for bit; only a JPEG 2000 picture that
        was decoded at a lower resolution, which its steps say, is the same within a measured bound. None: the whole.
        A `wetread.radiograph.reduce.Need` asks by a rule of its own, for other pictures than a network's.

    Returns
    -------
    Radiograph
        Pixels float32 in [0, 1], air dark and bone bright; facts; spacing; steps; polarity; source UIDs. Whether it may
        be read for a use is another question: see `eligibility`.

    Raises
    ------
    NotAFilmError
        If the source is no DICOM object and no image of a kind that is read.
    NoPixelsError
        If the DICOM object holds no picture.
    DecodeError
        If the picture is damaged, in colour, multi-frame, or in an encoding that no codec here reads.
    UsageError
        If `view` names no projection.
    """
    if not isinstance(source, Dataset):
        content = _content(source)
        if is_image(content):
            return _image(content, view, enough)
        source = _dataset(content)
    with quiet():
        try:
            return _read(source, view, enough)
        except WetreadError:
            raise
        except Exception as error:  # pydicom parses on access and lets errors of many kinds through
            raise DecodeError("the film's header is damaged and cannot be understood: send the film again") from error


def open_dataset(source: Path | str | bytes) -> Dataset:
    """Open a DICOM file, tolerantly: preamble and meta header may be missing if what follows looks like DICOM.

    Parameters
    ----------
    source
        A file's path or its bytes.

    Raises
    ------
    NotAFilmError
        If it cannot be opened or is not DICOM.
    DecodeError
        If it is DICOM and so damaged that nothing in it can be read.
    """
    return _dataset(_content(source))


def _content(source: Path | str | bytes) -> bytes:
    if isinstance(source, bytes):
        return source
    try:
        known = Path(source).stat()
        if stat.S_ISREG(known.st_mode) and known.st_size <= _LARGEST_FILE:
            return Path(source).read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the name cannot be one of a file"
        raise NotAFilmError(f"the file cannot be opened: {reason}; check the name and the right to read it") from error
    if stat.S_ISREG(known.st_mode):
        raise NotAFilmError(f"the file has {known.st_size >> 20} MiB, which no film has: give the film alone")
    # A device never ends, and a pipe may never begin.
    raise NotAFilmError("the file cannot be opened: it is a folder, a pipe or a device; name the film's own file")


def _image(content: bytes, view: str | None, enough: Enough | None) -> Radiograph:
    try:
        return read_image(content, view=view, enough=enough)
    except WetreadError:
        raise
    except Exception as error:  # memory, above all: the decoder's own errors are told apart where they happen
        raise DecodeError("the image is damaged or too large to be understood: export the film again") from error


def _dataset(content: bytes) -> Dataset:
    if content.startswith(b"DICM"):  # the preamble was cut off and its mark left
        content = bytes(128) + content
    headed = content[128:132] == b"DICM"
    if not headed and not _looks_like_dicom(content):
        found = "an empty file" if not content else "neither DICOM nor a PNG, JPEG or TIFF image"
        raise NotAFilmError(f"this is {found}: give the film as its archive exports it")
    with quiet():
        try:
            _require_bounded(content, headed)
            dataset = dcmread(BytesIO(content), force=not headed)
            if "TransferSyntaxUID" not in dataset.file_meta and dataset.original_encoding[1]:
                implicit = dataset.original_encoding[0]
                if not _encapsulated(dataset):
                    dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian
        except WetreadError:
            raise
        except Exception as error:
            if headed:
                raise DecodeError(_CUT_SHORT) from error
            raise NotAFilmError(
                "this begins a little like DICOM and cannot be parsed: give the film as its archive exports it"
            ) from error
    if len(dataset) == 0:  # pydicom gives up a data set that ends inside a compressed picture
        raise DecodeError(_CUT_SHORT)
    return dataset


def _require_bounded(content: bytes, headed: bool) -> None:
    """Refuse a deflated data set (PS3.5 A.5) that would fill the memory: pydicom inflates all of it at once."""
    if DeflatedExplicitVRLittleEndian.encode() not in content[:_META]:
        return
    file = BytesIO(content)
    read_preamble(file, force=not headed)
    if _read_file_meta_info(file).get("TransferSyntaxUID") != DeflatedExplicitVRLittleEndian:
        return
    inflate, start, length = zlib.decompressobj(-zlib.MAX_WBITS), file.tell(), 0
    while not inflate.eof and length <= _LARGEST_FILE:
        piece = inflate.unconsumed_tail or content[start : start + _PIECE]
        start += 0 if inflate.unconsumed_tail else _PIECE
        if not piece:
            return
        length += len(inflate.decompress(piece, _PIECE))
    if length > _LARGEST_FILE:
        raise DecodeError(f"the deflated file holds over {_LARGEST_FILE >> 20} MiB: it was made to harm, or is no film")


def _encapsulated(dataset: Dataset) -> bool:
    return "PixelData" in dataset and bytes(dataset["PixelData"].value[:4]) == b"\xfe\xff\x00\xe0"


def _looks_like_dicom(content: bytes) -> bool:
    """Whether the first element is one of group 0002 or 0008, in explicit or implicit VR, of a believable length."""
    if len(content) < 16:
        return False
    for order in "<>":
        group, element = struct.unpack(order + "HH", content[:4])
        if group not in (0x0002, 0x0008) or element > 0x0070:
            continue
        if content[4:6] in _VRS:
            return True
        if struct.unpack(order + "I", content[4:8])[0] <= min(len(content) - 8, 1024):
            return True
    return False


def _read(dataset: Dataset, view: str | None, enough: Enough | None) -> Radiograph:
    known = facts(dataset, view=view)
    made = render(dataset, stored(dataset, levels=_levels(known, dataset, enough)), enough=enough)
    uids = {keyword: str(dataset.get(keyword)) for keyword in _UIDS if dataset.get(keyword)}
    return Radiograph(
        pixels=made.pixels, facts=known, spacing_mm=made.spacing, steps=made.steps, polarity=polarity(made.pixels),
        source_uids=uids, reduction=1 << made.halvings, full_shape=made.shape if made.halvings else None,
    )  # fmt: skip


def _levels(known: Facts, dataset: Dataset, enough: Enough | None) -> int:
    """How many levels of a wavelet may be left out: one, where a network's film is halved again afterwards.

    So no reading moves by more than benchmarks/README.md says. More levels, or none in reserve, moved readings further,
    and the first level is most of the work.
    """
    times = spare((known.rows, known.columns), enough)
    skipped = enough is not None and times > Need.of(enough).reserve
    return 1 if skipped and is_square(aspect(dataset, spacing(dataset)[0])) else 0

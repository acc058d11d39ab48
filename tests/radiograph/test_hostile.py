"""Films made to harm, each by hand, and the exact answer to each: see docs/hostile.md for those made by the thousand."""

from __future__ import annotations

import gzip
import io
import json
import os
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from imagecodecs import jpeg2k_encode, jpeg8_encode, jpegls_encode
from PIL import Image

from radiograph.wire import (
    BASELINE,
    BIG,
    COLUMNS,
    COMPUTED,
    DEFLATED,
    EXPLICIT,
    EXTENDED,
    GOOD,
    HEADER,
    IMPLICIT,
    ITEM,
    ITEM_END,
    J2K,
    LOSSLESS,
    LS,
    NAME,
    NATIVE,
    PICTURE,
    RLE,
    ROWS,
    SEQUENCE_END,
    UNDEFINED,
    element,
    encapsulated,
    head,
    header,
    implicit,
    item,
    number,
    pixels,
    size,
)  # fmt: skip
from wetread.errors import DecodeError, LimitError, NoPixelsError, NotAFilmError, UnreadableError
from wetread.radiograph import read, read_many

SAME = None  # the lie does no harm: the same picture comes out
Case = tuple[Callable[[], bytes], type[UnreadableError] | None]

EIGHT = (PICTURE >> 4).astype(np.uint8)
JPEG = bytes(jpeg8_encode(EIGHT, level=90))
WIDE = bytes(jpeg8_encode(PICTURE, lossless=True, bitspersample=12))
WAVES = bytes(jpeg2k_encode(PICTURE, codecformat="j2k", bitspersample=12, reversible=True, level=0))
NEAR = bytes(jpegls_encode(PICTURE))
EIGHT_BITS = {(0x28, 0x100): (b"US", number(8)), (0x28, 0x101): (b"US", number(8)), (0x28, 0x102): (b"US", number(7))}
LONGEST_SECONDS = 4.0
Changed = dict[tuple[int, int], tuple[bytes, bytes]]


def native(changed: Changed | None = None, syntax: str = EXPLICIT, picture: bytes | None = None) -> bytes:
    return head(syntax) + header(changed) + (pixels() if picture is None else picture)


def packed(syntax: str, *fragments: bytes, changed: Changed | None = None, **lies: bytes) -> bytes:
    return head(syntax) + header(changed) + encapsulated(*fragments, **lies)


def deflated(body: bytes) -> bytes:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    return head(DEFLATED) + squeeze.compress(body) + squeeze.flush()


def deflated_bomb(mebibytes: int = 420) -> bytes:
    """One MiB of zeros, deflated so that it can be repeated, in an element before the picture."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    start = squeeze.compress(header() + element(9, 0x1001, b"OB", b"", mebibytes << 20)) + squeeze.flush(
        zlib.Z_FULL_FLUSH
    )
    zeros = squeeze.compress(bytes(1 << 20)) + squeeze.flush(zlib.Z_FULL_FLUSH)
    return head(DEFLATED) + start + zeros * mebibytes + squeeze.compress(pixels()) + squeeze.flush()


def text(tag: tuple[int, int], value: bytes, vr: bytes = b"CS") -> bytes:
    return native({tag: (vr, value + b" " * (len(value) % 2))})


def several(**values: tuple[tuple[int, int], bytes, bytes]) -> bytes:
    return native({tag: (vr, value) for tag, vr, value in values.values()})


def nested(levels: int, *, ended: bool, tag: tuple[int, int] = (0x8, 0x1140)) -> bytes:
    down = (element(*tag, b"SQ", b"", UNDEFINED) + ITEM + b"\xff" * 4) * levels
    up = (ITEM_END + bytes(4) + SEQUENCE_END + bytes(4)) * levels
    return head() + header() + down + (up + pixels() if ended else b"")


def told_size(stream: bytes, rows: int, columns: int) -> bytes:
    """The codestream with another size in its own header."""
    lied = bytearray(stream)
    if stream.startswith(b"\xff\x4f"):
        lied[8:16] = lied[24:32] = struct.pack(">II", columns, rows)
        return bytes(lied)
    start = next(
        place for place in range(len(lied)) if lied[place] == 255 and lied[place + 1] in (0xC0, 0xC1, 0xC3, 0xF7)
    )
    lied[start + 5 : start + 9] = struct.pack(">HH", rows, columns)
    return bytes(lied)


def runs(*starts: int, segments: int | None = None, data: bytes = b"\x81\x00" * 100) -> bytes:
    words = [len(starts) if segments is None else segments, *starts]
    return struct.pack("<16I", *words, *[0] * (16 - len(words))) + data


def chunks(*parts: tuple[bytes, bytes]) -> bytes:
    told = (
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(told)


def png(rows: int, columns: int, *extra: tuple[bytes, bytes]) -> bytes:
    lines = zlib.compress(b"".join(b"\0" + EIGHT[row].tobytes() for row in range(ROWS)))
    start = struct.pack(">IIBBBBB", columns, rows, 8, 0, 0, 0, 0)
    return chunks((b"IHDR", start), *extra, (b"IDAT", lines), (b"IEND", b""))


def bomb(size: int = 50_000_000) -> bytes:
    return zlib.compress(bytes(size), 9)


def tiff(columns: int = COLUMNS, rows: int = ROWS, strips: int = 1, data_at: int = 122) -> bytes:
    entries = ((256, 4, 1, columns), (257, 4, 1, rows), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1),
               (273, 4, strips, data_at), (277, 3, 1, 1), (278, 4, 1, rows), (279, 4, strips, EIGHT.size))  # fmt: skip
    body = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return struct.pack("<2sHIH", b"II", 42, 8, len(entries)) + body + bytes(4) + EIGHT.tobytes()


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("film.dcm", GOOD)
    return file.getvalue()


def report(sop_class: str) -> bytes:
    kept = {tag: value for tag, value in HEADER.items() if tag[0] < 0x28}
    kept[0x8, 0x16] = (b"UI", sop_class.encode() + b"\0" * (len(sop_class) % 2))
    return head() + b"".join(element(*tag, vr, value) for tag, (vr, value) in sorted(kept.items()))


LENGTHS: dict[str, Case] = {
    "the picture claims 2 GiB": (lambda: native(picture=pixels(length=0x7FFFFFFE)), SAME),
    "the picture claims 4 GiB": (lambda: native(picture=pixels(length=0xFFFFFFFE)), SAME),
    "the picture claims a negative length": (lambda: native(picture=pixels(length=0x80000000)), SAME),
    "the picture claims one byte less": (lambda: native(picture=pixels(length=len(NATIVE) - 1)), DecodeError),
    "the picture claims no byte": (lambda: native(picture=pixels(length=0)), NoPixelsError),
    "an uncompressed picture of undefined length": (lambda: native(picture=pixels(length=UNDEFINED)), DecodeError),
    **{
        f"a text claims {length:#x} bytes": (
            lambda length=length: head() + header() + element(0x29, 0x10, b"UT", b"ab", length) + pixels(), error,
        )
        for length, error in ((0x7FFFFFFE, NoPixelsError), (0xFFFFFFFE, NoPixelsError), (UNDEFINED, DecodeError))
    },
    "an odd length": (lambda: head() + header() + element(0x29, 0x10, b"LO", b"abc") + pixels(), SAME),
    "an odd length that lies": (lambda: head() + header() + element(0x29, 0x10, b"LO", b"ab", 3) + pixels(), NoPixelsError),
    "a short length beyond the file": (lambda: head() + header() + element(0x29, 0x10, b"LO", b"ab", 0xFFFF), NoPixelsError),
    **{
        f"a group length of {length:#x}": (lambda length=length: head(group_length=length) + header() + pixels(), SAME)
        for length in (0, 1, 60, 0x7FFFFFFF, 0xFFFFFFFF)
    },
    "a fragment claims 2 GiB": (
        lambda: head(J2K) + header() + pixels(item() + item(WAVES, 0x7FFFFFFE), UNDEFINED, b"OB"), DecodeError),
    "a fragment of undefined length": (
        lambda: head(J2K) + header() + pixels(item() + item(WAVES, UNDEFINED), UNDEFINED, b"OB"), DecodeError),
}  # fmt: skip

SIZES: dict[str, Case] = {
    "65535 x 65535": (lambda: native(size(65535, 65535)), DecodeError),
    "9999 x 9999 with 960 bytes": (lambda: native(size(9999, 9999)), DecodeError),
    "65535 x 1": (lambda: native(size(65535, 1)), DecodeError),
    "0 x 0": (lambda: native(size(0, 0)), NoPixelsError),
    "0 x 5": (lambda: native(size(0, 5)), NoPixelsError),
    "two numbers of rows": (lambda: native({(0x28, 0x10): (b"US", number(ROWS) * 2)}), DecodeError),
    "many numbers of columns": (lambda: native({(0x28, 0x11): (b"US", number(COLUMNS) * 500)}), DecodeError),
    "three bytes of rows": (lambda: native({(0x28, 0x10): (b"US", b"\x18\0\0")}), DecodeError),
    "negative rows": (lambda: native({(0x28, 0x10): (b"SS", struct.pack("<h", -5))}), NoPixelsError),
    "rows as SS": (lambda: native({(0x28, 0x10): (b"SS", number(ROWS))}), SAME),
    "rows that are not a number": (lambda: native({(0x28, 0x10): (b"FL", struct.pack("<f", float("nan")))}), DecodeError),
    "rows that are a sequence": (lambda: native({(0x28, 0x10): (b"SQ", item())}), DecodeError),
    "two thousand million frames": (lambda: text((0x28, 8), b"2147483647", b"IS"), DecodeError),
    "no bits": (lambda: native({(0x28, 0x100): (b"US", number(0))}), DecodeError),
    "squared pixels beyond any film": (
        lambda: native(size(5200, 5200) | EIGHT_BITS | {(0x28, 0x34): (b"IS", b"4\\1 ")}, picture=pixels(bytes(5200 * 5200))),
        DecodeError),
    **{
        f"{name} of 9999 x 9999 pixels in {len(stream)} bytes": (
            lambda syntax=syntax, stream=stream: packed(syntax, told_size(stream, 9999, 9999), changed=size(9999, 9999)),
            DecodeError,
        )
        for name, syntax, stream in (("JPEG 2000", J2K, WAVES), ("JPEG", BASELINE, JPEG), ("lossless", LOSSLESS, WIDE), ("JPEG-LS", LS, NEAR))
    },
    "JPEG 2000 of 60000 x 60000": (lambda: packed(J2K, told_size(WAVES, 60000, 60000)), DecodeError),
    "JPEG of 65535 x 1": (lambda: packed(BASELINE, told_size(JPEG, 65535, 1), changed=size(65535, 1)), DecodeError),
    "lossless JPEG of 65535 x 1": (lambda: packed(LOSSLESS, told_size(WIDE, 65535, 1), changed=size(65535, 1)), DecodeError),
    "run lengths of 9999 x 9999": (lambda: packed(RLE, runs(64, 70), changed=size(9999, 9999)), DecodeError),
}  # fmt: skip

NESTS: dict[str, Case] = {
    "100 sequences in each other": (lambda: nested(100, ended=True), SAME),
    "10000 sequences in each other": (lambda: nested(10_000, ended=True), DecodeError),
    "10000 sequences that never end": (lambda: nested(10_000, ended=False), DecodeError),
    "10000 views in each other": (lambda: nested(10_000, ended=True, tag=(0x54, 0x220)), DecodeError),
    "3000 unknown sequences that never end": (
        lambda: head() + header()
        + element(0x29, 0x1010, b"UN", (implicit(0x29, 0x1010, b"", UNDEFINED) + ITEM + b"\xff" * 4) * 3000, UNDEFINED),
        DecodeError),
    "a sequence without its end": (
        lambda: head() + header() + element(8, 0x1140, b"SQ", item() * 10, UNDEFINED) + pixels(), DecodeError),
    "200000 empty items": (lambda: head() + header() + element(8, 0x1140, b"SQ", item() * 200_000) + pixels(), SAME),
    "100000 elements and no film": (
        lambda: head() + b"".join(element(9, 0x1000 + place % 0xEFFF, b"LO", b"ab") for place in range(100_000)), NoPixelsError),
}  # fmt: skip

PICTURES: dict[str, Case] = {
    "a frame inside a frame": (lambda: packed(BASELINE, item() + item(JPEG) + SEQUENCE_END + bytes(4)), DecodeError),
    "a film as its own picture": (lambda: packed(BASELINE, GOOD), DecodeError),
    "run lengths that are JPEG": (lambda: packed(RLE, WIDE), SAME),
    "uncompressed by its name, compressed in truth": (lambda: packed(EXPLICIT, WIDE), SAME),
    "compressed by its name, uncompressed in truth": (lambda: native(syntax=J2K), SAME),
    "deflated by its name, not in truth": (lambda: native(syntax=DEFLATED), DecodeError),
    "big-endian by its name, not in truth": (lambda: native(syntax=BIG), NoPixelsError),
    "implicit by its name, not in truth": (lambda: native(syntax=IMPLICIT), SAME),
    "a transfer syntax that nobody knows": (lambda: native(syntax="1.2.3.4"), SAME),
    "a name as transfer syntax": (lambda: native(syntax="SURNAME"), SAME),
    "no fragment": (lambda: packed(J2K), DecodeError),
    "an empty fragment": (lambda: packed(J2K, b""), DecodeError),
    "100000 empty fragments": (lambda: packed(J2K, *[b""] * 100_000), DecodeError),
    "no end": (lambda: packed(J2K, WAVES, end=b""), DecodeError),
    "offsets that lie": (lambda: packed(J2K, WAVES, table=struct.pack("<II", 0xFFFFFFFF, 7)), SAME),
    "an offset table of three bytes": (lambda: packed(J2K, WAVES, table=b"abc"), SAME),
    "a deflated bomb": (deflated_bomb, DecodeError),
    "a deflated film cut short": (lambda: deflated(header() + pixels())[:-40], DecodeError),
    "run lengths: a bomb": (lambda: packed(RLE, runs(64, 70, data=b"\x81\x00" * 700_000), changed=size(9999, 9999)), DecodeError),
    "run lengths: too many segments": (lambda: packed(RLE, runs(64, 70, segments=0xFFFFFFFF)), DecodeError),
    "run lengths: fifteen segments": (lambda: packed(RLE, runs(*[64] * 15)), DecodeError),
    "run lengths: segments beyond the frame": (lambda: packed(RLE, runs(0xFFFFFFF0, 0xFFFFFF00)), DecodeError),
    "run lengths: a literal run without its bytes": (lambda: packed(RLE, runs(64, 68, data=b"\x01ab\x05x")), DecodeError),
    "run lengths: one byte": (lambda: packed(RLE, b"\1"), DecodeError),
    "floating point pixels": (lambda: native({(0x7FE0, 8): (b"OF", bytes(8))}), DecodeError),
}  # fmt: skip

VALUES: dict[str, Case] = {
    "an unknown character set": (lambda: text((8, 5), b"ISO_IR 999999"), SAME),
    "two thousand character sets": (lambda: text((8, 5), b"ISO_IR 100\\" * 2000), SAME),
    "a character set of bytes": (lambda: text((8, 5), b"\xff\0" * 20), DecodeError),
    "escapes that lead nowhere": (
        lambda: several(a=((8, 5), b"CS", b"ISO 2022 IR 87\\ISO 2022 IR 159 "), b=((0x10, 0x10), b"PN", b"\x1b$B;\x1b$(D\xff\xff\x1b")), SAME),
    "text that is no UTF-8": (
        lambda: several(a=((8, 5), b"CS", b"ISO_IR 192"), b=((0x10, 0x10), b"PN", b"\xff\xfe\xc0\x80")), SAME),
    "strings with NUL": (lambda: several(a=((0x18, 0x5101), b"CS", b"\0PA\0"), b=((0x28, 4), b"CS", b"MONOCHROME2\0")), SAME),
    "UIDs of letters": (lambda: several(a=((8, 0x16), b"UI", NAME), b=((8, 0x18), b"UI", b"../../etc/passwd")), SAME),
    "a window of words": (lambda: several(a=((0x28, 0x1050), b"DS", b"abc "), b=((0x28, 0x1051), b"DS", b"1e400 ")), SAME),
    "a window beyond floating point": (
        lambda: several(a=((0x28, 0x1050), b"DS", b"1e308 "), b=((0x28, 0x1051), b"DS", b"1e308 ")), SAME),
    "a window thinner than any number": (
        lambda: several(a=((0x28, 0x1050), b"DS", b"1 "), b=((0x28, 0x1051), b"DS", b"1e-320"), c=((0x28, 0x1056), b"CS", b"SIGMOID ")), SAME),
    "30000 windows": (
        lambda: several(a=((0x28, 0x1050), b"DS", b"1\\" * 30_000), b=((0x28, 0x1051), b"DS", b"1\\" * 30_000)), SAME),
    "a slope without end": (lambda: text((0x28, 0x1053), b"1e400", b"DS"), DecodeError),
    "an intercept that is no number": (lambda: text((0x28, 0x1052), b"NaN", b"DS"), DecodeError),
    "a slope that overflows": (
        lambda: several(a=((0x28, 0x1053), b"DS", b"1e308 "), b=((0x28, 0x1052), b"DS", b"1e308 ")), DecodeError),
    "padding that is no number": (lambda: text((0x28, 0x120), b"inf", b"DS"), SAME),
    "a modality table without entries": (
        lambda: native({(0x28, 0x3000): (b"SQ", item(element(0x28, 0x3002, b"US", number(2) + number(0) + number(16))))}), DecodeError),
    "a VOI table of words": (
        lambda: native({(0x28, 0x3010): (b"SQ", item(element(0x28, 0x3002, b"LO", b"a\\b\\c ") + element(0x28, 0x3006, b"LO", b"abcd")))}), SAME),
    "a sequence that is text": (lambda: text((0x54, 0x220), b"hello", b"LO"), SAME),
    "a sequence of rubbish": (lambda: text((0x54, 0x220), b"hello", b"SQ"), SAME),
    "representation ZZ": (lambda: native({(9, 0x10): (b"ZZ", b"ab")}), SAME),
    "representation of NUL": (lambda: native({(9, 0x10): (b"\0\0", b"ab")}), NoPixelsError),
    "private elements without an owner": (
        lambda: several(a=((9, 0x10), b"LO", b"A "), b=((9, 0x11), b"LO", b"A "), c=((9, 0x1001), b"SQ", b"zz"), d=((0x11, 0xFF01), b"PN", b"x")), SAME),
    "a patient's name as photometric interpretation": (lambda: text((0x28, 4), NAME), DecodeError),
    "a number of frames that is a name": (lambda: text((0x28, 8), NAME, b"IS"), DecodeError),
    "a patient's name as rows": (lambda: text((0x28, 0x10), NAME, b"LO"), DecodeError),
}  # fmt: skip

FILES: dict[str, Case] = {
    "elements twice": (lambda: head() + header() + header(size(9, 9)) + pixels() + pixels(b"xx"), DecodeError),
    "elements backwards": (
        lambda: head() + b"".join(element(*tag, *HEADER[tag]) for tag in sorted(HEADER, reverse=True)) + pixels(), SAME),
    "the picture first": (lambda: head() + pixels() + header(), SAME),
    "the meta header twice": (lambda: head() + head()[132:] + header() + pixels(), SAME),
    "a film in a film": (lambda: head() + head() + header() + pixels(), NoPixelsError),
    "the preamble of a TIFF": (lambda: b"II*\0" + GOOD[4:], SAME),
    "the preamble of a program": (lambda: b"MZ" + GOOD[2:], SAME),
    "a big-endian meta header": (
        lambda: bytes(128) + b"DICM" + element(2, 0x10, b"UI", EXPLICIT.encode() + b"\0", order=">") + header() + pixels(), NoPixelsError),
    "no meta header": (lambda: bytes(128) + b"DICM" + header() + pixels(), SAME),
    "nothing": (lambda: b"", NotAFilmError),
    "one byte": (lambda: b"\x08", NotAFilmError),
    "a zip": (zipped, NotAFilmError),
    "a gzip": (lambda: gzip.compress(GOOD), NotAFilmError),
    "a web page": (lambda: b"<!DOCTYPE html><html>" + b"x" * 900, NotAFilmError),
    "a program of Linux": (lambda: b"\x7fELF" + bytes(900), NotAFilmError),
    "a program of macOS": (lambda: b"\xcf\xfa\xed\xfe" + bytes(900), NotAFilmError),
    "a structured report": (lambda: report("1.2.840.10008.5.1.4.1.1.88.33"), NoPixelsError),
    "an encapsulated PDF": (
        lambda: report("1.2.840.10008.5.1.4.1.1.104.1") + element(0x42, 0x11, b"OB", b"%PDF-1.7" + bytes(4000)), NoPixelsError),
    "a DICOMDIR": (
        lambda: report("1.2.840.10008.1.3.10") + element(0x4, 0x1220, b"SQ", item(element(0x4, 0x1430, b"CS", b"PATIENT ") + element(0x10, 0x10, b"PN", NAME))),
        NoPixelsError),
}  # fmt: skip

IMAGES: dict[str, Case] = {
    "PNG of 65535 x 65535": (lambda: png(65535, 65535), DecodeError),
    "PNG of 2 thousand million a side": (lambda: png(0x7FFFFFFF, 0x7FFFFFFF), DecodeError),
    "PNG of 9999 x 9999 with data for 480": (lambda: png(9999, 9999), DecodeError),
    "PNG with a profile that explodes": (lambda: png(ROWS, COLUMNS, (b"iCCP", b"x\0\0" + bomb())), DecodeError),
    "PNG with a text that explodes": (lambda: png(ROWS, COLUMNS, (b"zTXt", b"x\0\0" + bomb())), DecodeError),
    "PNG with a chunk of 2 GiB": (lambda: b"\x89PNG\r\n\x1a\n\x7f\xff\xff\xffIHDR" + bytes(50), DecodeError),
    "TIFF of 65535 x 65535": (lambda: tiff(65535, 65535), DecodeError),
    "TIFF with a thousand million strips": (lambda: tiff(strips=0x3FFFFFFF), NotAFilmError),
    "TIFF with its data beyond the file": (lambda: tiff(data_at=0xFFFFFF00), DecodeError),
    "JPEG file cut short": (lambda: JPEG[:-60], DecodeError),
    "JPEG file cut short, with its end put back": (lambda: JPEG[:-60] + b"\xff\xd9", DecodeError),
}

CASES = {
    f"{group}: {name}": case
    for group, cases in {
        "length": LENGTHS, "size": SIZES, "nest": NESTS, "picture": PICTURES, "value": VALUES, "file": FILES, "image": IMAGES,
    }.items()
    for name, case in cases.items()
}  # fmt: skip
WHOLE = read(GOOD).pixels


@pytest.mark.requirement("REQ-HOSTILE")
@pytest.mark.parametrize("name", CASES)
def test_each_gets_its_answer_soon_and_without_a_name(name: str) -> None:
    made, expected = CASES[name]
    content = made()
    begun = time.process_time()
    if expected is SAME:
        assert np.array_equal(read(content).pixels, WHOLE)
    else:
        with pytest.raises(UnreadableError) as caught:
            read(content)
        assert type(caught.value) is expected
        assert not any(word in str(caught.value).upper() for word in ("SURNAME", "NAME^", "ETC/PASSWD"))
    assert time.process_time() - begun < LONGEST_SECONDS


@pytest.mark.requirement("REQ-HOSTILE")
def test_the_same_films_through_the_guard_give_the_same_answers() -> None:
    told = read_many((made() for made, _ in CASES.values()), workers=1)
    for (name, (_, expected)), found in zip(CASES.items(), told, strict=True):
        # What runs out of Python's stack in its own process has met a limit there.
        limited = name.startswith("nest") and isinstance(found.error, LimitError)
        assert limited or (None if found.error is None else type(found.error)) is expected, name
        assert (found.film is not None) == (expected is SAME), name


ALL_IN_A_CHILD = """
import json, resource, sys
from radiograph.test_hostile import CASES
from wetread.errors import UnreadableError
from wetread.radiograph import read
contents = [made() for made, _ in CASES.values()]
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for content in contents:
    try:
        read(content)
    except UnreadableError:
        pass
print(json.dumps([len(contents), (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024]))
"""


@pytest.mark.requirement("REQ-LIMITS")
@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured and limited here as Linux does it")
def test_none_of_them_takes_much_memory_or_leaves_a_traceback() -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", ALL_IN_A_CHILD], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    assert "panicked" not in done.stderr
    count, mebibytes = json.loads(done.stdout)
    assert count == len(CASES)
    assert mebibytes < 256


# ------------------------------------------------------------------------------------------------------- cut short


def offsets(content: bytes) -> list[int]:
    """Every seventh offset, and every place around the picture's element."""
    picture = content.index(b"\xe0\x7f\x10\x00")
    return sorted({*range(0, len(content), 7), *range(picture - 3, min(picture + 40, len(content)))})


@pytest.mark.requirement("REQ-DAMAGED")
@pytest.mark.parametrize(
    "content",
    [GOOD, packed(J2K, WAVES), packed(LOSSLESS, WIDE), packed(LS, NEAR), packed(BASELINE, JPEG, changed=EIGHT_BITS)],
    ids=["uncompressed", "JPEG 2000", "JPEG lossless", "JPEG-LS", "JPEG baseline"],
)
def test_a_film_cut_anywhere_is_unreadable(content: bytes) -> None:
    assert read(content).shape == (ROWS, COLUMNS)
    # The last four bytes of a compressed film are the length, always zero, of the delimiter behind the picture.
    for cut in offsets(content[:-4] if b"\xe0\x7f\x10\x00OB" in content else content):
        with pytest.raises(UnreadableError):
            read(content[:cut])


# ------------------------------------------------------------------------------------- streams that a codec fills up

SOFT = (np.add.outer(np.arange(192), np.arange(160)) * 8 + np.random.default_rng(1).integers(0, 64, (192, 160))).astype(
    np.uint16
)
FILLED = {
    "baseline": (BASELINE, bytes(jpeg8_encode((SOFT >> 4).astype(np.uint8), level=90)), size(192, 160) | EIGHT_BITS),
    "extended": (EXTENDED, bytes(jpeg8_encode(SOFT, level=95, bitspersample=12)), size(192, 160)),
    "lossless": (LOSSLESS, bytes(jpeg8_encode(SOFT, lossless=True, bitspersample=12)), size(192, 160)),
}


@pytest.mark.requirement("REQ-DAMAGED")
@pytest.mark.parametrize("name", FILLED)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_jpeg_that_ends_early_with_its_end_marker_is_not_filled_up(name: str, share: float) -> None:
    syntax, stream, changed = FILLED[name]
    assert read(packed(syntax, stream, changed=changed)).shape == (192, 160)
    start = stream.index(b"\xff\xda") + 10
    early = stream[: start + int(share * (len(stream) - start))].rstrip(b"\xff") + b"\xff\xd9"
    with pytest.raises(DecodeError, match="damaged"):
        read(packed(syntax, early, changed=changed))


@pytest.mark.requirement("REQ-DAMAGED")
@pytest.mark.parametrize("name", FILLED)
def test_a_jpeg_whose_middle_is_missing_is_refused(name: str) -> None:
    syntax, stream, changed = FILLED[name]
    start = stream.index(b"\xff\xda")
    middle, lost = (start + len(stream)) // 2, (len(stream) - start) // 4
    with pytest.raises(DecodeError):
        read(packed(syntax, stream[: middle - lost] + stream[middle:], changed=changed))


# -------------------------------------------------------------------------------------------------- kinds of paths


@pytest.fixture
def paths(tmp_path: Path) -> dict[str, tuple[Path, type[UnreadableError] | None]]:
    found: dict[str, tuple[Path, type[UnreadableError] | None]] = {}

    def put(name: str, expected: type[UnreadableError] | None, make: Callable[[Path], object]) -> None:
        make(tmp_path / name)
        found[name] = (tmp_path / name, expected)

    put("film", SAME, lambda path: path.write_bytes(GOOD))
    put("link to the film", SAME, lambda path: path.symlink_to(tmp_path / "film"))
    put("link to itself", UnreadableError, lambda path: path.symlink_to(path))
    put("link to nothing", UnreadableError, lambda path: path.symlink_to(tmp_path / "nothing"))
    put("link to a device", UnreadableError, lambda path: path.symlink_to("/dev/zero"))
    put("link to a folder", UnreadableError, lambda path: path.symlink_to(tmp_path))
    put("folder", UnreadableError, lambda path: path.mkdir())
    put("pipe", UnreadableError, os.mkfifo)
    put("empty", NotAFilmError, lambda path: path.touch())
    put("zip.dcm", NotAFilmError, lambda path: path.write_bytes(zipped()))

    def sparse(path: Path) -> None:
        with path.open("wb") as file:
            file.truncate(4 << 30)

    put("four GiB of nothing", UnreadableError, sparse)
    return found


@pytest.mark.requirement("REQ-NOT-A-FILM")
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither named pipes nor devices among its files")
@pytest.mark.parametrize("road", ["read", "read_many"])
def test_paths_that_are_no_film_are_told_and_not_waited_for(
    road: str, paths: dict[str, tuple[Path, type[UnreadableError] | None]]
) -> None:
    begun = time.perf_counter()
    errors: list[UnreadableError | None] = []
    if road == "read_many":
        errors = [found.error for found in read_many([path for path, _ in paths.values()], workers=1)]
    else:
        for path, _ in paths.values():
            try:
                read(path)
            except UnreadableError as error:
                errors.append(error)
            else:
                errors.append(None)
    for (name, (path, expected)), error in zip(paths.items(), errors, strict=True):
        assert (error is None) == (expected is SAME), name
        assert expected is None or isinstance(error, expected), name
        assert str(path) not in str(error)
    assert time.perf_counter() - begun < 20


def test_a_picture_of_twelve_bits_in_a_jpeg_file_is_refused() -> None:
    with pytest.raises(UnreadableError):
        read(FILLED["extended"][1])


def test_a_sound_image_file_is_read() -> None:
    for content in (JPEG, png(ROWS, COLUMNS), tiff()):
        assert read(content).shape == (ROWS, COLUMNS)
    assert Image.open(io.BytesIO(tiff())).size == (COLUMNS, ROWS)
    assert COMPUTED.startswith(b"1.2.840")

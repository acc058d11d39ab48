"""The history for TensorBoard: its event file, written whole, so that a process that was stopped leaves no torn record."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from wetread.training.tune.writing import keep

__all__ = ["write_events"]

_SHOWN = ("rate", "train_loss", "tune_loss", "auroc", "average_precision", "f1_best", "f1_all_positive")
_NAME = "events.out.tfevents.0.wetread"


def write_events(folder: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the rows of one fit, a scalar for each figure at each pass's last step; its clock counts steps."""
    keep(folder / _NAME, b"".join(_record(event) for event in _events(rows)))


def _events(rows: Sequence[Mapping[str, Any]]) -> Iterator[bytes]:
    from tensorboardX.proto.event_pb2 import Event
    from tensorboardX.proto.summary_pb2 import Summary

    yield Event(wall_time=0.0, file_version="brain.Event:2").SerializeToString()
    for row in rows:
        values = [Summary.Value(tag=name, simple_value=float(row[name])) for name in _SHOWN]
        step = int(row["step"])
        yield Event(wall_time=float(step), step=step, summary=Summary(value=values)).SerializeToString()


def _record(data: bytes) -> bytes:
    """One record of a TFRecord file: length, its checksum, the data, their checksum."""
    from tensorboardX.record_writer import masked_crc32c

    length = struct.pack("<Q", len(data))
    return length + struct.pack("<I", masked_crc32c(length)) + data + struct.pack("<I", masked_crc32c(data))

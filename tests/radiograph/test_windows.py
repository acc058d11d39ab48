from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from radiograph.films import table
from wetread.radiograph.windows import Table, Window, first_table, windows


@pytest.mark.requirement("REQ-GRAYSCALE")
def test_linear_is_that_of_the_standard() -> None:
    """PS3.3 C.11.2.1.2.1: c=2048 and w=4096 map 0 to black and 4095 to white; c=2048 and w=1 is a step."""
    full = Window(2048, 4096)
    assert full(np.array([-1.0, 0, 4095, 5000])).tolist() == [0, 0, 1, 1]
    assert full(np.array([2047.5])).tolist() == [0.5]
    assert Window(2048, 1)(np.array([2047.0, 2047.5, 2048])).tolist() == [0, 0, 1]
    assert Window(0, 100)(np.array([-50.0, -49.5, 0, 49, 50])) == pytest.approx([0, 1 / 198, 0.5 + 0.5 / 99, 1, 1])


@pytest.mark.requirement("REQ-GRAYSCALE")
def test_linear_exact_is_that_of_the_standard() -> None:
    """PS3.3 C.11.2.1.3.2: c=2048 and w=4096 map 0 to black and 4096 to white; c=0, w=0.5 maps -0.25 to 0.25."""
    exact = Window(2048, 4096, "LINEAR_EXACT")
    assert exact(np.array([-1.0, 0, 2048, 4096, 5000])).tolist() == [0, 0, 0.5, 1, 1]
    assert Window(0, 0.5, "LINEAR_EXACT")(np.array([-0.25, 0, 0.125, 0.25])).tolist() == [0, 0.5, 0.75, 1]


@pytest.mark.requirement("REQ-GRAYSCALE")
def test_sigmoid_is_that_of_the_standard() -> None:
    """PS3.3 C.11.2.1.3.1."""
    curve = Window(100, 40, "SIGMOID")
    assert curve(np.array([100.0, 110, 80])) == pytest.approx([0.5, 1 / (1 + np.exp(-1)), 1 / (1 + np.exp(2))])
    assert curve(np.array([-1e9, 1e9])) == pytest.approx([0, 1], abs=1e-12)


@pytest.mark.parametrize(("width", "function"), [(0.5, "LINEAR"), (0, "LINEAR"), (-3, "LINEAR"), (0, "LINEAR_EXACT"), (0, "SIGMOID"), (-1, "SIGMOID")])  # fmt: skip
def test_a_width_that_cannot_be_is_refused(width: float, function: str) -> None:
    with pytest.raises(ValueError, match="wide"):
        Window(0, width, function)


@given(st.floats(-4000, 4000), st.floats(1, 8000), st.sampled_from(["LINEAR", "LINEAR_EXACT", "SIGMOID"]))
def test_windows_rise_from_black_to_white(center: float, width: float, function: str) -> None:
    shown = Window(center, width, function)(np.linspace(center - 2 * width - 1, center + 2 * width + 1, 101))
    assert (np.diff(shown) >= 0).all()
    assert shown[0] < 0.01
    assert shown[-1] > 0.99


def header(**elements: object) -> Dataset:
    ds = Dataset()
    for keyword, value in elements.items():
        setattr(ds, keyword, value)
    return ds


def test_several_windows_keep_their_order_and_their_function() -> None:
    ds = header(WindowCenter=[1, 2], WindowWidth=[10, 20], VOILUTFunction="SIGMOID")
    assert list(windows(ds)) == [Window(1, 10, "SIGMOID"), Window(2, 20, "SIGMOID")]
    assert list(windows(header(WindowCenter=1, WindowWidth=10, VOILUTFunction="CUBIC"))) == [Window(1, 10)]
    assert list(windows(Dataset())) == []


def test_windows_that_make_no_sense_say_why() -> None:
    (impossible,) = windows(header(WindowCenter=1, WindowWidth=0))
    assert impossible == {"center": 1.0, "width": 0.0, "because": "a LINEAR window cannot be 0 wide"}
    uneven, first = windows(header(WindowCenter=[1, 2], WindowWidth=10))
    assert uneven == {"because": "2 window centers and 1 widths"}
    assert first == Window(1, 10)


def test_a_table_holds_its_ends_and_rounds_between() -> None:
    lut = Table(10, np.array([5.0, 7, 9]), 8)
    assert lut(np.array([-100, 9, 10, 10.6, 12, 13, 500.0])).tolist() == [5, 5, 5, 7, 9, 9, 9]


@pytest.mark.parametrize(("most", "bits", "white"), [(65535, 16, 65535), (40000, 16, 65535), (20000, 16, 65535), (4095, 16, 4095), (4095, 12, 4095), (4095, 8, 4095), (0, 8, 1)])  # fmt: skip
def test_white_is_all_bits_unless_the_descriptor_errs(most: int, bits: int, white: int) -> None:
    assert Table(0, np.array([0.0, most]), bits).highest == white


def found(item: Dataset, *, signed: bool = False, **elements: object) -> Table | None:
    return first_table(header(VOILUTSequence=[item], **elements), "VOILUTSequence", signed=signed)


def test_table_data_in_each_of_its_forms() -> None:
    words = [0, 300, 65535]
    for data, bits, entries in (
        (words, 16, words),
        (np.array(words, "<u2").tobytes(), 16, words),
        (bytes([1, 2, 3, 0]), 8, [1, 2, 3]),
        (bytes([1, 2, 3, 4]), 8, [1, 2, 3, 4]),
        ([0x0201, 0x0403], 8, [1, 2, 3, 4]),
        ([-1, -2, 5], 16, [65535, 65534, 5]),
    ):
        read = found(table(0, data, bits, count=len(entries), vr="SS" if entries[0] == 65535 else "US"))
        assert read is not None
        assert read.entries.tolist() == entries


def test_the_first_value_is_negative_where_values_can_be() -> None:
    item = table(65535, [1, 2])
    assert found(item, signed=True).first == -1  # type: ignore[union-attr]
    assert found(item, signed=False).first == 65535  # type: ignore[union-attr]
    assert found(table(-5, [1, 2])).first == -5  # type: ignore[union-attr]


def test_an_entry_count_of_zero_means_65536() -> None:
    item = table(0, np.arange(65536, dtype="<u2").tobytes(), count=1)
    item.LUTDescriptor = [0, 0, 16]
    read = found(item)
    assert read is not None
    assert read.entries.size == 65536


def test_no_table_and_a_broken_table_are_told_apart() -> None:
    assert first_table(Dataset(), "VOILUTSequence", signed=False) is None
    assert first_table(header(VOILUTSequence=[]), "VOILUTSequence", signed=False) is None
    for broken in (table(0, [1, 2], count=9), Dataset()):
        with pytest.raises(ValueError, match="VOILUTSequence"):
            found(broken)

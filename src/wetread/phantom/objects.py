"""The synthetic film as a valid DICOM object: computed radiography, digital X-ray for presentation, secondary capture.

Information object definitions: PS3.3 A.2 (CR), A.26 (DX), A.8.1 (SC); the DX rules are in C.8.11.3.
"""

from __future__ import annotations

import hashlib
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from wetread.errors import ConfigError, UsageError
from wetread.phantom.encode import (
    DEFLATED,
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    JPEG_LS_NEAR,
    Encoding,
    Stored,
    encode,
)
from wetread.phantom.scene import BORDER, Opacity, picture

if TYPE_CHECKING:
    from pydicom import Dataset

__all__ = ["film", "write"]

_SOP_CLASSES = {
    "CR": "1.2.840.10008.5.1.4.1.1.1",
    "DX": "1.2.840.10008.5.1.4.1.1.1.1",
    "SC": "1.2.840.10008.5.1.4.1.1.7",
}
_VIEWS = {"PA": ("272479007", "postero-anterior"), "AP": ("399348003", "antero-posterior")}
_FIELD_MM = 430.0
"""Height of the imaged field."""
_NATIVE = (IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG, DEFLATED)
_JPEG_2000_RATIO = 10


def film(
    seed: int,
    *,
    opacity: Opacity | bool | None = None,
    view: Literal["PA", "AP"] = "PA",
    sop_class: Literal["CR", "DX", "SC"] = "DX",
    size: tuple[int, int] = (1024, 840),
    age_years: float | None = 50,
    encoding: Encoding | None = None,
) -> Dataset:
    """A synthetic frontal chest film as a DICOM object, ready to be read or saved. Never evidence of accuracy.

    Parameters
    ----------
    seed, opacity, view, size
        As for `wetread.phantom.picture`, which gives the same film's presentation values and truth.
    sop_class
        "CR" Computed Radiography, "DX" Digital X-Ray for presentation, "SC" Secondary Capture (with Modality CR).
    age_years
        Age that the object states, 0 to 120 (months below two years), or None to say nothing.
    encoding
        How the picture is stored; None for `Encoding()`.

    Returns
    -------
    dataset
        With `file_meta`; the same arguments give the same object, UIDs included. Manufacturer is "wetread phantom".

    Raises
    ------
    ConfigError
        If a DX object is asked for in an encoding that DX does not allow (PS3.3 C.8.11.3).
    UsageError
        If another argument is out of its range.
    """
    encoding = encoding or Encoding()
    _check(sop_class, age_years, encoding)
    pixels, _ = picture(seed, opacity=opacity, view=view, size=size)
    stored = encode(pixels, encoding, _border(size))
    identity = repr((seed, opacity, view, sop_class, size, age_years, encoding))
    ds = _patient_and_study(identity, seed, age_years)
    _series_and_equipment(ds, sop_class, view)
    _image(ds, sop_class, encoding, size)
    _pixels(ds, stored, encoding, sop_class)
    _transfer(ds, stored, encoding)
    return ds


def write(dataset: Dataset, path: str | PathLike[str]) -> None:
    """Save a phantom as a DICOM file (PS3.10), refusing what does not conform; an existing file is replaced.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    dataset.save_as(path, enforce_file_format=True)


def _check(sop_class: str, age_years: float | None, encoding: Encoding) -> None:
    if sop_class not in _SOP_CLASSES:
        raise UsageError(f"the phantom is a CR, DX or SC object, not {sop_class!r}")
    if age_years is not None and not 0 <= age_years <= 120:
        raise UsageError(f"an age lies between 0 and 120 years, not at {age_years}")
    if sop_class != "DX":
        return
    if encoding.signed:
        raise ConfigError("a DX object stores unsigned values (PS3.3 C.8.11.3): choose signed=False, or CR")
    if encoding.rescale not in (None, (1, 0)):
        raise ConfigError(
            "a DX object has rescale slope 1 and intercept 0 (PS3.3 C.8.11.3): leave rescale out, or choose CR"
        )
    if encoding.voi == "none":
        raise ConfigError("a DX object for presentation has a window or a VOI LUT (PS3.3 C.8.11.3): choose one, or CR")


def _border(size: tuple[int, int]) -> NDArray[np.bool_]:
    border = np.ones(size, dtype=np.bool_)
    edge = max(1, round(BORDER * min(size)))
    border[edge:-edge, edge:-edge] = False
    return border


def _uid(level: str, identity: str) -> str:
    """A UUID-derived UID (PS3.5 B.2) from a hash, so that the same film always has the same one."""
    digest = hashlib.sha256(f"wetread phantom {level} {identity}".encode()).digest()
    return f"2.25.{int.from_bytes(digest[:16], 'big')}"


def _patient_and_study(identity: str, seed: int, age_years: float | None) -> Dataset:
    from pydicom import Dataset

    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 100"
    ds.PatientName, ds.PatientID, ds.PatientBirthDate, ds.PatientSex = "Phantom^Constancy", "PHANTOM", "", "O"
    if age_years is not None:
        ds.PatientAge = f"{int(age_years):03d}Y" if age_years >= 2 else f"{int(age_years * 12):03d}M"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = _uid("study", str(seed)), _uid("series", identity)
    ds.SOPInstanceUID = _uid("instance", identity)
    for keyword in ("StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate"):
        setattr(ds, keyword, "20000101")
    for keyword in ("StudyTime", "SeriesTime", "AcquisitionTime", "ContentTime"):
        setattr(ds, keyword, "120000")
    ds.StudyID, ds.AccessionNumber, ds.ReferringPhysicianName = "1", "", ""
    ds.SeriesNumber, ds.InstanceNumber = 1, 1
    ds.StudyDescription, ds.SeriesDescription = "Constancy check", "Synthetic chest film"
    return ds


def _series_and_equipment(ds: Dataset, sop_class: str, view: str) -> None:
    ds.SOPClassUID = _SOP_CLASSES[sop_class]
    ds.Modality = "DX" if sop_class == "DX" else "CR"
    ds.Manufacturer, ds.ManufacturerModelName = "wetread phantom", "constancy film"
    ds.DeviceSerialNumber, ds.SoftwareVersions = "1", "1"
    ds.BodyPartExamined, ds.ViewPosition = "CHEST", view
    if sop_class == "SC":
        ds.ConversionType = "SYN"
    else:
        ds.KVP = None
    if sop_class == "DX":
        _dx_series(ds, view)


def _dx_series(ds: Dataset, view: str) -> None:
    """Attributes of the DX series, anatomy, positioning, detector and acquisition context modules."""
    ds.PresentationIntentType = "FOR PRESENTATION"
    ds.AnatomicRegionSequence = [_code("816094009", "Chest")]
    ds.ViewCodeSequence = [_code(*_VIEWS[view])]
    ds.ViewCodeSequence[0].ViewModifierCodeSequence = []
    ds.ImageLaterality = "U"
    ds.DetectorType, ds.PositionerType = "DIRECT", "NONE"
    ds.AcquisitionContextSequence = []


def _code(value: str, meaning: str) -> Dataset:
    from pydicom import Dataset

    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "SCT", meaning
    return item


def _image(ds: Dataset, sop_class: str, encoding: Encoding, size: tuple[int, int]) -> None:
    """General image attributes and the geometry of a stored pixel."""
    ds.ImageType = ["ORIGINAL", "PRIMARY", ""] if sop_class == "DX" else ["ORIGINAL", "PRIMARY"]
    ds.PatientOrientation = ["L", "F"]
    ds.BurnedInAnnotation = "NO"
    ds.LossyImageCompression = "01" if encoding.lossy else "00"
    high, wide = encoding.pixel_aspect
    square = _FIELD_MM / min(size[0], size[1] * 1024 / 840)
    spacing = [f"{square / wide:.6g}", f"{square / high:.6g}"]
    if sop_class == "DX" or (sop_class == "CR" and high == wide):
        ds.ImagerPixelSpacing = spacing
    elif high == wide:
        ds.PixelSpacing = spacing
        ds.NominalScannedPixelSpacing = spacing
    else:
        ds.PixelAspectRatio = [high, wide]


def _pixels(ds: Dataset, stored: Stored, encoding: Encoding, sop_class: str) -> None:
    """Image pixel, modality LUT, VOI LUT and, for DX, the attributes that DX adds."""
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, encoding.photometric
    ds.Rows, ds.Columns = stored.values.shape
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = (
        stored.values.itemsize * 8,
        encoding.bits_stored,
        encoding.bits_stored - 1,
    )
    ds.PixelRepresentation = int(encoding.signed)
    for keyword, value in stored.attributes.items():
        setattr(ds, keyword, value)
    if stored.lut is not None:
        ds.VOILUTSequence = [_lut_item(*stored.lut, encoding.signed)]
    if encoding.presentation_lut_shape:
        ds.PresentationLUTShape = encoding.presentation_lut_shape
    if sop_class == "DX":
        ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = "0", "1", "US"
        ds.PresentationLUTShape = encoding.shape_needed
        ds.PixelIntensityRelationship, ds.PixelIntensityRelationshipSign = "LOG", 1 if encoding.inverted else -1


def _lut_item(descriptor: list[int], data: list[int], signed: bool) -> Dataset:
    """A VOI LUT sequence item with its value representations said outright: the standard leaves US, SS or OW open."""
    from pydicom import Dataset

    item = Dataset()
    item.add_new("LUTDescriptor", "SS" if signed else "US", descriptor)
    item.add_new("LUTData", "US", data)
    item.LUTExplanation = "CONSTANCY"
    return item


def _transfer(ds: Dataset, stored: Stored, encoding: Encoding) -> None:
    """Pixel data in the transfer syntax, and the file meta information."""
    from pydicom.dataset import FileMetaDataset
    from pydicom.uid import UID

    ds.file_meta = FileMetaDataset()
    ds.file_meta.MediaStorageSOPClassUID, ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
    syntax = UID(encoding.transfer_syntax)
    native = encoding.transfer_syntax in _NATIVE
    order: Literal[">", "<"] = ">" if encoding.transfer_syntax == EXPLICIT_BIG else "<"
    raw = stored.values.astype(stored.values.dtype.newbyteorder(order)).tobytes()
    ds.PixelData = raw + b"\0" * (len(raw) % 2)
    ds["PixelData"].VR = "OB" if stored.values.itemsize == 1 and encoding.transfer_syntax != IMPLICIT_LITTLE else "OW"
    ds.file_meta.TransferSyntaxUID = syntax if native else UID(EXPLICIT_LITTLE)
    if native:
        return
    options: dict[str, Any] = {}
    if encoding.lossy:
        near = encoding.transfer_syntax == JPEG_LS_NEAR
        options = {"jls_error": max(1, int(stored.step))} if near else {"j2k_cr": [_JPEG_2000_RATIO]}
        ds.LossyImageCompressionMethod = "ISO_14495_1" if near else "ISO_15444_1"
    ds.compress(syntax, generate_instance_uid=False, **options)
    if encoding.lossy:
        ds.LossyImageCompressionRatio = f"{len(raw) / len(ds.PixelData):.4g}"

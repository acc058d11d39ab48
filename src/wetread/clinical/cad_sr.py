"""The chest CAD report: Chest CAD SR by TID 4100, whose summary of detections records success and failure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from wetread.clinical import concepts, facts, tree
from wetread.clinical.envelope import predecessors, seal
from wetread.clinical.facts import Statement
from wetread.clinical.kinds import KINDS
from wetread.clinical.source import Source
from wetread.clinical.uids import Predecessor
from wetread.inference.reading import Reading

__all__ = ["build"]

_DCM = codes.DCM
_FILM = (1, 2, 1)  # where the film stands in the tree: the first item of the second item of the root
_ENGLISH = Code("en-US", "RFC5646", "English (United States)")
_SIDES = {
    "R": Code("24028007", "SCT", "Right"),
    "L": Code("7771000", "SCT", "Left"),
    "B": Code("51440002", "SCT", "Bilateral"),
    "U": Code("66459002", "SCT", "Unilateral"),
}

Points = Sequence[tuple[float, float]]


def build(reading: Reading, source: Source, *, when: datetime, replaces: Predecessor | None = None) -> Dataset:
    """Make the chest CAD report of a reading.

    A detection of abnormal opacity was attempted on the film. It succeeded where the finding is present or absent; it
    failed where the film was refused, and where the score lies within the threshold's own interval, for a workstation
    would show "succeeded, without findings" as a negative. What the reading says, why it failed, and its limits are
    parameters of the algorithm (TID 4019), since TID 4100 has no other place for sentences. A present finding is one
    Single Image Finding (TID 4104) with the probability as its certainty; its geometry is the largest outline of
    attention, or the whole film where there is none, and no localisation.

    Parameters
    ----------
    reading, source, when, replaces
        As for every result (`wetread.clinical.kinds.Kind.build`).

    Returns
    -------
    Dataset
        Explicit VR Little Endian, with file meta information: `save_as` writes it.

    Raises
    ------
    ConfigError
        If `when` has no zone.
    """
    statement = facts.of(reading)
    made = _container(_DCM.ChestCADReport, None)
    template = Dataset()
    template.MappingResource, template.TemplateIdentifier = "DCMR", "4100"
    made.ContentTemplateSequence = [template]
    made.ContentSequence = [
        _code(_DCM.LanguageOfContentItemAndDescendants, _ENGLISH, "HAS CONCEPT MOD"),
        _container(_DCM.ImageLibrary, "CONTAINS", [_film(source)]),
        _findings(statement, reading, source),
        _detections(statement),
        _code(_DCM.SummaryOfAnalyses, _DCM.NotAttempted, "CONTAINS"),
    ]
    made.CompletionFlag, made.PreliminaryFlag, made.VerificationFlag = "COMPLETE", "PRELIMINARY", "UNVERIFIED"
    made.PerformedProcedureCodeSequence, made.ReferencedPerformedProcedureStepSequence = [], []
    made.CurrentRequestedProcedureEvidenceSequence = [_evidence(source)]
    sealed = seal(made, KINDS["cad-sr"], reading, source, when=when)
    if before := predecessors(replaces, sealed):
        sealed.PredecessorDocumentsSequence = before
    return sealed


def _succeeded(statement: Statement) -> bool:
    return statement.finding in ("present", "absent")


def _film(source: Source) -> Dataset:
    """TID 4020: the film, with what its header says of how it was taken."""
    made = _item("IMAGE", "CONTAINS")
    made.ReferencedSOPSequence = [_reference(source)]
    if acquired := list(_acquired(source)):
        made.ContentSequence = acquired
    return made


def _acquired(source: Source) -> Iterator[Dataset]:
    header, context = source.header, "HAS ACQ CONTEXT"
    if side := _SIDES.get(str(header.get("ImageLaterality") or "")):
        yield _code(_DCM.ImageLaterality, side, context)
    if view := _view(header):
        yield view
    yield from tree.orientation(source)
    for keyword in ("StudyDate", "StudyTime", "ContentDate", "ContentTime"):
        if header.get(keyword):
            item = _item(kind := keyword[-4:].upper(), context, getattr(_DCM, keyword))
            setattr(item, kind.capitalize(), str(header.get(keyword)))
            yield item
    yield from tree.spacing(source)


def _view(header: Dataset) -> Dataset | None:
    """ViewCodeSequence (0054,0220) and its modifiers, where they hold whole codes."""
    found = [view for view in header.get("ViewCodeSequence") or () if _whole(view)]
    if len(found) != 1:
        return None
    made = _item("CODE", "HAS ACQ CONTEXT", _DCM.ImageView)
    made.ConceptCodeSequence = [_copy(found[0])]
    modifiers = [_copy(one) for one in found[0].get("ViewModifierCodeSequence") or () if _whole(one)]
    if modifiers:
        items = []
        for modifier in modifiers:
            item = _item("CODE", "HAS CONCEPT MOD", _DCM.ImageViewModifier)
            item.ConceptCodeSequence = [modifier]
            items.append(item)
        made.ContentSequence = items
    return made


def _whole(code: Dataset) -> bool:
    return all(code.get(keyword) for keyword in ("CodeValue", "CodingSchemeDesignator", "CodeMeaning"))


def _copy(code: Dataset) -> Dataset:
    made = Dataset()
    for keyword in ("CodeValue", "CodingSchemeDesignator", "CodingSchemeVersion", "CodeMeaning"):
        if code.get(keyword):
            setattr(made, keyword, code.get(keyword))
    return made


def _findings(statement: Statement, reading: Reading, source: Source) -> Dataset:
    """TID 4101: whether there are findings, and the finding."""
    if not _succeeded(statement):
        return _code(
            _DCM.CADProcessingAndFindingsSummary, codes.CID6047.NoAlgorithmsSucceededWithoutFindings, "CONTAINS"
        )
    present = statement.finding == "present"
    summary = (
        codes.CID6047.AllAlgorithmsSucceededWithFindings
        if present
        else codes.CID6047.AllAlgorithmsSucceededWithoutFindings
    )
    made = _code(_DCM.CADProcessingAndFindingsSummary, summary, "CONTAINS")
    if present:
        made.ContentSequence = [_finding(statement, reading, source)]
    return made


def _finding(statement: Statement, reading: Reading, source: Source) -> Dataset:
    """TID 4104: one finding in one image."""
    made = _code(_DCM.SingleImageFinding, codes.CID6101.AbnormalOpacity, "INFERRED FROM")
    certainty = _number(_DCM.CertaintyOfFinding, 100 * (statement.probability or 0.0), concepts.PERCENT.code)
    found = tree.outlines(reading, source)
    outline = max(found, key=_area) if found else _frame(source)
    made.ContentSequence = [
        _code(_DCM.SingleImageFindingModifier, codes.CID6102.Opacity, "HAS CONCEPT MOD"),
        _code(_DCM.RenderingIntent, _INTENT, "HAS CONCEPT MOD"),
        *tree.algorithm(statement),
        certainty,
        _coordinates(_DCM.Center, "POINT", [_centre(outline)]),
        _coordinates(_DCM.Outline, "POLYLINE", outline),
    ]
    return made


_INTENT = codes.CID6034.PresentationRequiredRenderingDeviceIsExpectedToPresent


def _detections(statement: Statement) -> Dataset:
    """TID 4015 and 4017: what was attempted, and whether it succeeded."""
    succeeded = _succeeded(statement)
    why = tuple(f"Not processed: {reason.message} [{reason.code.value}]" for reason in statement.reasons)
    said = (f"{statement.headline}. {statement.meaning}", *why, *statement.numbers, *statement.limits)
    said = (*said, f"{statement.status}. {statement.disclaimer}")
    performed = _code(_DCM.DetectionPerformed, codes.CID6101.AbnormalOpacity, "CONTAINS")
    performed.ContentSequence = [*tree.algorithm(statement, said), _pointer("HAS PROPERTIES")]
    lists = _DCM.SuccessfulDetections if succeeded else _DCM.FailedDetections
    made = _code(_DCM.SummaryOfDetections, _DCM.Succeeded if succeeded else _DCM.Failed, "CONTAINS")
    made.ContentSequence = [_container(lists, "INFERRED FROM", [performed])]
    return made


# --------------------------------------------------------------------------------------------------------- geometry
def _frame(source: Source) -> Points:
    right, bottom = float(source.columns), float(source.rows)
    return ((0.0, 0.0), (right, 0.0), (right, bottom), (0.0, bottom), (0.0, 0.0))


def _area(points: Points) -> float:
    """Of a closed outline, by the shoelace formula."""
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(points))) / 2


def _centre(points: Points) -> tuple[float, float]:
    """The middle of an outline's bounding box."""
    across, down = zip(*points, strict=True)
    return (min(across) + max(across)) / 2, (min(down) + max(down)) / 2


# ---------------------------------------------------------------------------------------------------- content items
def _item(value_type: str, relationship: str | None, name: Code | None = None) -> Dataset:
    made = Dataset()
    if relationship is not None:
        made.RelationshipType = relationship
    made.ValueType = value_type
    if name is not None:
        made.ConceptNameCodeSequence = [_coded(name)]
    return made


def _coded(code: Code) -> Dataset:
    made = Dataset()
    made.CodeValue, made.CodingSchemeDesignator, made.CodeMeaning = code.value, code.scheme_designator, code.meaning
    return made


def _container(name: Code, relationship: str | None, items: list[Dataset] | None = None) -> Dataset:
    made = _item("CONTAINER", relationship, name)
    made.ContinuityOfContent = "SEPARATE"
    if items:
        made.ContentSequence = items
    return made


def _code(name: Code, value: Code, relationship: str) -> Dataset:
    made = _item("CODE", relationship, name)
    made.ConceptCodeSequence = [_coded(value)]
    return made


def _number(name: Code, value: float, unit: Code) -> Dataset:
    made, measured = _item("NUM", "HAS PROPERTIES", name), Dataset()
    measured.NumericValue, measured.MeasurementUnitsCodeSequence = str(tree.rounded(value)), [_coded(unit)]
    made.MeasuredValueSequence = [measured]
    return made


def _coordinates(name: Code, graphic_type: str, points: Points) -> Dataset:
    made = _item("SCOORD", "HAS PROPERTIES", name)
    made.GraphicType, made.GraphicData = graphic_type, [side for point in points for side in point]
    made.ContentSequence = [_pointer("SELECTED FROM")]
    return made


def _pointer(relationship: str) -> Dataset:
    """The film in the image library, by reference."""
    made = Dataset()
    made.RelationshipType, made.ReferencedContentItemIdentifier = relationship, list(_FILM)
    return made


def _reference(source: Source) -> Dataset:
    made = Dataset()
    made.ReferencedSOPClassUID, made.ReferencedSOPInstanceUID = source.sop_class_uid, source.sop_uid
    return made


def _evidence(source: Source) -> Dataset:
    series, study = Dataset(), Dataset()
    series.SeriesInstanceUID, series.ReferencedSOPSequence = source.series_uid, [_reference(source)]
    study.StudyInstanceUID, study.ReferencedSeriesSequence = source.study_uid, [series]
    return study

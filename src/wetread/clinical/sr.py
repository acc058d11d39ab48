"""The measurement report: Comprehensive 3D SR by TID 1500, with the algorithm by TID 4019, as IHE AI Results asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
from highdicom.sr import (
    Comprehensive3DSR,
    ContainerContentItem,
    ContentSequence,
    DeviceObserverIdentifyingAttributes,
    FindingSite,
    GraphicTypeValues,
    ImageRegion,
    Measurement,
    MeasurementReport,
    MeasurementsAndQualitativeEvaluations,
    ObservationContext,
    ObserverContext,
    PlanarROIMeasurementsAndQualitativeEvaluations,
    QualitativeEvaluation,
    RelationshipTypeValues,
    SourceImageForMeasurementGroup,
    SourceImageForRegion,
    TrackingIdentifier,
)
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes

from wetread.clinical import concepts, facts, tree, uids
from wetread.clinical.envelope import MODEL_NAME, NO_BUNDLE, predecessors, seal
from wetread.clinical.facts import MANUFACTURER, Statement
from wetread.clinical.kinds import KINDS
from wetread.clinical.source import Source
from wetread.clinical.uids import Predecessor
from wetread.inference.reading import Reading

__all__ = ["build"]

_CONTAINS = RelationshipTypeValues.CONTAINS
_Group = MeasurementsAndQualitativeEvaluations | PlanarROIMeasurementsAndQualitativeEvaluations


def build(
    reading: Reading,
    source: Source,
    *,
    when: datetime,
    replaces: Predecessor | None = None,
    outline: bool = True,
    frame: bool = True,
) -> Dataset:
    """Make the measurement report of a reading.

    The whole film is one measurement group: the finding as present, absent or indeterminate; probability, prevalence,
    score and threshold as measurements; the algorithm. Its region is the edge of the film (TID 1410), for there are
    viewers that show nothing at all of a report with a group that has none (docs/viewers.md). Each outline of attention
    is a group of its own too, a closed POLYLINE in the film's stored pixels, under a concept that says that it is no
    localisation. Of a film that was refused the group says that it was not processed, and has no numbers. Limits,
    reasons, status and disclaimer are qualitative evaluations of the whole report. It is PRELIMINARY and UNVERIFIED.

    Parameters
    ----------
    reading, source, when, replaces
        As for every result (`wetread.clinical.kinds.Kind.build`).
    outline
        False leaves the outlines out.
    frame
        False gives the whole film's group no region, but the film as its source image (TID 1501).

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
    settings = {"outline": outline, "frame": frame}
    named = _Names(reading, source, settings)
    groups: list[Any] = [_film(statement, source, named, frame=frame)]
    if outline and statement.processed:
        groups += _regions(statement, reading, source, named)
    report = MeasurementReport(
        observation_context=_observer(reading),
        procedure_reported=(concepts.CHEST_RADIOGRAPHY if statement.processed else concepts.IMAGING_STUDY).code,
        imaging_measurements=groups,
        title=codes.DCM.ImagingMeasurementReport,
    )
    root = report[0]
    where = next(i for i, item in enumerate(root.ContentSequence) if item.ValueType == "CONTAINER")
    root.ContentSequence.insert(where, tree.library(source))
    root.ContentSequence.append(_said(statement))
    moment = source.moment(when)
    made = Comprehensive3DSR(
        evidence=[source.evidence],
        content=root,
        series_instance_uid=named.uid("series"),
        series_number=1,
        sop_instance_uid=named.uid("instance"),
        instance_number=1,
        manufacturer=MANUFACTURER,
        is_complete=True,
        is_final=False,
        is_verified=False,
        content_date=moment.date,
        content_time=moment.time,
    )
    sealed = seal(made, KINDS["sr"], reading, source, when=when, settings=settings)
    tree.unname(sealed.ContentSequence)
    sealed.CodingSchemeIdentificationSequence = [concepts.private_scheme()]
    if before := predecessors(replaces, sealed):
        sealed.PredecessorDocumentsSequence = before
    return sealed


class _Names:
    """UIDs of this report's parts."""

    def __init__(self, reading: Reading, source: Source, settings: dict[str, Any]) -> None:
        self._of = (reading, source, settings)

    def uid(self, part: str) -> str:
        reading, source, settings = self._of
        return uids.derive("sr", reading, source, settings=settings, part=part)

    def tracking(self, identifier: str, part: str) -> TrackingIdentifier:
        return TrackingIdentifier(uid=self.uid(part), identifier=identifier)


def _observer(reading: Reading) -> ObservationContext:
    """TID 1001: a device observed, and no person did."""
    serial = reading.model.sha256 if reading.model else NO_BUNDLE
    device = DeviceObserverIdentifyingAttributes(
        uid=uids.fixed(f"device {serial}"),
        name=MODEL_NAME,
        manufacturer_name=MANUFACTURER,
        model_name=MODEL_NAME,
        serial_number=serial,
    )
    context = ObserverContext(observer_type=codes.DCM.Device, observer_identifying_attributes=device)
    return ObservationContext(observer_device_context=context)


def _film(statement: Statement, source: Source, named: _Names, *, frame: bool) -> _Group:
    """What is said of the film as a whole, by TID 1410 with its edge as the region, or by TID 1501."""
    processed = QualitativeEvaluation(
        name=concepts.PROCESSED.code, value=(concepts.YES if statement.processed else concepts.NO).code
    )
    evaluations = [processed]
    if statement.finding is not None:
        presence = concepts.presence(statement.finding).code
        evaluations.insert(0, QualitativeEvaluation(name=concepts.PNEUMONIA.code, value=presence))
    said: dict[str, Any] = {
        "tracking_identifier": named.tracking("Pneumonia, whole film", "finding"),
        "finding_type": concepts.PNEUMONIA.code,
        "algorithm_id": tree.algorithm(statement),
        "finding_sites": [FindingSite(anatomic_location=concepts.LUNG.code)] if statement.processed else None,
        "measurements": _measurements(statement) or None,
        "qualitative_evaluations": evaluations,
    }
    if frame:
        return PlanarROIMeasurementsAndQualitativeEvaluations(referenced_region=_region(_edge(source), source), **said)
    image = SourceImageForMeasurementGroup(
        referenced_sop_class_uid=source.sop_class_uid, referenced_sop_instance_uid=source.sop_uid
    )
    return MeasurementsAndQualitativeEvaluations(source_images=[image], **said)


def _edge(source: Source) -> list[tuple[float, float]]:
    """The film's corners and the middle of each side: four corners alone are taken for a rectangle to be measured."""
    sides = [(0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (1, 2), (0, 2), (0, 1), (0, 0)]
    return [(across * source.columns / 2, down * source.rows / 2) for across, down in sides]


def _region(points: Sequence[tuple[float, float]], source: Source) -> ImageRegion:
    """A closed line in the film's stored pixels."""
    return ImageRegion(
        graphic_type=GraphicTypeValues.POLYLINE,
        graphic_data=np.array(points, dtype=np.float32),
        source_image=SourceImageForRegion(
            referenced_sop_class_uid=source.sop_class_uid, referenced_sop_instance_uid=source.sop_uid
        ),
    )


def _measurements(statement: Statement) -> list[Measurement]:
    numbers = (
        (concepts.PROBABILITY, statement.probability),
        (concepts.PREVALENCE, statement.prevalence),
        (concepts.SCORE, statement.score),
        (concepts.THRESHOLD, statement.threshold.score if statement.threshold else None),
    )
    return [
        Measurement(name=name.code, value=tree.rounded(value), unit=concepts.NO_UNITS.code)
        for name, value in numbers
        if value is not None
    ]


def _regions(
    statement: Statement, reading: Reading, source: Source, named: _Names
) -> list[PlanarROIMeasurementsAndQualitativeEvaluations]:
    """TID 1410: each outline of attention."""
    found = tree.outlines(reading, source)
    return [
        PlanarROIMeasurementsAndQualitativeEvaluations(
            tracking_identifier=named.tracking(
                f"Attention outline {number} of {len(found)}, not a localisation", f"outline {number}"
            ),
            referenced_region=_region(points, source),
            finding_type=concepts.ATTENTION.code,
            algorithm_id=tree.algorithm(statement),
        )
        for number, points in enumerate(found, 1)
    ]


def _said(statement: Statement) -> ContainerContentItem:
    """TID 1500 rows 12 to 14: what must be known of the whole report."""
    made = ContainerContentItem(name=concepts.QUALITATIVE.code, relationship_type=_CONTAINS)
    summary = (concepts.COMMENT.code, f"{statement.headline}. {statement.meaning}")
    status = (concepts.STATUS.code, f"{statement.status}. {statement.disclaimer}")
    reasons = [(concepts.REASON.code, f"{reason.message} [{reason.code.value}]") for reason in statement.reasons]
    limits = [(concepts.LIMIT.code, limit) for limit in statement.limits]
    rule = [(concepts.RULE.code, facts.plain(statement.threshold.rule))] if statement.threshold else []
    items = [tree.text(name, value, _CONTAINS) for name, value in (summary, status, *reasons, *rule, *limits)]
    made.ContentSequence = ContentSequence(items)
    return made

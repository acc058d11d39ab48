"""The documents: which there are, from which template, and what each needs beyond the evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from wetread.regulatory.device import Device
from wetread.regulatory.pen import Pen

__all__ = ["DOCUMENTS", "Document"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document of the folder.

    Attributes
    ----------
    id
        Its file name without ending; also that of its template `templates/ID.md`.
    title
        Its heading.
    module
        The module beside this one whose `context(device, pen)` gives what the template names beyond `device` and the
        pen's functions (`num`, `derived`, `has`, `human`, `figure`, `table`).
    by_claim
        Whether it changes with the claim type; a test compares all three.
    in_depth
        False for a skeleton: headings, what is known, and fields for people.
    """

    id: str
    title: str
    module: str
    by_claim: bool
    in_depth: bool

    @property
    def context(self) -> Callable[[Device, Pen], Mapping[str, Any]]:
        """The function that gathers what the template prints."""
        found: Callable[[Device, Pen], Mapping[str, Any]] = import_module(f"{__name__}.{self.module}").context
        return found


DOCUMENTS = (
    Document(id="00-cover-index", title="Cover and index", module="cover", by_claim=True, in_depth=False),
    Document(id="01-device-description", title="Device description", module="description", by_claim=True, in_depth=True),
    Document(id="02-intended-use", title="Intended use and indications", module="use", by_claim=True, in_depth=True),
    Document(id="03-classification", title="Classification and predicates", module="predicate", by_claim=True, in_depth=False),
    Document(id="04-software-description", title="Software description", module="software", by_claim=False, in_depth=True),
    Document(id="05-training-report", title="Training and tuning report", module="training", by_claim=False, in_depth=True),
    Document(id="06-data-management", title="Data management report and datasheet", module="data", by_claim=False, in_depth=True),
    Document(id="07-reference-standard", title="Reference standard report", module="truth", by_claim=False, in_depth=True),
    Document(id="08-validation-plan", title="Validation and statistical analysis plan", module="plan", by_claim=True, in_depth=True),
    Document(id="09-standalone-performance", title="Standalone performance report", module="performance", by_claim=False, in_depth=True),
    Document(id="10-reader-study-plan", title="Reader study plan", module="readers", by_claim=True, in_depth=False),
    Document(id="11-requirements-and-tests", title="Requirements, architecture and tests", module="matrix", by_claim=False, in_depth=True),
    Document(id="12-risk-file", title="Risk management file", module="risk", by_claim=False, in_depth=False),
    Document(id="13-cybersecurity", title="Cybersecurity", module="security", by_claim=False, in_depth=False),
    Document(id="14-human-factors", title="Human factors", module="factors", by_claim=False, in_depth=False),
    Document(id="15-change-control-plan", title="Predetermined change control plan", module="pccp", by_claim=False, in_depth=False),
    Document(id="16-labelling", title="Labelling", module="labelling", by_claim=True, in_depth=True),
    Document(id="17-monitoring-plan", title="Performance monitoring plan", module="monitoring", by_claim=False, in_depth=False),
    Document(id="18-summary", title="510(k) summary and model card", module="summary", by_claim=True, in_depth=True),
    Document(id="19-standards-and-guidance", title="Standards and guidance", module="standards", by_claim=True, in_depth=False),
    Document(id="20-reporting-checklists", title="Reporting checklists", module="checklists", by_claim=False, in_depth=True),
    Document(id="FDA_Submission", title="FDA submission, the course's form", module="course_form", by_claim=True, in_depth=True),
)  # fmt: skip

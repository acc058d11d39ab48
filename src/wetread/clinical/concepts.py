"""Every coded concept that a result uses, once, with where its code comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from pydicom.dataset import Dataset
from pydicom.sr.coding import Code

__all__ = ["ABSENT", "INDETERMINATE", "PNEUMONIA", "PRESENT", "SCHEMES", "TABLE", "Concept", "presence"]

Presence = Literal["present", "absent", "indeterminate"]


class Scheme(NamedTuple):
    """A coding scheme: its name for people, its URI in FHIR, and its UID (PS3.16 Table 8-1), where it has one."""

    name: str
    uri: str
    uid: str | None


PRIVATE = "99WETREAD"
SCHEMES = {
    "SCT": Scheme("SNOMED CT", "http://snomed.info/sct", "2.16.840.1.113883.6.96"),
    "RADLEX": Scheme("RadLex", "http://radlex.org", "2.16.840.1.113883.6.256"),
    "DCM": Scheme(
        "DICOM Controlled Terminology", "http://dicom.nema.org/resources/ontology/DCM", "1.2.840.10008.2.16.4"
    ),
    "LN": Scheme("LOINC", "http://loinc.org", "2.16.840.1.113883.6.1"),
    "UCUM": Scheme("UCUM", "http://unitsofmeasure.org", "2.16.840.1.113883.6.8"),
    "UMLS": Scheme("UMLS", "http://www.nlm.nih.gov/research/umls", "2.16.840.1.113883.6.86"),
    PRIVATE: Scheme("wetread, concepts that no standard scheme has", "urn:wetread:concepts", None),
}
"""By CodingSchemeDesignator (0008,0102). HL7 v2 takes the designator itself (HL70396), SNOMED CT as SCT, LOINC as LN."""


@dataclass(frozen=True, slots=True)
class Concept:
    """A coded concept: code value, CodingSchemeDesignator, meaning, and where the code was looked up."""

    value: str
    scheme: str
    meaning: str
    source: str

    def __post_init__(self) -> None:
        if self.scheme not in SCHEMES or not self.value or not 0 < len(self.meaning) <= 64 or len(self.value) > 16:
            raise ValueError(f"{self.value!r} ({self.scheme}) is no code of a known scheme with a meaning")

    @property
    def code(self) -> Code:
        """As pydicom and highdicom take it."""
        return Code(value=self.value, scheme_designator=self.scheme, meaning=self.meaning)

    @property
    def item(self) -> Dataset:
        """A fresh item of a code sequence (PS3.3 Table 8.8-1)."""
        made = Dataset()
        made.CodeValue, made.CodingSchemeDesignator, made.CodeMeaning = self.value, self.scheme, self.meaning
        return made

    @property
    def coding(self) -> dict[str, str]:
        """A Coding of FHIR."""
        return {"system": SCHEMES[self.scheme].uri, "code": self.value, "display": self.meaning}


_CID_240 = "PS3.16 CID 240 Present-Absent"
_ANNEX_D = "PS3.16 Annex D"

# what is looked for
PNEUMONIA = Concept("233604007", "SCT", "Pneumonia", "SNOMED CT International, disorder")
PNEUMONIA_RADLEX = Concept("RID5350", "RADLEX", "pneumonia", "RadLex 4, radlex.org")
CHEST = Concept("816094009", "SCT", "Chest", "PS3.16 CID 4009 DX Anatomy Imaged")
LUNG = Concept("39607008", "SCT", "Lung", "PS3.16 CID 6100 Chest Component Category")
# what was found
PRESENT = Concept("52101004", "SCT", "Present", _CID_240)
ABSENT = Concept("272519000", "SCT", "Absent", _CID_240)
INDETERMINATE = Concept("82334004", "SCT", "Indeterminate", "PS3.16 CID 4220; SNOMED CT qualifier value")
# how sure it is
PROBABILITY = Concept("122157", "DCM", "Probability", _ANNEX_D)
CERTAINTY = Concept("111012", "DCM", "Certainty of Finding", "PS3.16 TID 4104, Annex D")
THRESHOLD = Concept("122411", "DCM", "Threshold Value", _ANNEX_D)
PREVALENCE = Concept("prevalence", PRIVATE, "Prevalence that the probability is stated at", "this table")
SCORE = Concept("score", PRIVATE, "Output of the network, not a probability", "this table")
RULE = Concept("threshold-rule", PRIVATE, "Rule that chose the threshold", "this table")
NO_UNITS = Concept("1", "UCUM", "no units", "UCUM; PS3.16 CID 7180")
PERCENT = Concept("%", "UCUM", "percent", "UCUM")
# what else is said
ATTENTION = Concept("attention", PRIVATE, "Outline of attention, not a localisation", "this table")
REASON = Concept("refusal", PRIVATE, "Reason why the film was not processed", "this table")
LIMIT = Concept("limit", PRIVATE, "Limit of this reading", "this table")
STATUS = Concept("status", PRIVATE, "Status of this reading", "this table")
PROCESSED = Concept("processed", PRIVATE, "Whether the film was processed", "this table")
YES = Concept("373066001", "SCT", "Yes", "PS3.16 CID 230 Yes-No")
NO = Concept("373067005", "SCT", "No", "PS3.16 CID 230 Yes-No")
ARTIFICIAL_INTELLIGENCE = Concept("123110", "DCM", "Artificial Intelligence", "PS3.16 CID 7162")
STUDY = Concept("113014", "DCM", "DICOM Study", f"{_ANNEX_D}; IHE RAD TF-2, ORU^R01")
FINDINGS = Concept("59776-5", "LN", "Procedure Findings", "LOINC; IHE RAD TF-2, ORU^R01")
INTERVAL = Concept("threshold-ci", PRIVATE, "95 % interval of the threshold", "this table")
PRIORITY = Concept("priority", PRIVATE, "Worklist priority asked for, never a lower one", "this table")
RESULT = Concept("result", PRIVATE, "Unique identifier of this result", "this table")
REPLACED = Concept("replaced", PRIVATE, "Unique identifier of the result that this one replaces", "this table")
FILM = Concept("film", PRIVATE, "SOP Instance UID of the film that was read", "this table")
PREDECESSOR = Concept("predecessor", PRIVATE, "Earlier result that this one replaces", "this table")
SOURCE_IMAGE = Concept("121322", "DCM", "Source image for image processing operation", "PS3.16 CID 7202")
COMMENT = Concept("121106", "DCM", "Comment", _ANNEX_D)
QUALITATIVE = Concept("C0034375", "UMLS", "Qualitative Evaluations", "PS3.16 TID 1500 row 12")
# what was examined
CHEST_RADIOGRAPHY = Concept("399208008", "SCT", "Plain chest X-ray", "SNOMED CT International, procedure")
CHEST_REPORT = Concept("30745-4", "LN", "XR Chest Views", "LOINC")
IMAGING_STUDY = Concept("18748-4", "LN", "Diagnostic imaging study", "LOINC")

TABLE = {name: value for name, value in globals().items() if isinstance(value, Concept)}
"""All of them, by name."""


def private_scheme() -> Dataset:
    """An item of CodingSchemeIdentificationSequence (0008,0110) for the concepts that are this table's own."""
    made = Dataset()
    made.CodingSchemeDesignator, made.CodingSchemeName = PRIVATE, SCHEMES[PRIVATE].name
    made.CodingSchemeResponsibleOrganization = "wetread"
    return made


_PRESENCE = {"present": PRESENT, "absent": ABSENT, "indeterminate": INDETERMINATE}


def presence(finding: Presence) -> Concept:
    """The code of a finding: present, absent or indeterminate."""
    return _PRESENCE[finding]

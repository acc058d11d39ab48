"""Films of ten kinds of patients that nobody is: letters, delimiters and gaps that results have to carry."""

from __future__ import annotations

from typing import Any

from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from clinical.objects import header
from wetread.clinical import source
from wetread.clinical.source import Source


def _item(**values: Any) -> Dataset:
    made = Dataset()
    for keyword, value in values.items():
        setattr(made, keyword, value)
    return made


_NOBODY = ("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "AccessionNumber", "ReferringPhysicianName")
KINDS: dict[str, dict[str, Any]] = {
    "latin-1": {},
    "utf-8": {"SpecificCharacterSet": "ISO_IR 192", "PatientName": "Łęcki^Şule", "PatientID": "ζ-9"},
    "cyrillic": {"SpecificCharacterSet": "ISO_IR 144", "PatientName": "Люкceмбypг^Анна"},
    "japanese": {
        "SpecificCharacterSet": ["", "ISO 2022 IR 87"],
        "PatientName": "Yamada^Tarou=山田^太郎=やまだ^たろう",
    },
    "korean": {"SpecificCharacterSet": ["", "ISO 2022 IR 149"], "PatientName": "Hong^Gildong=洪^吉洞=홍^길동"},
    "ascii": {"SpecificCharacterSet": None, "PatientName": "Doe^Jane", "StudyDescription": "Chest"},
    "nobody": dict.fromkeys(_NOBODY),
    "hashed": {"PatientID": "9f" * 32, "PatientName": "c0ffee" * 8, "PatientBirthDate": None},
    "long": {"PatientName": f"{'Aa' * 10}^{'Bb' * 8}^Cecil^Prof.^{'Dd' * 6}", "ReferringPhysicianName": "Zz" * 30},
    "delimiters": {"PatientID": "7|8^9&a~b", "PatientName": "O'Neil & ~|Sons^Ann", "AccessionNumber": "A|1^2&3~4"},
    "issued": {
        "IssuerOfPatientID": "WARD",
        "IssuerOfPatientIDQualifiersSequence": [_item(UniversalEntityID="1.2.3.99", UniversalEntityIDType="ISO")],
        "OtherPatientIDsSequence": [_item(PatientID="X-2", IssuerOfPatientID="TOWN", TypeOfPatientID="TEXT")],
        "IssuerOfAccessionNumberSequence": [_item(LocalNamespaceEntityID="RIS")],
        "TimezoneOffsetFromUTC": "-0330",
        "ReferringPhysicianName": None,
    },
}


def made(kind: str, **changes: Any) -> Source:
    """The source of a film of this kind."""
    film = header(**(KINDS[kind] | changes))
    if kind == "hashed":
        tag = Tag("PatientBirthDate")
        film._dict[tag] = RawDataElement(tag, "DA", 16, b"e3b0c44298fc1c14", 0, False, True)
    return source.of(film)

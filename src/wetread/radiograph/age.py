"""Age at the study: PatientAge (0010,1010), or birth date and date of the study."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from pydicom.dataset import Dataset

from wetread.radiograph.elements import text
from wetread.radiograph.value import OLDEST

__all__ = ["OLDEST", "Age", "age"]

_DAYS = 365.2425
_UNITS = {"D": 1 / _DAYS, "W": 7 / _DAYS, "M": 1 / 12, "Y": 1.0}
_AGE = re.compile(r"([+-]?\d{1,4})(?:\.0*)?\s*(D|W|M|Y|DAYS?|WEEKS?|MONTHS?|MOS?|YEARS?|YRS?)?", re.IGNORECASE)
# A date with or without separators (ACR-NEMA had dots), or the date of a date-time. A hash that begins alike is none.
_DATE = re.compile(r"(\d{4})([-./]?)(\d{2})\2(\d{2})(?:\d{2,6}(?:\.\d{1,6})?(?:[+-]\d{4})?)?")
_STUDY_DATES = ("StudyDate", "AcquisitionDate", "AcquisitionDateTime", "SeriesDate", "ContentDate")


class Age(NamedTuple):
    """Years or None; the keyword it came from; whether the header names an age that nobody has."""

    years: float | None
    tag: str | None
    implausible: bool = False


def age(dataset: Dataset) -> Age:
    """Age at the study in years, with fractions for months, weeks and days (PS3.5 6.2, VR AS).

    A number without unit is years, as files written by hand have it. PatientAge wins over the dates; a PatientAge or
    a pair of dates that cannot be (over 120 years, negative, born after the study) makes the age unknown, and says so.
    """
    stated = text(dataset, "PatientAge")
    if stated is not None and (match := _AGE.fullmatch(stated)):
        return _plausible(int(match[1]) * _UNITS[(match[2] or "Y")[0].upper()], "PatientAge")
    born = _date(text(dataset, "PatientBirthDate"))
    studied = next((day for keyword in _STUDY_DATES if (day := _date(text(dataset, keyword)))), None)
    if born is None or studied is None:
        return Age(None, None)
    return _plausible(_years(born, studied), "PatientBirthDate")


def _plausible(years: float, tag: str) -> Age:
    return Age(years, tag) if 0.0 <= years <= OLDEST else Age(None, tag, implausible=True)


def _years(born: date, studied: date) -> float:
    """Birthdays passed, and the share of the year since the last: exactly 18.0 on the eighteenth birthday."""
    whole = studied.year - born.year - ((studied.month, studied.day) < (born.month, born.day))
    since = (studied - _birthday(born, born.year + whole)).days
    return whole + min(since / _DAYS, 0.999)


def _birthday(born: date, year: int) -> date:
    leap_day = (born.month, born.day) == (2, 29)
    return date(year, 3, 1) if leap_day and not _is_leap(year) else born.replace(year=year)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _date(value: str | None) -> date | None:
    match = value and _DATE.fullmatch(value)
    if not match:
        return None
    try:
        return date(int(match[1]), int(match[3]), int(match[4]))
    except ValueError:
        return None

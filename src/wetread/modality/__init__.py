"""Which imaging examination answers which clinical question: a table with its sources and an honest matcher."""

from __future__ import annotations

from wetread.modality.advice import Advice, to_json
from wetread.modality.recommend import recommend
from wetread.modality.table import Emergency, Examination, Row, Source, table

__all__ = ["Advice", "Emergency", "Examination", "Row", "Source", "recommend", "table", "to_json"]

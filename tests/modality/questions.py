"""The two sets of everyday questions, and how an answer to one is judged."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

from wetread.modality import Advice, recommend

HERE = Path(__file__).parent
KINDS = ("right", "offered", "missed", "false", "alarm")


def read(name: str) -> list[tuple[str, str]]:
    """(expected, question) of a set."""
    lines = (HERE / f"questions_{name}.txt").read_text(encoding="utf-8").splitlines()
    split = [line.partition("|") for line in lines if line and not line.startswith("#")]
    return [(expected.strip(), question.strip()) for expected, _, question in split]


def judge(expected: str, advices: tuple[Advice, ...]) -> str:
    """What an answer is worth.

    "right": the expected row alone, the expected refusal, or the call to care. "offered": the expected row among
    several.
    "missed": declined where the table has the row, or an emergency not seen but declined. "false": another answer than
    the expected one. "alarm": a call to care where a row was expected.
    """
    status, rows = advices[0].status, [advice.row.id for advice in advices if advice.row is not None]
    if expected in ("declined", "emergency"):
        return "right" if status == expected else "missed" if status == "declined" else "false"
    if status == "answer":
        return "right" if rows[0] in expected.split("/") else "false"
    if status == "depends":
        return "offered" if set(rows) & set(expected.split("/")) else "false"
    return "missed" if status == "declined" else "alarm"


@cache
def counted(name: str) -> Counter[str]:
    """How many questions of a set were judged how."""
    return Counter(judge(expected, recommend(question)) for expected, question in read(name))

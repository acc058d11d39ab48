"""Document 20: every published item stands there once, its state follows from the folder, and counts are coverage."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from regulatory.made import device_folder
from wetread.regulatory.device import REFERENCE, load_device
from wetread.regulatory.digits import bare
from wetread.regulatory.documents import DOCUMENTS
from wetread.regulatory.evidence.checklists import State, answered, checklists, coverage
from wetread.regulatory.kinds import KINDS
from wetread.regulatory.written import Written, write

DOCUMENT = next(document for document in DOCUMENTS if document.id == "20-reporting-checklists")
PLAIN: Any = yaml.safe_load((REFERENCE / "checklists.yaml").read_text("utf-8"))
# Items and lettered parts as published: STARD-AI (Nature Medicine 2025), TRIPOD+AI (BMJ 2024), CLAIM (2024), GMLP (2021).
PUBLISHED = {"stard-ai": (40, 48), "tripod-ai": (27, 52), "claim": (44, 44), "gmlp": (10, 10)}


def told(folder: Path, **changes: Any) -> Written:
    """Document 20 of the made folder."""
    return write(DOCUMENT, load_device(device_folder(folder, **changes)))


@pytest.mark.parametrize("name", PUBLISHED)
def test_each_list_has_the_published_items_in_order(name: str) -> None:
    entry = PLAIN["entries"][name]
    ids = [item["id"] for item in entry["items"]]
    numbers = [int(re.sub(r"\D", "", each)) for each in ids]
    assert (entry["count"], entry["parts"]) == PUBLISHED[name]
    assert sorted(set(numbers)) == list(range(1, entry["count"] + 1))
    assert len(ids) == len(set(ids)) == entry["parts"]
    assert numbers == sorted(numbers)
    letters = [re.sub(r"\d+", "", each) for each in ids]
    for number, count in Counter(numbers).items():
        mine = [letter for letter, place in zip(letters, numbers, strict=True) if place == number]
        assert mine == (["abcdefg"[place] for place in range(count)] if count > 1 else [""])


def test_every_source_is_told_with_its_licence_and_edition() -> None:
    assert set(PLAIN["entries"]) == set(PUBLISHED)
    for entry in PLAIN["entries"].values():
        assert all(entry[key] for key in ("title", "edition", "source", "licence", "words", "checked_on", "mark"))
        assert entry["words"].startswith("ours")


def test_every_item_leads_somewhere() -> None:
    ids = {document.id for document in DOCUMENTS}
    for entry in PLAIN["entries"].values():
        for item in entry["items"]:
            where = f"{entry['title']} {item['id']}"
            assert set(item.get("documents", ())) <= ids, where
            assert set(item.get("kinds", ())) <= set(KINDS), where
            match item["by"]:
                case "evidence":
                    assert item["kinds"], where
                    assert item["documents"], where
                case "document":
                    assert item["documents"], where
                case "people":
                    assert PLAIN["fields"][item["field"]], where
                case "none":
                    assert item["why"], where
                case other:
                    pytest.fail(f"{where}: by {other}")


def test_every_field_is_asked_for_by_an_item() -> None:
    asked = {item["field"] for entry in PLAIN["entries"].values() for item in entry["items"] if "field" in item}
    assert asked == set(PLAIN["fields"])


@pytest.mark.requirement("REQ-DOCUMENT-GAPS")
def test_the_state_of_an_item_follows_from_the_folder(tmp_path: Path) -> None:
    device = load_device(device_folder(tmp_path, said={"report_ethics": "Exempt."}, users=[]))
    items = {
        PLAIN["entries"]["stard-ai"]["items"][place]["id"]: item
        for place, item in enumerate(answered(device, "stard-ai"))
    }
    assert items["31"].state is State.EVIDENCE
    assert items["6"].state is State.PEOPLE
    assert items["38"].state is State.OPEN
    assert items["15d"].state is State.OPEN
    assert items["32"].state is State.NONE
    assert items["4"].state is State.DOCUMENT
    without = load_device(device_folder(tmp_path / "less", without=("evaluation",), users=["radiologists"]))
    lacking = {
        PLAIN["entries"]["stard-ai"]["items"][place]["id"]: item
        for place, item in enumerate(answered(without, "stard-ai"))
    }
    assert lacking["31"].state is State.LACKING
    assert lacking["31"].lacking == (KINDS["evaluation"].what,)
    assert lacking["15d"].state is State.PEOPLE


def test_an_evaluation_without_groups_does_not_answer_for_fairness(tmp_path: Path) -> None:
    device = device_folder(tmp_path)
    file = tmp_path / "evaluation.json"
    assert answered(load_device(device), "tripod-ai")[31].ref.endswith("/31")

    def fairness() -> State:
        rows = PLAIN["entries"]["tripod-ai"]["items"]
        place = next(place for place, row in enumerate(rows) if row["id"] == "14")
        return answered(load_device(device), "tripod-ai")[place].state

    assert fairness() is State.EVIDENCE
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | {"groups": None}), "utf-8")
    assert fairness() is State.LACKING


def test_coverage_adds_up_and_is_called_nothing_else(tmp_path: Path) -> None:
    found = told(tmp_path)
    device = load_device(device_folder(tmp_path / "same"))
    for name, _ in checklists(device):
        counts = coverage(answered(device, name))
        assert sum(counts.values()) == PUBLISHED[name][1]
        title = PLAIN["entries"][name]["title"]
        row = next(line for line in found.text.splitlines() if line.startswith(f"| {title} ("))
        assert [int(cell) for cell in row.strip("| ").split(" | ")[1:]] == [PUBLISHED[name][1], *counts.values()]
    assert "compliance" not in found.text.lower()
    assert "score" not in found.text.lower().replace("they are no score", "")


def test_no_digit_is_typed_by_hand(tmp_path: Path) -> None:
    assert bare(told(tmp_path).marked, DOCUMENT.id, [document.id for document in DOCUMENTS]) == ()

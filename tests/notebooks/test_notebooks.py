"""The notebooks: clean as committed, and run from the first cell to the last on a small drawn collection."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tools.notebooks import run

ROOT = Path(__file__).resolve().parents[2]
NAMES = ["1_EDA", "2_Build_and_train_model", "3_Inference", "4_FDA_submission"]


def test_the_four_steps_are_there() -> None:
    assert sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_committed_without_outputs_and_has_exercises_with_answers(name: str) -> None:
    notebook = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text("utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    text = "".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown")
    assert "**Exercise" in text
    assert text.count("<details>") == text.count("</details>") >= 1


def test_all_of_them_run_in_order_from_nothing(tmp_path: Path) -> None:
    words = [sys.executable, str(ROOT / "tools" / "notebooks.py"), "--small", "--out", str(tmp_path / "out")]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=1200)
    assert done.returncode == 0, done.stderr[-3000:]
    made = tmp_path / "out" / "notebooks"
    assert [Path(line.partition(": ")[0]).stem for line in done.stdout.splitlines()] == NAMES

    said = {}
    for name in NAMES:
        cells = json.loads((made / f"{name}.ipynb").read_text("utf-8"))["cells"]
        said[name] = "".join("".join(output.get("text", "")) for cell in cells for output in cell.get("outputs", ()))
    assert "labelled pneumonia" in said["1_EDA"]
    assert "out of fold, what was drawn" in said["2_Build_and_train_model"]
    assert "refused: body-part" in said["3_Inference"]
    assert "refused: modality" in said["3_Inference"]
    assert "exit status 5" in said["4_FDA_submission"]
    assert "put back: exit status 0" in said["4_FDA_submission"]
    assert "split-by-image" in said["4_FDA_submission"]
    documents = made / "submission" / "md"
    assert "practice reader" in (documents / "FDA_Submission.md").read_text("utf-8")


def test_the_first_one_reads_the_real_table(shared_data: Path, tmp_path: Path) -> None:
    values = {"NIH": str(shared_data / "labels"), "RESAMPLES": 50}
    made = run(ROOT / "notebooks" / "1_EDA.ipynb", tmp_path, values)
    cells = json.loads(made.read_text("utf-8"))["cells"]
    said = "".join("".join(output.get("text", "")) for cell in cells for output in cell.get("outputs", ()))
    assert "112,120 films of 30,805 patients; 1,431 films labelled pneumonia of 1,008 patients" in said
    assert "82% of the test films" in said
    assert "alarm: RINGS" in said

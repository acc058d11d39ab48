"""The tables of docs/honesty.md and docs/radiologist-level.md, from the result files: `python tools/honesty.py` calls it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PAGES = (ROOT / "docs" / "honesty.md", ROOT / "docs" / "radiologist-level.md")
RESULTS = ROOT / "results"
_PRIMARY = 3  # questions of which every baseline is shown

Result = dict[str, Any]


def guard(told: Result) -> str:
    """What was looked at for leaks."""
    found = told["guard"]
    copies = found.get("same_bytes_in_two_folds")
    head = ["films", "patients", "with the label", "sealed films", "sealed patients", "folds", "patients on two sides",
            "films of the same bytes in two folds"]  # fmt: skip
    return _table(head, [[
        told["films"], told["patients"], told["positives"], found["sealed_films"], found["sealed_patients"], found["folds"],
        found["patients_on_two_sides"], "the table holds no hashes" if copies is None else copies,
    ]])  # fmt: skip


def questions(told: Result) -> str:
    """Every baseline of the first questions."""
    parts = []
    for one in told["questions"][:_PRIMARY]:
        rows = [["this network", _interval(one["auroc"]), "", one["films"], one["positives"]]]
        beside = sorted(one["beside"].items(), key=lambda each: -each[1]["auroc"]["value"])
        rows += [
            [name, _interval(other["auroc"]), _signed(other["difference"]), other["films"], other["positives"]]
            for name, other in beside
        ]
        head = ["", "AUROC", "network minus it, same films", "films", "positive"]
        parts.append(f"**{one['label']}, {one['name']}.** {_advantage(one)}\n\n{_table(head, rows)}")
    return "\n\n".join(parts)


def _advantage(one: Result) -> str:
    beaten = [name for name, other in one["beside"].items() if other["difference"]["low"] > 0]
    lost = [name for name, other in one["beside"].items() if other["difference"]["high"] < 0]
    even = [name for name in one["beside"] if name not in beaten + lost]
    told = [f"Shown to be better than: {_listed(beaten)}.", f"Not shown to be better than: {_listed(even)}."]
    return " ".join([*told, f"Worse than: {_listed(lost)}."] if lost else told)


def others(told: Result) -> str:
    """The other questions in one line each."""
    rows = []
    for one in told["questions"][_PRIMARY:]:
        if not one.get("auroc"):
            rows.append([f"{one['label']}, {one['name']}", one["films"], one["positives"], "too few", "", ""])
            continue
        name, crude = max(
            ((n, o) for n, o in one["beside"].items() if n.startswith("crude")),
            key=lambda each: each[1]["auroc"]["value"],
        )
        rows.append([f"{one['label']}, {one['name']}", one["films"], one["positives"], _interval(one["auroc"]),
                     f"{_interval(crude['auroc'])} ({name})", _signed(crude["difference"])])  # fmt: skip
    return _table(["question", "films", "positive", "network", "the better crude guess", "difference"], rows)


def told_by_score(told: Result) -> str:
    """What else the score tells."""
    rows = [
        [one["name"], one["films"], one["having"], _interval(one["auroc"]), "yes" if one["surely"] else "not shown"]
        for one in told["told_by_score"]
    ]
    return _table(["fact", "films", "of which it holds", "AUROC by the score, among films of one label", "told"], rows)


def ablation(told: Result) -> str:
    """Whole films, lungs alone, and the rest."""
    found = told["ablation"]
    head = ["films are shown as", "network", "lost against whole films"]
    rows = [["they are", _interval(found["whole films"]), ""]]
    rows += [[kind, _interval(s["auroc"]), _signed(s["lost"])] for kind, s in found["as fitted"].items()]
    for kind, share in found.get("fitted anew on such films", {}).items():
        rows.append(
            [f"{kind}, and the network fitted anew on such films", _interval(share["auroc"]), _signed(share["lost"])]
        )
    how = (
        f"Out of fold on {found['films']} films."
        if found["out_of_fold"]
        else f"The released network on {found['films']} of the films that it was fitted on: every AUROC flatters, their order counts."
    )
    own = f"Two lungs of its own were found on {found['own_lungs_found']} films; the mask holds {found['lung_share']:.0%} of a film"
    boxes = (told.get("boxes") or {}).get("boxes_in_lungs")
    held = (
        f" and, on average, {boxes['mean']:.0%} of the area that readers boxed on {boxes['films']} films"
        if boxes
        else "; nobody boxed anything on these films, so how well it holds the lungs is not measured"
    )
    return f"{_table(head, rows)}\n\n{how} {own}{held}."


def shuffle(told: Result) -> str:
    """The control with exchanged labels."""
    found = told["shuffle"]
    return _table(
        ["", "AUROC"],
        [
            ["fitted on the true labels", f"{found['network']:.3f}"],
            [f"fitted on exchanged labels, mean of {found['runs']}", f"{found['mean']:.3f}"],
            ["lowest and highest of these", f"{found['lowest']:.3f} and {found['highest']:.3f}"],
            ["the same scores against the true labels, mean", f"{found['true_mean']:.3f}"],
            ["the true labels against the exchanged ones, mean", f"{found['left']:.3f}"],
            ["share of exchanges that reach the true fit, it counted in", f"{found['p']:.3f}"],
        ],
    )


def maps(told: Result) -> str:
    """Maps against boxes, and against maps of mixed-up weights."""
    parts = []
    if (found := told["boxes"]) is None:
        parts.append("No reader's boxes exist for these films, or the run kept no maps out of fold.")
    else:
        titles = {"pointing": "strongest point in a box", "overlap": f"overlap of the strongest {found['area']:.0%} with the boxes",
                  "energy": "share of the positive map in the boxes"}  # fmt: skip
        rows = [
            [title, _interval(found[key]["map"]), _interval(found[key]["centre"]), _interval(found[key]["average_box"]),
             f"{found[key]['chance']:.3f}", _signed(found[key]["over_centre"]), _signed(found[key]["over_average_box"])]
            for key, title in titles.items()
        ]  # fmt: skip
        head = [
            "",
            "maps",
            "image centre",
            "average box of other patients",
            "chance",
            "maps minus centre",
            "maps minus average box",
        ]
        parts.append(f"{_table(head, rows)}\n\n{found['films']} films, {found['boxes']} boxes, maps out of fold.")
    rows = [
        [
            title,
            one["films"],
            _interval(one["correlation"]),
            _interval(one["similarity"]),
            _interval(one["between_films"]),
        ]
        for title, one in told["random_weights"].items()
    ]
    head = ["maps compared with those of the network with", "films", "rank correlation", "structural similarity",
            "rank correlation of two patients' maps"]  # fmt: skip
    return "\n\n".join([*parts, _table(head, rows)])


def parity(told: Result) -> str:
    """Engines."""
    found = told["parity"]
    rows = [
        [p["first"], p["second"], f"{p['logit']:.1e}", f"{p['map']:.1e}", f"{p['score']:.1e}"] for p in found["pairs"]
    ]
    low, high = found["logits"]
    return (
        _table(["", "", "logit", "map's cell", "score"], rows)
        + f"\n\nLargest differences on {found['films']} films ({found['drawn']} drawn, the others of the collection), all in "
        f"float32; a logit or a cell may differ by {found['bound']:g}, and logits ran from {low:.2f} to {high:.2f}."
    )


def readers(told: Result) -> str:
    """How readers agree."""
    rows = [
        [name, told[key]["films"], told[key]["patients"], *(_interval(told[key][each]) for each in
         ("agreement", "kappa", "sensitivity", "specificity"))]
        for key, name in (
            ("attending", "attending against the majority of three: abnormal"),
            ("text_label", "text-mined label (any finding) against the majority of three: abnormal"),
            ("panels", "Google's panel (airspace opacity) against RSNA's readers (lung opacity)"),
            ("network", "this network's call against RSNA's readers (lung opacity)"),
        )
    ]  # fmt: skip
    return _table(
        ["first against the standard", "films", "patients", "agreement", "kappa", "sensitivity", "specificity"], rows
    )


def beside(told: Result) -> str:
    """Networks beside a reader."""
    rows = []
    for key, name in (
        ("chexnet", "CheXNet reproduction beside Google's panel, RSNA's readers the standard"),
        ("network_beside_panel", "this network beside Google's panel, RSNA's readers the standard"),
        ("network_beside_attending", "this network beside the attending, the majority of three the standard"),
    ):
        one = told[key]
        if one is None or one.get("too_few"):
            rows.append([name, *([one["films"], one["positives"]] if one else ["", ""]), "too few", "", "", "", ""])
            continue
        rows.append([name, one["films"], one["positives"], _interval(one["auroc"]), _interval(one["reader_sensitivity"]),
                     _interval(one["reader_specificity"]), _interval(one["sensitivity_at_that_specificity"]),
                     _signed(one["difference"])])  # fmt: skip
    head = ["", "films", "positive", "AUROC of the network", "sensitivity of the readers", "their specificity",
            "sensitivity of the network at that specificity", "network minus readers"]  # fmt: skip
    return _table(head, rows)


def claim(told: Result) -> str:
    """What was published, and what F1 is here."""
    said, here = told["published"], told["network"]
    rows = [
        ["CheXNet", _interval(said["network"]), said["films"]],
        [f"mean of {said['radiologists']} radiologists", _interval(said["radiologists_mean"]), said["films"]],
        ["CheXNet minus that mean", _signed(said["difference"]), said["films"]],
        ["this network, lung opacity as RSNA's readers saw it", f"{here['f1']:.3f}", here["films"]],
        ["calling each of these films positive", f"{here['f1_of_calling_every_film']:.3f}", here["films"]],
    ]
    return f"{_table(['', 'F1', 'films'], rows)}\n\nThe first three as printed in {said['source']}."


def answer(told: Result) -> str:
    """The sentence that a reader wants, by the figures."""
    chexnet, here = told["chexnet"], told["network"]
    below = here["kappa"]["high"] < told["panels"]["kappa"]["low"]
    words = (
        f"**Is it radiologist-level? {'No' if below else 'Nothing here shows it'}.** On {here['films']} films with a radiologists' reading of lung opacity the network's "
        f"call agrees with them with kappa {_plain(here['kappa'])}; two panels of radiologists agree with each other on such a "
        f"question with kappa {_plain(told['panels']['kappa'])}. "
    )
    if chexnet is not None and not chexnet.get("too_few"):
        apart = chexnet["difference"]
        verdict = (
            "misses more than"
            if apart["high"] < 0
            else ("finds more than" if apart["low"] > 0 else "is not told apart from")
        )
        words += (
            f"Nor do the public reads bear the claim out for CheXNet's reproduction: at the same false alarms it {verdict} a panel "
            f"of radiologists, judged by another panel (sensitivity {apart['value']:+.2f}, {apart['low']:+.2f} to {apart['high']:+.2f}, "
            f"{chexnet['films']} films)."
        )
    return words


TABLES: dict[str, Callable[[Result], str]] = {
    "guard": guard, "questions": questions, "others": others, "told": told_by_score, "ablation": ablation,
    "shuffle": shuffle, "maps": maps, "parity": parity,
    "answer": answer, "readers": readers, "beside": beside, "claim": claim,
}  # fmt: skip
_MARKS = re.compile(r"(<!-- ([\w-]+) ([\w-]+) -->\n).*?(<!-- /\2 \3 -->)", re.DOTALL)


def filled(text: str) -> str:
    """A page with every table written anew between its two marks, `<!-- TABLE RESULT -->` and `<!-- /TABLE RESULT -->`."""

    def made(found: re.Match[str]) -> str:
        opening, table, result, closing = found.groups()
        path = RESULTS / result / "honesty.json" if (RESULTS / result).is_dir() else RESULTS / f"{result}.json"
        return f"{opening}\n{TABLES[table](json.loads(path.read_text(encoding='utf-8')))}\n\n{closing}"

    return _MARKS.sub(made, text)


def write() -> None:
    """Fill the pages."""
    for page in PAGES:
        page.write_text(filled(page.read_text(encoding="utf-8")), encoding="utf-8")


def _table(head: list[str], rows: list[list[Any]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(map(str, row)) + " |" for row in rows)])


def _interval(found: Result | None) -> str:
    return "" if found is None else f"{found['value']:.3f} ({found['low']:.3f} to {found['high']:.3f})"


def _plain(found: Result) -> str:
    return f"{found['value']:.2f} ({found['low']:.2f} to {found['high']:.2f})"


def _signed(found: Result) -> str:
    return f"{found['value']:+.3f} ({found['low']:+.3f} to {found['high']:+.3f})"


def _listed(names: list[str]) -> str:
    return ", ".join(names) if names else "none of them"

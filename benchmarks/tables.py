"""The tables of benchmarks/README.md, from the result files beside it.

python benchmarks/tables.py          write them into the README
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
README = HERE / "README.md"


def reading(result: dict[str, Any]) -> str:
    """Medians, their quartiles, and ratios."""
    lines = [
        "| film | file | ours | without the guard | usual chain | plain chain | usual / ours | plain / ours |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, row in result["films"].items():
        times = [_spread(row["times"][who]) for who in ("ours", "direct", "usual", "plain")]
        ratios = [f"{row['ratios'][f'{who} over ours']:.1f}" for who in ("usual", "plain")]
        lines.append("| " + " | ".join([name, f"{row['bytes'] / 1e6:.1f} MB", *times, *ratios]) + " |")
    load = " and ".join(f"{value:.1f}" for value in result["load_before_and_after"])
    gate = f", gate {result['gate']}" if result.get("gate") else ", without a gate"
    told = f"{result['date']}, {result['cores']} cores, load {load} before and after, {result['rounds']} rounds"
    return "\n".join([*lines, "", f"Measured {told}; bundle {result['bundle']}{gate}."])


def _spread(times: dict[str, Any]) -> str:
    low, high = times["quartiles_ms"]
    return f"{times['median_ms']:.0f} ms ({low:.0f} to {high:.0f})"


def reduced(result: dict[str, Any]) -> str:
    """How far probabilities moved."""
    lines = [
        "| films | compression | network | levels left out | halvings in reserve | films | median | largest | read so |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in result["rows"]:
        cells = [row["films"], row["compression"], row["network"], row["levels"], row["reserve"], row["count"],
                 f"{row['median']:.5f}", f"{row['largest']:.5f}", "yes" if row["as_read"] else "no"]  # fmt: skip
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    models = ", ".join(f"{name} {version.split()[0]}" for name, version in result["models"].items())
    return "\n".join([*lines, "", f"Bundles: {models}."])


def batch(result: dict[str, Any]) -> str:
    """Films a second and memory, by the number of workers."""
    lines = [
        "| workers | films a second | processor ms a film in the parent | parent, MiB at most | workers, MiB at most |",
        "|---|---|---|---|---|",
    ]
    for run in result["runs"]:
        cells = [run["workers"], run["films_per_second"], run["parent_processor_ms_per_film"], run["peak_mib_parent"],
                 run["peak_mib_workers"]]  # fmt: skip
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def extract(result: dict[str, Any]) -> str:
    """Films a second beside the loops, and by how much pictures differ from exact ones."""
    lines = [
        "| films | ours | `--exact` | usual loop | lean loop | ours / usual | ours / lean | processor time, usual / ours |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, told in (
        ("generated", result["generated"]),
        *((n, result["shared"][n]) for n in ("the folder", "ten copies")),
    ):
        who = [f"{told[w]['films_per_second']:.1f}" if w in told else "" for w in ("ours", "exact", "usual", "lean")]
        ratios = [told[f"ours_to_{key}"] for key in ("usual_seconds", "lean_seconds", "usual_processor_seconds")]
        cells = [f"{ratio['median']:.1f} ({ratio['least']:.1f} to {ratio['greatest']:.1f})" for ratio in ratios]
        lines.append("| " + " | ".join([_ARCHIVES[name], *who, *cells]) + " |")
    apart = result["reduced"].values()
    whole, half = ([row for row in apart if row["resolution"] == kind] for kind in ("whole", "1/2"))
    for what, rows in (("halved", whole), ("at half resolution of JPEG 2000", half)):
        lines += ["", f"Pictures {what} differ from exact ones by {min(r['mean'] for r in rows):.2f} to "
                  f"{max(r['mean'] for r in rows):.2f} of 255 grey levels on average, by {max(r['greatest'] for r in rows)} at "
                  f"most ({len(rows)} kinds of film)."]  # fmt: skip
    killed = result["killed"]
    exact = killed["manifest_equal"] and killed["pictures_equal"] and killed["film_ids_unique"]
    lines += ["", f"{killed['kills']} SIGKILLs, the last after {max(killed['rows_done_at_each'])} of {killed['rows']} rows: manifest "
              f"and {killed['pictures']} pictures {'as' if exact else 'NOT as'} of an undisturbed run; identities found in the "
              f"output: {killed['identities_found']}."]  # fmt: skip
    return "\n".join(lines)


def results(result: dict[str, Any]) -> str:
    """Every kind of result beside the reading: processor time, and sizes."""
    films = result["films"]
    lines = ["| | " + " | ".join(films) + " | size of the last |", "|---|" + "---|" * (len(films) + 1)]
    *_, last = films.values()
    for name in last["times"]:
        cells = [f"{row['times'][name]['processor_ms']:.0f} ms" for row in films.values()]
        size = last["sizes"].get(name) or (sum(last["sizes"].values()) if name == "all" else 0)
        lines.append(f"| {_PARTS.get(name, name)} | " + " | ".join([*cells, _size(size)]) + " |")
    load = " and ".join(f"{value:.1f}" for value in result["load_before_and_after"])
    wall = ", ".join(
        f"{row['times']['all']['median_ms'] / row['times']['reading']['median_ms']:.1f}" for row in films.values()
    )
    told = f"{result['date']}, {result['cores']} cores, load {load} before and after, {result['rounds']} rounds"
    return "\n".join([*lines, "", f"Processor time, medians; by the clock all results took {wall} times as long as the reading.",
                      f"Measured {told}; wetread {result['software']}, bundle {result['bundle']}."])  # fmt: skip


def train(result: dict[str, Any]) -> str:
    """Films a second, processor time and memory, ours and the usual loop's."""
    lines = [
        "| network | frame | layers tuned | films a second, ours / usual | ratio by turns | processor ms a film, ours / usual | "
        "ratio by turns | MiB at most, ours / usual (each of its workers) | cache, s |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, case in result["cases"].items():
        mine, other = case["ours"], case["usual"]
        cells = [
            f"{name} ({case['network']})", case["frame"], case["tuned"],
            f"{mine['films_per_second']:.1f} / {other['films_per_second']:.1f}", _turns(case["films_per_second_ratio"]),
            f"{mine['processor_ms_per_film']:.0f} / {other['processor_ms_per_film']:.0f}", _turns(case["processor_ratio"]),
            f"{mine['peak_mib']:.0f} / {other['peak_mib']:.0f} ({other['peak_mib_worker']:.0f})", mine["preparing_seconds"],
        ]  # fmt: skip
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    load = " and ".join(f"{value:.1f}" for value in result["load_before_and_after"])
    told = f"{result['date']}, {result['device']}, {result['cores']} cores, load {load} before and after"
    films = f"{result['films']} films, {result['batch']} a batch, {result['rounds']} rounds"
    return "\n".join([*lines, "", f"Measured {told}; {films}; torch {result['torch']}."])


def _turns(ratios: list[float]) -> str:
    return f"{min(ratios):.1f} to {max(ratios):.1f}"


_PARTS = {"reading": "**the reading**", "header": "header, once for all", "all": "**all results**"}


def _size(count: int) -> str:
    if not count:
        return ""
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count / 1e3:.1f} kB"


_ARCHIVES = {
    "generated": "2,000 generated, 40 kinds",
    "the folder": "real DICOM films, one by one",
    "ten copies": "the same ten times",
}

TABLES = {
    "reading": reading,
    "batch": batch,
    "reduced": reduced,
    "extract": extract,
    "results": results,
    "train": train,
}


def filled(text: str) -> str:
    """The README with every table written anew between its two marks."""
    for name, table in TABLES.items():
        made = table(json.loads((HERE / f"{name}.json").read_text(encoding="utf-8")))
        marks = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        parts = marks.split(text)
        if len(parts) != 4:
            raise SystemExit(f"README.md has no one place for the table {name}")
        before, opening, closing, after = parts
        text = f"{before}{opening}\n{made}\n\n{closing}{after}"
    return text


if __name__ == "__main__":
    README.write_text(filled(README.read_text(encoding="utf-8")), encoding="utf-8")

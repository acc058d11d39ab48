"""The sealed test: its lists, and the ledger that counts every time it was opened."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from wetread.errors import DataError, LeakError
from wetread.training.films import FilmSet
from wetread.truth import list_hash
from wetread.truth.seal import SEALED_SHARE

__all__ = ["Ledger", "write_seal"]


class Ledger:
    """An append-only file of JSON lines: which weights were scored on which sealed films, and when.

    Parameters
    ----------
    path
        `data_splits/ledger.jsonl`; made at the first use.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def entries(self) -> list[dict[str, object]]:
        """Every use so far, the oldest first.

        Raises
        ------
        DataError
            If a line of the file cannot be understood: then nobody can tell what was used.
        """
        if not self._path.exists():
            return []
        found = []
        for number, line in enumerate(self._path.read_text("utf-8").splitlines(), 1):
            try:
                found.append(json.loads(line))
            except ValueError as error:
                raise DataError(f"{self._path}, line {number}: no use of the seal can be read from it") from error
        return found

    def use(self, name: str, version: str, model_sha256: str, sealed: FilmSet, today: date) -> None:
        """Record one use before it happens.

        Raises
        ------
        LeakError
            If a bundle of this name and version, or these weights, were scored before: the second look would choose.
        """
        before = self.entries()
        for entry in before:
            same_release = (entry["bundle"], entry["version"]) == (name, version)
            if entry["model_sha256"] == model_sha256 or same_release:
                raise LeakError(
                    f"{name} {version} may not be scored: bundle {entry['bundle']} {entry['version']}, "
                    f"{'this release' if same_release else 'the same weights'}, was scored on the sealed films on "
                    f"{entry['date']}: once is all. Its figures are in results/{entry['bundle']}."
                )
        line = {
            "use": 1 + sum(entry["collection"] == sealed.collection for entry in before),
            "collection": sealed.collection,
            "bundle": name,
            "version": version,
            "model_sha256": model_sha256,
            "films": len(sealed),
            "films_sha256": list_hash(sealed.names),
            "date": today.isoformat(),
        }
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def write_seal(films: FilmSet, path: Path) -> None:
    """Write a collection's sealed patients: public ids and hashes only."""
    away = films.take(films.is_sealed)
    plain = {
        "collection": films.collection,
        "rule": f"first 8 bytes of sha256('wetread-seal-1:{films.collection}:PATIENT') as a share of 2**64, below {SEALED_SHARE}",
        "films": len(away),
        "patients": sorted(set(away.patients)),
        "films_sha256": list_hash(away.names),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(plain, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

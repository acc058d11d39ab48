"""Orthanc, an archive of its own, started for a test or a demonstration: in an empty folder, ended and gone afterwards.

    with Orthanc(folder) as archive:
        archive.c_store([path]); archive.stow([content]); archive.get("/statistics")

Debian packages `orthanc` and `orthanc-dicomweb`. It serves this machine alone over HTTP; its DICOM port is on every
interface, for this release cannot bind it to one, and takes nothing but what is stored.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Any

__all__ = ["Orthanc", "missing"]

PROGRAM = "Orthanc"
AE_TITLE = "ARCHIVE"
PLUGINS = Path("/usr/share/orthanc/plugins")
DICOM_WEB, TRANSCODER = PLUGINS / "libOrthancDicomWeb.so", PLUGINS / "libOrthancGdcm.so"
_BOUNDARY = "wetread-parts"


def missing() -> str:
    """Why no archive can be started here; "" where one can."""
    if shutil.which(PROGRAM) is None:
        return "needs Orthanc (Debian package orthanc)"
    if not DICOM_WEB.exists():
        return "needs Orthanc's DICOMweb (Debian package orthanc-dicomweb)"
    if shutil.which("storescu") is None:
        return "needs storescu (Debian package dcmtk)"
    return ""


def free_port() -> int:
    """A port that nobody listens on now."""
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Orthanc:
    """A running archive."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder = folder
        self.http_port, self.dicom_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.http_port}"
        plugins = [str(plugin) for plugin in (DICOM_WEB, TRANSCODER) if plugin.exists()]
        configured = {
            "Name": AE_TITLE,
            "StorageDirectory": str(folder / "storage"),
            "IndexDirectory": str(folder / "storage"),
            "Plugins": plugins,
            "HttpPort": self.http_port,
            "RemoteAccessAllowed": False,
            "AuthenticationEnabled": False,
            "DicomAet": AE_TITLE,
            "DicomPort": self.dicom_port,
            "DicomCheckCalledAet": True,
            "DicomAlwaysAllowEcho": True,
            "DicomAlwaysAllowStore": True,
            "DicomAlwaysAllowFind": False,
            "DicomAlwaysAllowGet": False,
            "DicomModalities": {},
            "OverwriteInstances": False,
            "SyncStorageArea": False,  # what is lost with the power was a test's
            "SaveJobs": False,
            "DicomWeb": {"Enable": True, "Root": "/dicom-web/", "EnableWado": False, "Ssl": False},
        }
        (folder / "orthanc.json").write_text(json.dumps(configured | settings), encoding="utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Orthanc:
        log = (self.folder / "orthanc.log").open("wb")
        with log:
            self._process = subprocess.Popen(
                [PROGRAM, str(self.folder / "orthanc.json")], stdout=log, stderr=log, cwd=self.folder
            )
        for _ in range(600):
            if self._process.poll() is not None:
                break
            try:
                self.get("/system")
            except ConnectionError:
                time.sleep(0.05)
            else:
                return self
        self.close()
        raise RuntimeError(
            f"Orthanc did not start: {(self.folder / 'orthanc.log').read_text(errors='replace')[-2000:]}"
        )

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End it; its folder is the caller's to remove."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    # ------------------------------------------------------------------------------------------------ sending

    def c_store(self, files: Sequence[Path], *, compressed: str | None = None) -> None:
        """Send files with DCMTK's storescu; RuntimeError if one of them is refused."""
        proposed = [compressed] if compressed else []
        command = [
            "storescu",
            "--required",
            *proposed,
            "-aec",
            AE_TITLE,
            "127.0.0.1",
            str(self.dicom_port),
            *map(str, files),
        ]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        if run.returncode:
            raise RuntimeError(f"storescu: {run.stderr.strip()[-800:]}")

    def stow(self, contents: Iterable[bytes], study: str | None = None) -> dict[str, Any]:
        """Store by STOW-RS (PS3.18 10.5), into a study if one is named; the answer's dataset in DICOM JSON."""
        head = f"--{_BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n".encode()
        body = b"".join(head + content + b"\r\n" for content in contents) + f"--{_BOUNDARY}--\r\n".encode()
        kind = f'multipart/related; type="application/dicom"; boundary={_BOUNDARY}'
        path = "/dicom-web/studies" + (f"/{study}" if study else "")
        headers = {"Content-Type": kind, "Accept": "application/dicom+json"}
        answer: dict[str, Any] = json.loads(self._ask("POST", path, body, headers))
        return answer

    # ------------------------------------------------------------------------------------------------- asking

    def get(self, path: str) -> Any:
        """What a path of its REST interface holds, from JSON."""
        return json.loads(self.fetch(path))

    def fetch(self, path: str, accept: str = "*/*") -> bytes:
        """The bytes that a path answers with."""
        return self._ask("GET", path, headers={"Accept": accept})

    def find(self, level: str, **query: str) -> list[str]:
        """Orthanc's own identifiers of what matches a query by keyword, at the level Patient, Study, Series or Instance."""
        body = json.dumps({"Level": level, "Query": query}).encode()
        found: list[str] = json.loads(self._ask("POST", "/tools/find", body))
        return found

    def counts(self) -> dict[str, int]:
        """How many patients, studies, series and instances it holds."""
        said = self.get("/statistics")
        return {level: said[f"Count{level.title()}"] for level in ("patients", "studies", "series", "instances")}

    def clear(self) -> None:
        """Empty it."""
        for patient in self.get("/patients"):
            self._ask("DELETE", f"/patients/{patient}")

    def _ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> bytes:
        with closing(HTTPConnection("127.0.0.1", self.http_port, timeout=60)) as connection:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            content = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:500].decode(errors='replace')}")
        return content

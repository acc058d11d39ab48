"""The OHIF viewer as its npm package ships it, served beside an archive on loopback.

    npm pack @ohif/app@3.13.2 && tar xzf ohif-app-3.13.2.tgz    # 50 MB; the viewer is package/dist

The viewer stands at the root, whatever it asks for under /dicom-web comes from the archive: one origin, so that a browser
asks nobody else. Of the package nothing is changed but its configuration, which names a public server as it comes.
"""

from __future__ import annotations

import json
import threading
from contextlib import closing
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from types import TracebackType
from typing import Any

__all__ = ["Viewer", "version"]

_DICOM_WEB = "/dicom-web"
_HOP_BY_HOP = ("connection", "keep-alive", "transfer-encoding", "content-length")


def configuration() -> str:
    """The viewer's app-config.js: one source of films, beside it."""
    source = {
        "namespace": "@ohif/extension-default.dataSourcesModule.dicomweb",
        "sourceName": "archive",
        "configuration": {
            "friendlyName": "Archive",
            "name": "archive",
            "wadoUriRoot": _DICOM_WEB,
            "qidoRoot": _DICOM_WEB,
            "wadoRoot": _DICOM_WEB,
            "qidoSupportsIncludeField": False,
            "imageRendering": "wadors",
            "thumbnailRendering": "wadors",
            "enableStudyLazyLoad": True,
            "supportsFuzzyMatching": False,
            "supportsWildcard": True,
            "dicomUploadEnabled": False,
            "omitQuotationForMultipartRequest": True,
            "bulkDataURI": {"enabled": True, "relativeResolution": "studies"},
        },
    }
    config = {
        "routerBasename": "/",
        "extensions": [],
        "modes": [],
        "showStudyList": True,
        "maxNumberOfWebWorkers": 2,
        "showLoadingIndicator": True,
        "investigationalUseDialog": {"option": "never"},
        "showCPUFallbackMessage": False,
        "strictZSpacingForVolumeViewport": True,
        "defaultDataSourceName": "archive",
        "dataSources": [source],
    }
    return f"window.config = {json.dumps(config)};\n"


def version(dist: Path) -> str:
    """The version of the package that a dist/ folder lies in."""
    return str(json.loads((dist.parent / "package.json").read_text(encoding="utf-8"))["version"])


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path.startswith(_DICOM_WEB):
            self._relay()
        elif path == "/app-config.js":
            self._answer(200, {"Content-Type": "text/javascript"}, configuration().encode())
        else:
            self._file(path)

    def _relay(self) -> None:
        asked = {name: value for name, value in self.headers.items() if name.lower() in ("accept", "content-type")}
        # The archive writes the addresses of its answers with the name that it was called by.
        asked["Host"] = self.headers.get("Host", "")
        with closing(HTTPConnection("127.0.0.1", self.server.archive, timeout=60)) as connection:
            connection.request("GET", self.path, headers=asked)
            answer = connection.getresponse()
            content = answer.read()
        told = {name: value for name, value in answer.getheaders() if name.lower() not in _HOP_BY_HOP}
        self._answer(answer.status, told, content)

    def _file(self, path: str) -> None:
        root = self.server.dist.resolve()
        file = (root / path.lstrip("/")).resolve()
        if not file.is_file() or root not in file.parents:
            file = root / "index.html"  # an address of the viewer's own
        self._answer(200, {"Content-Type": guess_type(file.name)[0] or "application/octet-stream"}, file.read_bytes())

    def _answer(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        self.server.asked.append(format % args)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, dist: Path, archive: int) -> None:
        self.dist, self.archive = dist, archive
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that hangs up is no error."""


class Viewer:
    """The viewer, served from `dist` beside the archive at an HTTP port of this machine."""

    def __init__(self, dist: Path, archive: int) -> None:
        self._server = _Server(dist, archive)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.asked = self._server.asked
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Viewer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

"""Local preview of a built site, on 127.0.0.1 only; with `News`, open pages reload when something has changed.

The script for that is put into pages while they are sent; no file of a site ever holds it.
"""

import functools
import http.server
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from transferbuch.errors import Problem, UsageError

SCRIPT = Path(__file__).parent / "assets" / "preview.js"
SCRIPT_ADDRESS, NEWS_ADDRESS = "/_vorschau/preview.js", "/_vorschau/news"
_MISSING = (
    '<!doctype html>\n<html lang="de"><head><meta charset="utf-8"><title>Vorschau</title></head><body>'
    "<h1>Diese Seite gibt es in der Vorschau nicht</h1>"
    "<p>Sie ist neu und noch fehlerhaft, oder die Adresse stimmt nicht.</p></body></html>\n"
)
_STILL_HERE = 10  # seconds after which a quiet connection is tried


@dataclass(frozen=True)
class Fault:
    """One fault as a page shows it: the file, the whole message, whether the page is still as it was before it."""

    file: str
    text: str
    held: bool


class News:
    """What open pages are told: the number of the build, which grows, and the faults. Safe between threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._state = 0
        self.build = time.time_ns()  # differs from every earlier run, so pages of one reload as well
        self.faults: tuple[Fault, ...] = ()

    def tell(self, faults: Sequence[Fault], is_built: bool) -> None:
        """New faults, and whether pages were built; wakes every `wait`."""
        with self._changed:
            self._state += 1
            self.build += is_built
            self.faults = tuple(faults)
            self._changed.notify_all()

    def wait(self, state: int, seconds: float) -> tuple[int, str]:
        """(state, message) once there is another state than `state`, or after `seconds` with an empty message."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._state != state, seconds):
                return state, ""
            content = {"build": str(self.build), "faults": [vars(one) for one in self.faults]}
            return self._state, json.dumps(content, ensure_ascii=False)


class _Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """A preview prints no line per request."""


class _LiveHandler(_Handler):
    """Files of the first of several folders that has them; pages get the script that listens to the news."""

    def __init__(self, *args: object, folders: Sequence[Path], news: News, **kwargs: object) -> None:
        self.folders, self.news = folders, news
        super().__init__(*args, directory=str(folders[0]), **kwargs)

    def do_GET(self) -> None:
        address = urlsplit(self.path).path
        if address == NEWS_ADDRESS:
            self._send_news()
        elif address == SCRIPT_ADDRESS:
            self._send(HTTPStatus.OK, "text/javascript", SCRIPT.read_bytes())
        elif address.endswith((".html", "/")):
            build = self.news.build  # before the file is read: a page that is newer than its number reloads once more
            path = Path(self.translate_path(address + "index.html" * address.endswith("/")))
            found = path.is_file()
            page = path.read_text("utf-8") if found else _MISSING
            tag = f'<script src="{SCRIPT_ADDRESS}" data-build="{build}"></script></body>'
            status = HTTPStatus.OK if found else HTTPStatus.NOT_FOUND
            self._send(status, "text/html; charset=utf-8", page.replace("</body>", tag).encode())
        else:
            super().do_GET()

    def translate_path(self, path: str) -> str:
        for folder in self.folders:
            self.directory = str(folder)
            if Path(found := super().translate_path(path)).exists():
                return found
        return found

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def _send(self, status: HTTPStatus, kind: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _send_news(self) -> None:
        """Server-sent events, until the page is closed."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        state = -1
        try:
            while True:
                state, message = self.news.wait(state, _STILL_HERE)
                self.wfile.write(f"data: {message}\n\n".encode() if message else b": still here\n\n")
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True


def make_server(folder: Path, port: int) -> http.server.ThreadingHTTPServer:
    """A server for `folder`, bound but not yet running; port 0 takes a free one."""
    if not (folder / "index.html").is_file():
        raise UsageError(
            Problem(
                folder.name,
                0,
                "",
                "there is no built site",
                expected="a folder with index.html",
                do="build first: transferbuch build",
                code="no-site",
            )
        )
    return _bind(functools.partial(_Handler, directory=str(folder)), port)


def make_live_server(folders: Sequence[Path], news: News, port: int) -> http.server.ThreadingHTTPServer:
    """A server for the files of `folders`, the first that has one counts, whose pages listen to `news`."""
    return _bind(functools.partial(_LiveHandler, folders=folders, news=news), port)


def _bind(handler: functools.partial, port: int) -> http.server.ThreadingHTTPServer:
    try:
        return http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise UsageError(
            Problem(
                "--port",
                0,
                "",
                f"the port cannot be used: {error.strerror}",
                str(port),
                do="choose another one, or 0 for any free one",
                code="port",
            )
        ) from None


def address_of(server: http.server.ThreadingHTTPServer) -> str:
    """Where a browser finds the site."""
    return f"http://127.0.0.1:{server.server_address[1]}/"


def serve_site(folder: Path, port: int) -> None:
    """Serve until Ctrl-C."""
    server = make_server(folder, port)
    print(f"{address_of(server)}  (Ctrl-C ends)", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print("ended")
    finally:
        server.server_close()

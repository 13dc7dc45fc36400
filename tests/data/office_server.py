"""A small server on the own machine that gives recorded answers, as the offices' servers would."""

import json
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

OPEN, TABLE, METADATA = "/ws/downloader/00/tables/", "/ws/rest/2020/data/tablefile", "/ws/rest/2020/metadata/table"


@dataclass(frozen=True)
class Answer:
    """One answer; `hang` keeps the client waiting, `cut` announces more bytes than it sends."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hang: bool = False
    cut: bool = False


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    form: dict[str, str]


class Office:
    """Answers by path, or path and years (`…tablefile 2015-2024`); the last answer of a list is repeated."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Answer]] = {}
        self.asked: list[Asked] = []
        self.url = ""
        self.stop = threading.Event()

    def give(self, path: str, *answers: Answer | bytes) -> None:
        self.answers[path] = [one if isinstance(one, Answer) else Answer(one) for one in answers]

    def paths(self) -> list[str]:
        """What was asked for, with the years."""
        return [_key(one.path, one.form) for one in self.asked]


def _key(path: str, form: dict[str, str]) -> str:
    return f"{path} {form['startyear']}-{form['endyear']}" if "startyear" in form else path


@contextmanager
def office_server() -> Iterator[Office]:
    """A running server on a free port of 127.0.0.1; it stops at the end."""
    office = Office()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            form = dict(urllib.parse.parse_qsl(self.rfile.read(length).decode(), keep_blank_values=True))
            headers = {name.lower(): value for name, value in self.headers.items()}
            office.asked.append(Asked(self.command, self.path, headers, form))
            queue = office.answers.get(_key(self.path, form), [Answer(b"not found", 404)])
            answer = queue.pop(0) if len(queue) > 1 else queue[0]
            if answer.hang:
                office.stop.wait(5)
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body) + 100 * answer.cut))
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = answer

        def log_message(self, *_: object) -> None:
            """Nothing on standard error: the tests read it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    office.url = f"http://127.0.0.1:{server.server_port}/ws"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield office
    finally:
        office.stop.set()
        server.shutdown()
        server.server_close()
        thread.join()


def interface_answer(code: int, words: str, method: str = "tablefile", **parameters: str) -> bytes:
    """JSON of the interface in the form it really has: what was asked, by whom, and a status; HTTP 200 or not."""
    content = {
        "Ident": {"Service": "data", "Method": method},
        "Status": {"Code": code, "Content": words, "Type": "Fehler"},
        "Parameter": {"username": "********************", "password": "********************", **parameters},
        "Object": None,
        "Copyright": "© Statistisches Amt (Probe)",
    }
    return json.dumps(content, ensure_ascii=False).encode()


def description(first: str | None, last: str | None) -> bytes:
    """The interface's description of a table with these times."""
    content = {
        "Ident": {"Service": "metadata", "Method": "table"},
        "Status": {"Code": 0, "Content": "erfolgreich", "Type": "Information"},
        "Object": {"Code": "11111-02-01-4", "Time": {"From": first, "To": last}, "Valid": "false"},
    }
    return json.dumps(content).encode()

"""Local preview of a built site, on 127.0.0.1 only."""

import functools
import http.server
from pathlib import Path

from transferbuch.errors import Problem, UsageError


class _Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """A preview prints no line per request."""


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
    handler = functools.partial(_Handler, directory=str(folder))
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


def serve_site(folder: Path, port: int) -> None:
    """Serve until Ctrl-C."""
    server = make_server(folder, port)
    print(f"http://127.0.0.1:{server.server_address[1]}/  (Ctrl-C ends)", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print("ended")
    finally:
        server.server_close()

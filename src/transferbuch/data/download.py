"""One polite client for the offices' servers: one request at a time, pauses, retries, limits, nothing secret told.

A request writes the answer's body to a file. What may pass by itself (429, 5xx, no answer in time, a connection that
breaks) is asked for again after fixed, growing waits, or after the time the server names; everything else is not.
"""

import email.utils
import http.client
import re
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path

from transferbuch import __version__
from transferbuch.data.access import Access
from transferbuch.data.formats import read_interface_status
from transferbuch.errors import DataRefused, Problem, UsageError

USER_AGENT = f"Transferbuch/{__version__} (education reports for municipalities; one request at a time)"
PAUSE = 1.0  # seconds between two requests
WAITS = (2.0, 8.0, 30.0)  # seconds before the second, third and fourth try
LONGEST_WAIT = 600.0  # seconds; a server that asks for more is left alone until the next run
TIMEOUT = 180.0  # seconds without a byte; the interface needs minutes to begin with some tables
LONGEST_ANSWER = 1800.0  # seconds for one whole answer
MAX_ANSWER = 500_000_000  # bytes; the largest official table known has 0.1 GB
_BUSY = 6  # status of the interface: too many requests of this account at a time
_LOCAL = {"127.0.0.1", "::1", "localhost"}


class AccessRefused(DataRefused):
    """The service does not let us in; asking for another table would not change that."""


class Unavailable(DataRefused):
    """The service did not answer properly, however often it was asked."""


class _Passing(Exception):
    """A fault that may pass by itself; `seconds` is what the server asks to wait."""

    def __init__(self, what: str, seconds: float = 0.0):
        super().__init__(what)
        self.seconds = seconds


class _Elsewhere(Exception):
    """The server sends us to another host."""


class _SameHostOnly(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, req, fp, code, msg, headers, newurl):
        if _origin(newurl) != _origin(req.full_url):
            raise _Elsewhere(urllib.parse.urlsplit(newurl).hostname or "")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def check_base_url(base_url: str) -> str:
    """The address without a slash at its end; raises UsageError when it is not one that may be asked.

    Only https, except on the own machine; no login, query or fragment.
    """
    try:
        parts = urllib.parse.urlsplit(base_url)
        host, is_sound = parts.hostname or "", parts.port is None or parts.port > 0
    except ValueError:
        parts, host, is_sound = urllib.parse.urlsplit(""), "", False
    allowed = parts.scheme == "https" or (parts.scheme == "http" and host in _LOCAL)
    if not (is_sound and allowed and host) or set("@?#\\") & set(base_url) or re.search(r"[\x00-\x20\x7f]", base_url):
        raise UsageError(
            Problem(
                "data fetch",
                0,
                "--base-url",
                "this address may not be asked",
                f"{parts.scheme}://{host}" if host else "",
                "https://HOST/PATH without login or query; http:// only for 127.0.0.1 and localhost",
                "use the https address of the database, for example https://www.regionalstatistik.de/genesisws",
                "fetch-address",
            )
        )
    return base_url.rstrip("/")


class Client:
    """Asks one server for one thing after the other. `wait` and `clock` are handed in, so that tests need no time."""

    def __init__(
        self,
        base_url: str,
        access: Access | None = None,
        wait: Callable[[float], object] = time.sleep,
        timeout: float = TIMEOUT,
        max_bytes: int = MAX_ANSWER,
        clock: Callable[[], float] = time.time,
    ):
        self.base_url = check_base_url(base_url)
        self.access = access
        self.tell: Callable[[str], object] = lambda text: None  # where waits are told
        self._wait, self._timeout, self._max_bytes, self._clock = wait, timeout, max_bytes, clock
        is_local = urllib.parse.urlsplit(self.base_url).hostname in _LOCAL
        proxies = [urllib.request.ProxyHandler({})] if is_local else []  # the own machine is not behind a proxy
        self._opener = urllib.request.build_opener(_SameHostOnly, *proxies)
        self._asked = False

    def problem(
        self, table: str, what: str, value: str = "", expected: str = "", do: str = "", code: str = ""
    ) -> Problem:
        """A fault of one table's download; what came from the server is masked and cut here, for all messages."""
        mask = self.access.mask if self.access else str
        what, value = (" ".join(mask(text).split())[:300] for text in (what, value))
        return Problem(table, 0, "", what, value, expected, do, code)

    def download(self, table: str, path: str, into: Path, form: Mapping[str, str] | None = None) -> None:
        """Write the answer to `path` (GET, or POST with `form`) to the file `into`.

        An error answer that says in JSON what is wrong counts as an answer. Raises AccessRefused, Unavailable or
        DataRefused; the file is then not there.
        """
        try:
            self._download(table, path, into, form)
        except BaseException:
            into.unlink(missing_ok=True)
            raise

    def _download(self, table: str, path: str, into: Path, form: Mapping[str, str] | None) -> None:
        if self._asked:
            self._wait(PAUSE)
        self._asked = True
        for seconds in (*WAITS, None):
            try:
                return self._ask(table, path, into, form)
            except _Passing as fault:
                seconds = None if seconds is None else max(seconds, fault.seconds)
                if seconds is None or seconds > LONGEST_WAIT:
                    asks = f", which asks to wait {fault.seconds:.0f} s" if fault.seconds else ""
                    raise Unavailable(
                        self.problem(
                            table,
                            f"no proper answer from the service{asks}: {fault}",
                            do="run the same command again later; what has arrived is kept",
                            code="fetch-unavailable",
                        )
                    ) from None
                self.tell(self.problem(table, f"{fault}; next try in {seconds:.0f} s").what)
                self._wait(seconds)

    def _ask(self, table: str, path: str, into: Path, form: Mapping[str, str] | None) -> None:
        headers = {"User-Agent": USER_AGENT, "Accept": "*/*"} | (self.access.headers() if self.access else {})
        body = None
        if form is not None:
            body = urllib.parse.urlencode(form).encode("ascii")
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        request = urllib.request.Request(f"{self.base_url}/{path}", data=body, headers=headers)
        try:
            with self._opener.open(request, timeout=self._timeout) as answer:
                self._save(table, answer, into)
            with into.open("rb") as file:
                status = read_interface_status(file.read(1 << 16))
            if status and status[0] == _BUSY:
                raise _Passing(f"the interface is busy: {status[1]}")
        except urllib.error.HTTPError as error:
            with error:
                self._sort_out(table, error, into)
        except _Elsewhere as elsewhere:
            raise DataRefused(
                self.problem(
                    table,
                    "the service sends us to another host",
                    str(elsewhere),
                    do="check --base-url; the token is sent to no other host",
                    code="fetch-elsewhere",
                )
            ) from None
        except urllib.error.URLError as error:
            if isinstance(error.reason, ssl.SSLCertVerificationError):
                raise DataRefused(
                    self.problem(
                        table,
                        "the service's certificate is not valid here",
                        error.reason.verify_message,
                        do="check the clock, the proxy and --base-url",
                        code="fetch-certificate",
                    )
                ) from None
            timed_out = isinstance(error.reason, TimeoutError)
            raise _Passing("no answer in time" if timed_out else f"no connection ({error.reason})") from None
        except TimeoutError:
            raise _Passing("no answer in time") from None
        except (ConnectionError, http.client.HTTPException) as error:
            raise _Passing(f"the connection broke ({type(error).__name__})") from None

    def _save(self, table: str, answer: http.client.HTTPResponse, into: Path) -> None:
        size, last = 0, time.monotonic() + LONGEST_ANSWER
        with into.open("wb") as file:
            while chunk := answer.read1(1 << 16):
                size += len(chunk)
                if size > self._max_bytes:
                    raise DataRefused(
                        self.problem(
                            table,
                            "the answer is larger than any official table",
                            expected=f"at most {self._max_bytes} bytes",
                            do="check --base-url",
                            code="fetch-too-large",
                        )
                    )
                if time.monotonic() > last:
                    raise TimeoutError
                file.write(chunk)
        stated = answer.headers.get("Content-Length", "")
        if stated.isdecimal() and int(stated) != size:
            raise _Passing(f"the connection broke after {size} of {stated} bytes")

    def _sort_out(self, table: str, error: urllib.error.HTTPError, into: Path) -> None:
        """What an HTTP status that is no success means; returns when the body is an answer of the interface."""
        code = f"HTTP {error.code}"
        if error.code == 429 or error.code >= 500:
            raise _Passing(f"{code} {http.client.responses.get(error.code, '')}".strip(), self._retry_after(error))
        try:
            raw = error.read(1 << 16)
        except (OSError, http.client.HTTPException):
            raw = b""
        status = read_interface_status(raw)
        if error.code in (401, 403):
            raise AccessRefused(
                self.problem(
                    table,
                    f"the service refuses the access: {code}",
                    status[1] if status else "",
                    do="check token or password; a new token makes the old one invalid. Some databases take no token: "
                    "then use user name and password"
                    if self.access
                    else "ask again later, or with an account: --source rest",
                    code="fetch-access",
                )
            )
        if status:
            into.write_bytes(raw)
            return
        missing = error.code in (404, 410)
        raise DataRefused(
            self.problem(
                table,
                f"the service has no such table: {code}" if missing else f"the service refuses the request: {code}",
                do="check the table code; not every table is in the open download"
                if missing
                else "check table code and --base-url",
                code="fetch-missing" if missing else "fetch-http",
            )
        )

    def _retry_after(self, error: urllib.error.HTTPError) -> float:
        text = (error.headers.get("Retry-After") or "").strip()
        if text.isdecimal():
            return float(text)
        try:
            return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - self._clock())
        except (ValueError, TypeError):
            return 0.0


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urllib.parse.urlsplit(url)
    return parts.scheme, parts.hostname, parts.port

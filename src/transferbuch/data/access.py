"""Access to the GENESIS REST interface: from the environment or the system's keyring, never from a file.

The interface takes a personal token in the header `username` with an empty `password`, or user name and password in
the two headers. It ignores both in the address and in the form, where they could also end up in somebody's log.
"""

import importlib
import importlib.util
import json
import os
import re
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field

from transferbuch.errors import Problem, UsageError

TOKEN = "TRANSFERBUCH_GENESIS_TOKEN"
USER, PASSWORD = "TRANSFERBUCH_GENESIS_USER", "TRANSFERBUCH_GENESIS_PASSWORD"
KEYRING_SERVICE, KEYRING_NAME = "transferbuch-genesis", "token"
MASK = "***"
_SAFE = re.compile(r"[!-~\xa1-\xff](?:[ -~\xa0-\xff]*[!-~\xa1-\xff])?")  # what a header can carry, without line ends


@dataclass(frozen=True)
class Access:
    """A token (`password` empty) or user name and password; `repr` shows neither."""

    username: str = field(repr=False)
    password: str = field(default="", repr=False)

    def headers(self) -> dict[str, str]:
        """The two header fields of the interface."""
        return {"username": self.username, "password": self.password}

    def mask(self, text: str) -> str:
        """`text` without token, user name and password, also where they are quoted for an address or for JSON."""
        forms = set()
        for secret in filter(None, (self.username, self.password)):
            forms |= {
                secret,
                json.dumps(secret)[1:-1],
                json.dumps(secret, ensure_ascii=False)[1:-1],
                repr(secret)[1:-1],
            }
            forms |= {urllib.parse.quote(secret, safe=""), urllib.parse.quote(secret), urllib.parse.quote_plus(secret)}
        for form in sorted(forms, key=len, reverse=True):
            text = re.sub(re.escape(form), MASK, text, flags=re.IGNORECASE)
        return text


def find_access(environment: Mapping[str, str] = os.environ) -> Access:
    """The user's access: token, then user name and password from the environment, then the keyring's token.

    Raises UsageError, without any of the values, when there is none or a header cannot carry it.
    """
    if token := environment.get(TOKEN, "").strip():
        return Access(_check_value(token, TOKEN))
    user, password = environment.get(USER, "").strip(), environment.get(PASSWORD, "")
    if user and password:
        return Access(_check_value(user, USER), _check_value(password, PASSWORD))
    token, found = _ask_keyring()
    if token:
        return Access(_check_value(token, "the keyring"))
    raise UsageError(
        Problem(
            "data fetch",
            0,
            "--source rest",
            f"there is no access to the interface: neither in the environment nor in the keyring ({found})",
            expected=f"{TOKEN}, or {USER} and {PASSWORD}",
            do=f"set {TOKEN} in the environment, or install the package keyring and run "
            f"`keyring set {KEYRING_SERVICE} {KEYRING_NAME}`; the free account is made on the database's own pages. "
            "Without account: --source open",
            code="fetch-no-access",
        )
    )


def _ask_keyring() -> tuple[str, str]:
    """(token or '', what was found out about the keyring)."""
    if importlib.util.find_spec("keyring") is None:
        return "", "the package keyring is not installed"
    keyring = importlib.import_module("keyring")
    try:
        token = keyring.get_password(KEYRING_SERVICE, KEYRING_NAME)
    except keyring.errors.KeyringError as error:
        return "", f"the keyring cannot be read: {type(error).__name__}"
    return (token or "").strip(), f"it has no entry {KEYRING_SERVICE} {KEYRING_NAME}"


def _check_value(value: str, source: str) -> str:
    if not _SAFE.fullmatch(value):
        raise UsageError(
            Problem(
                "data fetch",
                0,
                source,
                "the value cannot be sent: it has line ends or characters that a header cannot carry",
                expected="the value exactly as the database's pages show it",
                do="set it again",
                code="fetch-no-access",
            )
        )
    return value

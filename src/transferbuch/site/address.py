"""Under which address the site is published, if it has one; pages and feed work without."""

import re
from pathlib import Path

import yaml

from transferbuch.errors import PersonFileError, Problem
from transferbuch.records import find_line, read_person_text


def public_address(root: Path) -> str:
    """The address, ending in "/", as `_config.yml` in `root` states it (`html: baseurl`); "" if it does not.

    Raises PersonFileError for anything but a web address.
    """
    path = root / "_config.yml"
    text = read_person_text(path, path.name) if path.is_file() else ""
    try:
        address = ((yaml.safe_load(text) or {}).get("html") or {}).get("baseurl") or ""
    except yaml.YAMLError as error:
        what, do = f"this is not valid YAML: {str(error).splitlines()[0]}", "check indentation, quotes and colons"
        raise PersonFileError(Problem(path.name, 0, "", what, do=do, code="yaml-syntax")) from None
    if address and not re.fullmatch(r"https?://[^\s/]\S*", str(address)):
        line, what, expected = find_line(text, "baseurl"), "this is no web address", "https://…"
        do = "correct it, or remove the line if the site has no address yet"
        raise PersonFileError(Problem(path.name, line, "html.baseurl", what, str(address), expected, do, "base-url"))
    return f"{address.rstrip('/')}/" if address else ""

"""Whether anything has changed since the last build, told without loading what a build needs: in a second.

What the last build read is kept as one fingerprint, and how its site looked; if both still hold, it need not run.
Imports little on purpose.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from transferbuch.editions.fingerprints import hash_of, libraries, tree_hash
from transferbuch.project import CATALOGUE, MODELLREGION, Project
from transferbuch.vocabulary import INTERNAL_FOLDER

_DESCRIPTION = "datapackage.json"


class LastBuild:
    """The last complete build of one site with the same options.

    options: what the command line asked for, by name; `data` as in `BuildRequest`
    day: ISO date that overdue reviews and goals are measured by
    """

    def __init__(self, project: Project, out: Path, options: Mapping[str, object], day: str) -> None:
        self._project, self._out, self._options, self._day = project, out, options, day
        self._file = project.build / "last-build.json"
        self._inputs = self._fingerprint()

    def lines(self) -> list[str] | None:
        """What that build has to say, if nothing of its inputs or its site has changed since; else None."""
        try:
            kept = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):  # there was none, or it was broken off: then there is something to do
            return None
        if kept.get("inputs") != self._inputs or kept.get("site") != _listing(self._out):
            return None
        return kept["lines"]

    def remember(self, lines: Iterable[str]) -> None:
        """Keep that the site is complete, and what to say when it is asked for again."""
        if self._inputs != self._fingerprint():
            self._file.unlink(missing_ok=True)  # somebody saved a file while the build ran
            return
        content = {"inputs": self._inputs, "site": _listing(self._out), "lines": list(lines)}
        part = self._file.with_suffix(f".{os.getpid()}.part")
        part.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        os.replace(part, self._file)

    def _fingerprint(self) -> str:
        project = self._project
        # what is internal is not opened for the public
        leave_out = "" if project.is_internal else INTERNAL_FOLDER
        folders = [project.book, project.notebooks, project.parameters, CATALOGUE.parent]
        return hash_of(
            dict(self._options),
            str(self._out.resolve()),
            self._day,
            libraries(),
            [tree_hash(folder, leave_out) for folder in folders],
            [path.read_text(encoding="utf-8") for path in self._settings() if path.is_file()],
            self._data(),
        )

    def _settings(self) -> list[Path]:
        return [self._project.root / "_toc.yml", self._project.root / "_config.yml"]

    def _data(self) -> str:
        """The data package: its description, and size and time of its files; of the model region its raw files too."""
        asked = str(self._options.get("data") or "")
        folder = Path(asked) if asked and asked != MODELLREGION else self._project.shared / "data"
        if asked == MODELLREGION or (not asked and not (folder / _DESCRIPTION).is_file()):
            return f"{MODELLREGION} {tree_hash(self._project.modellregion)}"
        description = folder / _DESCRIPTION
        text = description.read_bytes() if description.is_file() else b""
        return f"{hashlib.sha256(text).hexdigest()} {_listing(folder)}"


def _listing(folder: Path) -> str:
    """Fingerprint of names, sizes and times of all files below a folder; it opens none."""
    found = []
    waiting = [folder] if folder.is_dir() else []
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(Path(entry.path))
                else:
                    state = entry.stat(follow_symlinks=False)
                    found.append((entry.path, state.st_size, state.st_mtime_ns))
    return hash_of(sorted(found))

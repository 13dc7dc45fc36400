"""What `transferbuch audit` tells: can a secret figure be found out, and what was looked at."""

import datetime as dt
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from transferbuch.editions.own_figures import folder_of, published_cells
from transferbuch.project import Project
from transferbuch.secrecy.audit import Audit
from transferbuch.secrecy.ledger import write_release
from transferbuch.site.release import Release, load_release

_SHOWN = 10


@dataclass(frozen=True)
class SecrecyReport:
    """Audit of the own figures; `official`: secret official cells that the official tables themselves narrow."""

    own: Audit
    official: pd.DataFrame
    recorded: tuple[str, ...] = ()

    def lines(self, everything: bool = False) -> Iterator[str]:
        """For people; a secret value is in none of them."""
        yield f"own figures: {self.own.line()}"
        yield "derived figures: none narrows a secret official cell"
        cells = self.official
        if cells.empty:
            yield "official tables: none of their secret cells follows from their other cells"
        else:
            yield (
                f"official tables: {len(cells)} secret cells are narrowed by other official cells; nothing here "
                "computes them. Tell the office that publishes the table:"
            )
            by_variable = cells.groupby("variable").size().sort_values(ascending=False, kind="stable")
            if everything:
                yield from (f"  {row.variable} {row.ags} {row.year}: {row.why}" for row in cells.itertuples())
            else:
                yield from (f"  {name}: {count}" for name, count in by_variable.head(_SHOWN).items())
                yield "  each one: transferbuch audit --all"
        yield from (f"recorded {path}" for path in self.recorded)


def audit_release(project: Project, data: str, record: bool = False, today: dt.date | None = None) -> SecrecyReport:
    """Audit all that would be published; raises ReleaseRefused (exit 13) if a secret figure can be found out.

    `record` keeps what is published of own tables beside them: later releases must agree with it.
    """
    release = load_release(project, data)
    keys = [ags for ags, tables in release.inputs.own_data.items() if any(one.is_public for one in tables)]
    with tempfile.TemporaryDirectory() as folder:
        slices = dict(_write_slices(release, keys, Path(folder)))
        own = release.audit_slices(slices.items())
        cells = {ags: published_cells([path]) for ags, path in slices.items()}
    day = today or dt.date.today()
    written = [write_release(folder_of(project, ags), day, found) for ags, found in cells.items()] if record else []
    official = release.computed.audit
    return SecrecyReport(own, official[official["by"] == "tables"], tuple(map(project.show, written)))


def _write_slices(release: Release, keys: list[str], folder: Path) -> Iterator[tuple[str, Path]]:
    for edition in release.plan():
        if edition.ags in keys:
            release.write_slice(folder / edition.folder, edition)
            yield edition.ags, folder / edition.folder / "slice"

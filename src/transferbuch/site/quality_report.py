"""What `transferbuch data check` prints: a recap per table, then findings worst first; or all of it as JSON."""

import dataclasses
from dataclasses import dataclass
from typing import Any

import pandas as pd

from transferbuch.data.findings import RULES, SEVERITIES, Finding
from transferbuch.data.store import DataPackage
from transferbuch.editions.values import Computed
from transferbuch.errors import DataRefused, Problem
from transferbuch.project import Project
from transferbuch.site.release import load_release

_SHOWN = 40


@dataclass(frozen=True)
class QualityReport:
    """Findings and completeness of one data package."""

    package: DataPackage
    computed: Computed

    @property
    def stopped(self) -> list[Finding]:
        """Findings whose figure is not published."""
        return [one for one in self.computed.findings if one.stops]

    def lines(self, everything: bool = False) -> list[str]:
        """Lines for people; without `everything` the worst findings only, and no breaks, which are no faults."""
        lines = [f"{'table':18} {'years':9}  {'complete':>8}  {'refuse':>6} {'warn':>6} {'info':>6}"]
        for row in self._tables():
            years = f"{row['first_year']}–{row['last_year']}"
            counts = " ".join(f"{row[severity]:6}" for severity in SEVERITIES)
            lines.append(f"{row['table']:18} {years:9}  {row['complete_pct']:7.1f}%  {counts}")
        findings = self.computed.findings
        shown = findings if everything else [one for one in findings if one.severity != "info"][:_SHOWN]
        lines += ["", *(self._finding(one) for one in shown)]
        if len(shown) < len(findings):
            lines.append(f"{len(findings) - len(shown)} more findings: --all")
        lines.append(f"data package {self.package.id}: {self._total()}")
        return lines

    def as_json(self) -> dict[str, Any]:
        """Everything, in an order that does not change: package, tables, findings, completeness."""
        findings = [
            {"id": one.id, **dataclasses.asdict(one), "stops": one.stops, "do": RULES[one.rule].do}
            for one in self.computed.findings
        ]
        completeness = self.computed.completeness.to_dict(orient="records")
        return {
            "package": self.package.id,
            "stopped": len(self.stopped),
            "tables": self._tables(),
            "findings": findings,
            "completeness": completeness,
        }

    def raise_for_stopped(self) -> None:
        """Raises DataRefused (exit 12) naming every figure that is stopped, if there are any."""
        if self.stopped:
            raise DataRefused(
                Problem(
                    one.file or one.table,
                    one.line,
                    one.variable,
                    f"{one.rule}: {one.what}",
                    f"{one.ags} {one.year}" + ("" if one.value is None else f": {one.value:.10g}"),
                    do=RULES[one.rule].do,
                    code=one.id,
                )
                for one in self.stopped
            )

    def _tables(self) -> list[dict[str, Any]]:
        tables = []
        for table, rows in self.computed.completeness.groupby("table"):
            own = [one.severity for one in self.computed.findings if one.table == table]
            tables.append(
                {
                    "table": str(table),
                    "first_year": int(rows["year"].min()),
                    "last_year": int(rows["year"].max()),
                    "complete_pct": _percent(rows),
                    **{key: own.count(key) for key in SEVERITIES},
                }
            )
        return tables

    def _finding(self, one: Finding) -> str:
        figure = f"{one.ags} {one.year or ''}".rstrip()
        value = "" if one.value is None else f" = {one.value:.10g}"
        place = f" ({one.file}:{one.line})" if one.line else ""
        status = one.review.status if one.review.status == "open" else f"{one.review.status} by {one.review.by}"
        return (
            f"{one.severity:6} {one.rule}  {one.variable or one.table} {figure}{value}{place}: {one.what}. "
            f"Do: {RULES[one.rule].do}. Responsible: {one.responsible}. {status} [{one.id}]"
        )

    def _total(self) -> str:
        counts = [f"{sum(one.severity == key for one in self.computed.findings)} {key}" for key in SEVERITIES]
        number = len(self.stopped)
        end = (
            "no figure is stopped" if not number else f"{number} figure{'s are' if number > 1 else ' is'} not published"
        )
        return f"{', '.join(counts)}; {end}"


def check_data(project: Project, data: str) -> QualityReport:
    """Findings of a data package. Raises PersonFileError, DataRefused as a build does."""
    release = load_release(project, data)
    return QualityReport(release.package, release.computed)


def _percent(rows: pd.DataFrame) -> float:
    return round(100 * float(rows["number"].sum()) / float(rows["expected"].sum()), 1)

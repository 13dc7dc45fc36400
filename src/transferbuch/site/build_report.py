"""The report of a build: for people on the terminal, for the next build as `build-report.json` in the site."""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path

from transferbuch.editions.kernels import engine_name
from transferbuch.errors import EditionsFailed, Problem
from transferbuch.regions.keys import edition_folder
from transferbuch.site.audience import REPORT
from transferbuch.site.checks import overdue_json, review_lines
from transferbuch.site.edition import EditionResult
from transferbuch.transfer.objects import TransferObject
from transferbuch.vocabulary import PUBLIC

_OUTCOMES = {
    "ok": "built",
    "cached": "up to date",
    "kept": "kept as they were",
    "notebook failed": "failed (notebook)",
    "engine failed": "failed (engine)",
}


@dataclass(frozen=True)
class BuildReport:
    """Result of a build, one entry per edition of the site, sorted by key."""

    site: Path
    data_package: str
    gebietsstand: str
    editions: tuple[EditionResult, ...]
    portal: str = ""
    portal_inputs: str = ""
    audience: str = PUBLIC
    secrecy: str = ""
    """What the audit of own figures looked at, for people; not part of the written report."""
    overdue: tuple[TransferObject, ...] = ()
    """Transfer objects whose day of review is over; the written report holds slug and day."""

    def recap(self) -> list[str]:
        """Lines for people: totals first, then every failure with how to rerun it."""
        counts = {outcome: sum(one.outcome == outcome for one in self.editions) for outcome in _OUTCOMES}
        total = ", ".join(f"{count} {_OUTCOMES[outcome]}" for outcome, count in counts.items() if count)
        lines = [
            f"{len(self.editions)} editions: {total or 'no edition'}. Data package {self.data_package}, "
            f"Gebietsstand {self.gebietsstand}. Portal: {self.portal}."
        ]
        lines += [f"  {one.outcome} {one.ags} {one.name}: {one.why}" for one in self.editions if one.failed]
        if self.audience != PUBLIC:
            lines.append(f"Internal site ({self.audience}): publish it only behind the municipality's own login.")
        lines += [f"Secrecy of own figures: {self.secrecy}."] * bool(self.secrecy)
        if not engine_name():
            lines.append("This system cannot fork processes: each notebook started a kernel of its own, which is slow.")
        lines += [f"Overdue: {line}" for line in review_lines(self.overdue)]
        lines.append(f"The site is in {self.site}. To read it: transferbuch serve --out {self.site}")
        return lines

    def unchanged(self) -> "BuildReport":
        """What a build would report that finds nothing changed."""
        editions = tuple(dataclasses.replace(one, outcome="cached") for one in self.editions)
        return dataclasses.replace(self, editions=editions, portal="up to date")

    def raise_for_failures(self) -> None:
        """Raises EditionsFailed (exit 11) naming the failed editions, if there are any."""
        failed = [one for one in self.editions if one.failed]
        if failed:
            raise EditionsFailed(
                Problem(
                    f"kommunen/{edition_folder(one.ags)}",
                    0,
                    "",
                    f"the edition of {one.name} failed and is left out: {one.why}",
                    code="edition-failed",
                )
                for one in failed
            )


def write_report(path: Path, report: BuildReport) -> None:
    """Write what the next build and readers of the site may know."""
    content = {
        "audience": report.audience,
        "data_package": report.data_package,
        "gebietsstand": report.gebietsstand,
        "portal": report.portal,
        "portal_inputs": report.portal_inputs,
        "overdue": overdue_json(report.overdue),
        "editions": [dataclasses.asdict(one) for one in report.editions],
    }
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_report(site: Path) -> BuildReport | None:
    """Report of the site that is there; None if there is none or it is of another version (all is built then)."""
    try:
        content = json.loads((site / REPORT).read_text(encoding="utf-8"))
        return BuildReport(
            site,
            content["data_package"],
            content["gebietsstand"],
            tuple(EditionResult(**one) for one in content["editions"]),
            content["portal"],
            content["portal_inputs"],
            content["audience"],
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None

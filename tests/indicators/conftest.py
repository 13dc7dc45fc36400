"""Real figures that several tests of formulas use."""

import pytest

from transferbuch.data.importer import ImportReport
from transferbuch.data.observations import compute_observations
from transferbuch.data.sources import load_sources
from transferbuch.indicators.projection import PROJECTED_VARIABLES, Projection, project_population
from transferbuch.regions.register import load_register


@pytest.fixture(scope="session")
def real_projection(official: ImportReport) -> Projection:
    """Projection of Bund and Länder from the official files; figures of Kreise are not converted here."""
    observations = compute_observations(official.package, load_sources(), load_register())
    known = observations[observations["variable"].isin(PROJECTED_VARIABLES)]
    return project_population(known, [key for key in known["ags"].unique() if len(key) == 2])

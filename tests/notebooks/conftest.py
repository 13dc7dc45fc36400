"""Data slices of the embedded model region, made once by the real way from raw files to slice."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from transferbuch.data.corrections import load_corrections
from transferbuch.data.importer import import_files
from transferbuch.data.sources import load_sources
from transferbuch.editions.matches import matcher_of
from transferbuch.editions.own_figures import own_inputs, protect_own
from transferbuch.editions.parameters import Parameters, load_own_tables, load_parameters
from transferbuch.editions.plan import Edition
from transferbuch.editions.slice import write_slice
from transferbuch.editions.values import load_values
from transferbuch.indicators.catalogue import load_indicators
from transferbuch.project import Project
from transferbuch.regions.keys import CombinedAGS
from transferbuch.regions.reforms import DEFAULT_GEBIETSSTAND, Territory
from transferbuch.regions.register import combine, load_register
from transferbuch.transfer.loading import load_transfer_objects

ROOT = Path(__file__).parents[2]
EXPLORER = ROOT / "notebooks" / "erkunden.ipynb"  # no chapter: see tests/explorer
NOTEBOOKS = sorted(set((ROOT / "notebooks").glob("*.ipynb")) - {EXPLORER})


COMBINED = "99002+99057"
"""A combined territory that adds and declares the same as 99001."""


@pytest.fixture(scope="session")
def model_slice(slice_of) -> Callable[[str], Path]:
    """Folder `slice` of a municipality of the model region that chose nothing, in a working folder of its own."""
    return lambda ags: slice_of(ags, False)


@pytest.fixture(scope="session")
def declared_slice(slice_of) -> Callable[[str], Path]:
    """The same with what 99001 adds and declares in its parameters file."""
    return lambda ags: slice_of(ags, True)


@pytest.fixture(scope="session")
def slice_of(tmp_path_factory) -> Callable[[str, bool], Path]:
    folder = tmp_path_factory.mktemp("modellregion")
    package = import_files([ROOT / "data" / "modellregion" / "raw"], folder / "data").package
    sources, register = load_sources(), load_register()
    indicators = load_indicators(sources=sources)
    territory = Territory(register, DEFAULT_GEBIETSSTAND)
    corrections = load_corrections(sources, register)
    computed = load_values(
        package, sources, indicators, territory, corrections, folder / "cache", (), [CombinedAGS(COMBINED)]
    )
    project = Project(ROOT)
    parameters = load_parameters(project, register, {path.stem for path in NOTEBOOKS})
    own = protect_own(project, parameters, own_inputs(project, load_own_tables(project, parameters), computed.values))
    matcher = matcher_of(load_transfer_objects(ROOT / "book" / "transfer"), computed, register)

    chosen = parameters["99001"].for_public()

    def slice_of(ags: str, declared: bool) -> Path:
        target = folder / f"{ags}{'-declared' * declared}" / "slice"
        if not target.exists():
            kreis = combine(CombinedAGS(ags), "Bildungsregion Ohsetal") if "+" in ags else register[ags]
            goals = parameters[ags].goals if ags in parameters else ()
            given = chosen.model_copy(update={"ags": kreis.ags}) if declared else Parameters(ags=ags, goals=goals)
            edition = Edition(kreis, given, ())
            write_slice(
                target,
                edition,
                computed,
                package,
                sources,
                indicators,
                matcher,
                territory,
                own.tables_of(ags),
                own.areas.get(ags, ()),
            )
        return target

    return slice_of


@pytest.fixture
def working_folder(model_slice, tmp_path) -> Path:
    """A folder as an edition is run in: the notebooks beside `slice/` of the notebooks' own default municipality."""
    shutil.copytree(model_slice("99001"), tmp_path / "slice")
    for path in NOTEBOOKS:
        shutil.copy(path, tmp_path)
    return tmp_path

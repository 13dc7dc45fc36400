"""Makes the files of the fictional model region: `python data/modellregion/generate.py [--into FOLDER] [--own FOLDER]`.

Same register, same numpy → same bytes. Without options the committed files are replaced: the official ones in
data/modellregion/raw, those of the municipalities themselves in parameters/<ags>-<name>/.
"""

import argparse
from pathlib import Path

from model import planted
from model.official import write_classic, write_flat, write_flat_zip
from model.own_tables import write_own_tables
from model.places_map import write_kreise, write_stadtteile
from model.ready_made import write_ready_made
from model.tables import Model, simulate
from model.tables_more import more_tables
from model.tables_people import flat_files, people_tables
from model.tables_schools import school_tables
from model.tables_society import society_tables

RAW = Path(__file__).parent / "raw"
OWN = Path(__file__).parents[2] / "parameters"


def write_raw_files(model: Model, folder: Path) -> list[Path]:
    """Write all official files into `folder` (made if missing) and return them; other files there are left alone."""
    folder.mkdir(parents=True, exist_ok=True)
    for table in (*people_tables(model), *school_tables(model), *society_tables(model), *more_tables(model)):
        planted.plant(table)
        write_classic(folder, table.layout, model.world, table.times, table.cells)
    for layout, content, zipped in flat_files(model):
        (write_flat_zip if zipped else write_flat)(folder, layout, content)
    write_ready_made(model, folder)
    write_kreise(folder)
    return sorted(folder.iterdir())


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the files of the fictional model region.")
    parser.add_argument("--into", type=Path, default=RAW, help="folder for the official files (default: %(default)s)")
    parser.add_argument("--own", type=Path, default=OWN, help="folder for the own files (default: %(default)s)")
    arguments = parser.parse_args()
    model = simulate()
    files = [
        *write_raw_files(model, arguments.into),
        *write_own_tables(model, arguments.own),
        *write_stadtteile(arguments.own),
    ]
    print(f"{len(files)} files, {sum(file.stat().st_size for file in files):,} bytes")


if __name__ == "__main__":
    main()

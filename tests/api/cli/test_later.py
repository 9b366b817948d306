"""Modules that load when they are needed, in processes of their own."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import sys
sys.path.insert(0, {folder!r})
sys.loaded = []
from api.cli.later import postpone
import api.cli.later
api.cli.later.version = lambda name: "1.2"
postpone("slow", "never_installed")
"""


def run(folder, script):
    (folder / "slow").mkdir()
    (folder / "slow/__init__.py").write_text(
        "import sys\nsys.loaded.append(1)\n__version__ = '1.2'\n"
        "from slow import inner\nvalue = inner.seven\n"
    )
    (folder / "slow/inner.py").write_text("seven = 7\n")
    start = SCRIPT.format(folder=str(folder))
    done = subprocess.run(
        [sys.executable, "-c", start + script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_looking_for_it_and_its_version_loads_nothing(tmp_path):
    run(
        tmp_path,
        "import slow\nassert slow.__version__ == '1.2' and not sys.loaded\n"
        "assert slow.value == 7 and sys.loaded == [1]\n"
        "assert slow.inner.seven == 7 and type(slow).__name__ == 'module'\n"
        "assert 'never_installed' not in sys.modules",
    )


def test_a_submodule_and_a_name_load_it_whole(tmp_path):
    run(
        tmp_path,
        "import slow.inner\nassert sys.loaded == [1] and slow.value == 7\n"
        "from slow import value\nassert sys.loaded == [1]\n"
        "try:\n    slow.nothing\nexcept AttributeError:\n    pass\nelse:\n    raise SystemExit(1)",
    )


def test_two_threads_load_it_once(tmp_path):
    run(
        tmp_path,
        "from concurrent.futures import ThreadPoolExecutor\nimport slow\n"
        "with ThreadPoolExecutor(8) as pool:\n"
        "    assert list(pool.map(lambda _: slow.value, range(50))) == [7] * 50\n"
        "assert sys.loaded == [1]",
    )


def test_assigning_loads_no_pandas(shared, tmp_path):
    """What the start of ``wangge assign`` was cut by; pandas is there when something asks for it."""
    script = f"""
import sys
from pathlib import Path
from api.cli import build
from api.cli.console import translator
build(translator("en"), "assign")
from api.services.assign import assign
from geo.crs import Datum
done = assign(grids="{shared}/dc/dc.gpkg:ward", code="WARD", points="{shared}/dc/incidents.csv",
              lon="lon", lat="lat", datum=Datum("wgs84"), output=Path("{tmp_path}/out.csv"))
assert done.rows == 2898
heavy = ("pandas.", "geopandas.", "scipy.linalg.")
assert not [name for name in sys.modules if name.startswith(heavy)], sys.modules.keys()
import pandas
assert pandas.DataFrame({{"a": [1]}}).shape == (1, 1)
import geopandas
assert len(geopandas.read_file("{shared}/dc/dc.gpkg", layer="ward"))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr

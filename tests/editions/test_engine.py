"""The engine `transferbuch` gives the same notebook as papermill's own."""

import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import papermill
import pytest
from papermill.exceptions import PapermillException, PapermillExecutionError

from tests.editions.engines import STOCK, WARM, comparable, run, template, texts, write_notebook
from transferbuch.editions import execute
from transferbuch.editions.engine import WarmEngine
from transferbuch.editions.kernels import engine_name

pytestmark = pytest.mark.skipif(engine_name() is None, reason="processes are forked on Linux only")

SAME = {
    "prints": ["print('a')\nprint('b', flush=True)\nprint('c')\n1 + 1"],
    "prints errors between": ["import sys\nprint('a')\nprint('b', file=sys.stderr)\nprint('c')"],
    "result": ["{'b': 1, 'a': [2]}", "_['b'], _", "None", "3;"],
    "table": ["import pandas as pd\npd.DataFrame({'Wert': [1.5, None]}, index=['Talbrück', 'Ohsetal'])"],
    "figure": ["import plotly.graph_objects as go\ngo.Figure(go.Bar(x=['a'], y=[2]))"],
    "rich": [
        "from IPython.display import HTML, SVG, Markdown, display\ndisplay(HTML('<b>x</b>'), Markdown('*y*'))",
        "display({'text/plain': 'p', 'application/own+json': {'z': 1}}, metadata={'m': 1}, raw=True)",
        "SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>')",
    ],
    "handles": [
        "from IPython.display import display, update_display\nhandle = display('one', display_id='h')",
        "update_display('two', display_id='h')\n'last'",
        "other = display('three', display_id='o')\nother.update('four')\nother.display('five')",
    ],
    "clearing": [
        "from IPython.display import clear_output\nprint('a')\nclear_output()\nprint('b')",
        "print('a')\nclear_output(wait=True)\nprint('c')",
        "print('stays')\nclear_output(wait=True)",
    ],
    "error": ["def halve(x):\n    return x / 0\nprint('before')\nhalve(1)"],
    "error from error": ["try:\n    1 / 0\nexcept ZeroDivisionError as cause:\n    raise ValueError('Wert') from cause"],
    "syntax": ["if True\n    1"],
    "unknown magic": ["%nosuchmagic"],
    "error of a repr": ["class Broken:\n    def __repr__(self):\n        1 / 0\nBroken()"],
    "shell": ["!echo out; echo err >&2", "lines = !printf 'a\\nb\\n'\nlines", "%%bash\necho in bash\necho to err >&2"],
    "written to stdout": ["import os\nos.write(1, b'raw\\n')\nNone"],
    "written to stderr": ["import os\nos.write(2, 'für\\n'.encode())\nNone"],
    "program": ["import subprocess\nprint(subprocess.run(['echo', 'sub']).returncode, end='', file=open('/dev/null', 'w'))"],
    "slider": ["import ipywidgets\nslider = ipywidgets.IntSlider(3)\nslider", "slider.value = 5"],
    "picture": ["ipywidgets.Image(value=b'abc')"],
    "output widget": [
        "out = ipywidgets.Output()\nwith out:\n    print('inside')\n    display('shown')\nout",
        "print('outside', out.outputs)",
    ],
    "output widget cleared": ["out.clear_output()\nwith out:\n    print('again')", "out.outputs"],
    "interact": ["ipywidgets.interact(lambda x: print(x), x=3)\nNone"],
    "await": ["import asyncio\nawait asyncio.sleep(0.01)\nprint('slept')", "asyncio.get_running_loop().is_running()"],
    "task": ["async def later():\n    return 'done'\ntask = asyncio.create_task(later())", "await task"],
    "error while awaiting": ["async def fail():\n    raise KeyError('x')\nawait fail()"],
    "loop in loop": ["asyncio.run(asyncio.sleep(0))"],
    "magics": ["%%capture caught\nprint('x')", "caught.stdout", "%precision 2\n3.14159", "%who_ls int"],
    "magic for files": ["%%writefile written.txt\nabc", "%cat written.txt"],
    "nothing": ["", "  \n", "# only a comment"],
    "input": ["input('Name? ')"],
    "password": ["import getpass\ngetpass.getpass()"],
    "exit of Python": ["import sys\nsys.exit()", "sys.exit(3)"],
    "warnings": ["import warnings\nwarnings.warn('careful')\nimport logging\nlogging.warning('logged')"],
    "thread": ["import threading\nthread = threading.Thread(target=print, args=('from a thread',))\nthread.start()\nthread.join()"],
    "interrupt": ["import os, signal\nos.kill(os.getpid(), signal.SIGINT)"],
    "names": ["sorted(name for name in globals() if name.startswith('__'))", "__name__, __doc__"],
    "own classes": ["import pickle\nclass Own:\n    pass\ntype(pickle.loads(pickle.dumps(Own()))) is Own"],
    "own source": ["import inspect\ndef own():\n    return 1\nprint(inspect.getsource(own))"],
    "history": ["len(In), In[2] == In[-1]", "%history -l 1"],
    "chance": ["import random\nrandom.seed(1)\nrandom.random()", "import numpy\nnumpy.random.default_rng(1).random()"],
    "sums": ["matrix = numpy.arange(90000.0).reshape(300, 300) / 7\nfloat((matrix @ matrix).sum())"],
    "import paths": ["import sys\n[path for path in sys.path if not path.endswith('/tests')]"],
}
"""By name: cells that are run one after the other. One that fails does not end the notebook."""


@pytest.fixture(scope="module")
def cells_of(tmp_path_factory) -> Callable[[str, str | None], list[nbformat.NotebookNode]]:
    """The executed cells of a name in SAME, by either engine; all are run in one notebook, because starting takes time."""
    path = tmp_path_factory.mktemp("same") / "same.ipynb"
    write_notebook(path, *(source for sources in SAME.values() for source in sources), may_fail=True)
    executed = {engine: {cell.id: cell for cell in run(path, engine).cells} for engine in (WARM, STOCK)}
    numbers = iter(range(2, 1000))
    ids = {name: [f"cell-{next(numbers)}" for _ in sources] for name, sources in SAME.items()}
    return lambda name, engine: [executed[engine][cell_id] for cell_id in ids[name]]


@pytest.mark.parametrize("name", SAME)
def test_cells_have_the_same_outputs(cells_of, name):
    stock = comparable(cells_of(name, STOCK))
    assert any(cell["outputs"] for cell in stock) or name == "nothing"
    assert comparable(cells_of(name, WARM)) == stock

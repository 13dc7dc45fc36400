"""The engine `transferbuch` gives the same notebook as papermill's own."""

import json
import sys
from collections.abc import Callable

import nbformat
import papermill
import pytest
from papermill.exceptions import PapermillException
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
    "error from error": [
        "try:\n    1 / 0\nexcept ZeroDivisionError as cause:\n    raise ValueError('Wert') from cause"
    ],
    "syntax": ["if True\n    1"],
    "unknown magic": ["%nosuchmagic"],
    "error of a repr": ["class Broken:\n    def __repr__(self):\n        1 / 0\nBroken()"],
    "shell": ["!echo out; echo err >&2", "lines = !printf 'a\\nb\\n'\nlines", "%%bash\necho in bash\necho to err >&2"],
    "written to stdout": ["import os, time\nos.write(1, b'raw\\n')\ntime.sleep(0.3)"],
    "written to stderr": ["import os, time\nos.write(2, 'für\\n'.encode())\ntime.sleep(0.3)"],
    "program": ["import subprocess, time\nsubprocess.run(['echo', 'sub'])\ntime.sleep(0.3)"],
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
    "loop in loop": ["nap = asyncio.sleep(0)\ntry:\n    asyncio.run(nap)\nfinally:\n    nap.close()"],
    "magics": ["%%capture caught\nprint('x')", "caught.stdout", "%precision 2\n3.14159", "%who_ls int"],
    "magic for files": ["%%writefile written.txt\nabc", "%cat written.txt"],
    "nothing": ["", "  \n", "# only a comment"],
    "input": ["input('Name? ')"],
    "password": ["import getpass\ngetpass.getpass()"],
    "exit of Python": ["import sys\nsys.exit()", "sys.exit(3)"],
    "warnings": ["import warnings\nwarnings.warn('careful')\nimport logging\nlogging.warning('logged')"],
    "thread": [
        "import threading\nthread = threading.Thread(target=print, args=('from a thread',))",
        "thread.start()\nthread.join()",
    ],
    "interrupt": ["import os, signal\nos.kill(os.getpid(), signal.SIGINT)"],
    "names": ["sorted(name for name in globals() if name.startswith('__'))", "__name__, __doc__"],
    "own classes": ["import pickle\nclass Own:\n    pass\ntype(pickle.loads(pickle.dumps(Own()))) is Own"],
    "own source": ["import inspect\ndef own():\n    return 1\nprint(inspect.getsource(own))"],
    "history": ["len(In), In[2] == In[-1]", "%history -l 1"],
    "chance": ["import random\nrandom.seed(1)\nrandom.random()", "import numpy\nnumpy.random.default_rng(1).random()"],
    "sums": ["matrix = numpy.arange(90000.0).reshape(300, 300) / 7\nfloat((matrix @ matrix).sum())"],
    "import paths": ["import sys\n[path for path in sys.path if not path.endswith('/tests')]"],
}
"""By name: cells that are run one after the other. One that fails does not end the notebook.

A kernel reads what is written past `sys.stdout` in a thread of its own, which needs some time.
"""


@pytest.fixture(scope="module")
def cells_of(tmp_path_factory) -> Callable[[str, str | None], list[nbformat.NotebookNode]]:
    """The executed cells of a name in SAME, by either engine; all run in one notebook, because starting takes time."""
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


def test_a_notebook_that_fails_is_the_same_up_to_the_failing_cell(tmp_path):
    path = write_notebook(tmp_path / "fails.ipynb", "print('a')", "{}['Talbrück']", "print('never')")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(1, nbformat.v4.new_markdown_cell("# Titel", id="title"))
    notebook.cells.insert(2, nbformat.v4.new_raw_cell("raw", id="raw"))
    nbformat.write(notebook, path)
    warm, stock = run(path, WARM), run(path, STOCK)
    marks = [
        number for number, cell in enumerate(stock.cells) if "papermill-error-cell-tag" in cell.metadata.get("tags", [])
    ]
    for number in marks:  # papermill's own cells that point to the error have ids by chance
        stock.cells[number]["id"] = warm.cells[number]["id"]
    assert len(marks) == 2
    assert comparable(warm.cells) == comparable(stock.cells)
    assert warm.metadata == stock.metadata
    assert [cell.id for cell in warm.cells][-1] == "cell-4"
    assert warm.cells[-1].execution_count is None


def test_the_state_of_widgets_is_the_same(tmp_path):
    source = "import ipywidgets\nout = ipywidgets.Output()\nwith out:\n    print('x')\n"
    source += "ipywidgets.VBox([ipywidgets.IntSlider(3), out])"
    path = write_notebook(tmp_path / "widgets.ipynb", source, "ipywidgets.Image(value=b'abc')")
    states = []
    for engine in (WARM, STOCK):
        widgets = run(path, engine).metadata.widgets["application/vnd.jupyter.widget-state+json"]
        states.append([comparable(state) for state in widgets["state"].values()])
        states[-1].sort(key=json.dumps)  # they stand in the order of their ids
    assert states[0] == states[1]
    assert {"SliderStyleModel", "OutputModel", "ImageModel"} <= {state["model_name"] for state in states[0]}


def test_an_output_widget_takes_more_than_a_socket_holds(tmp_path):
    """Each answer to the widget repeats all that it shows; nobody may wait for the other to read."""
    source = "import ipywidgets\nout = ipywidgets.Output()\n"
    source += "with out:\n    for i in range(200):\n        print('x' * 1000, flush=True)"
    path = write_notebook(
        tmp_path / "widgets.ipynb", source, "len(out.outputs[0]['text'])", "with out:\n    1 / 0", "len(out.outputs)"
    )
    notebook = run(path, WARM, execution_timeout=20)
    assert [cell.outputs[0].data["text/plain"] for cell in notebook.cells[2::2]] == ["200200", "2"]


def test_what_programs_write_comes_after_what_the_cell_shows(tmp_path):
    """With a kernel it is chance: a thread reads the pipe while the cell goes on."""
    source = "import subprocess, sys\nsubprocess.run('echo sub; echo für >&2', shell=True)\nprint('printed')\n1"
    cell = run(write_notebook(tmp_path / "order.ipynb", source), WARM).cells[-1]
    shown = [output.get("text") or output.data["text/plain"] for output in cell.outputs]
    assert shown == ["printed\n", "1", "sub\n", "für\n"]


def test_processes_that_a_cell_forks_print_once(tmp_path):
    """A kernel's own engine breaks lines of processes at every word, so there is nothing to compare with."""
    pool = "import multiprocessing\ndef double(x):\n    print('got', x)\n    return 2 * x\nprint('begun')\n"
    pool += "with multiprocessing.get_context('fork').Pool(1) as workers:\n    print(workers.map(double, [1, 2]))"
    notebook = run(write_notebook(tmp_path / "pool.ipynb", pool), WARM)
    assert sorted(texts(notebook, "cell-2").splitlines()) == ["[2, 4]", "begun", "got 1", "got 2"]


def test_times_of_magics_are_printed(tmp_path):
    notebook = run(write_notebook(tmp_path / "time.ipynb", "%time sum(range(10))"), WARM)
    assert "Wall time" in texts(notebook, "cell-2")
    assert notebook.cells[-1].outputs[-1].data["text/plain"] == "45"


def test_half_a_character_is_printed_as_a_question_mark(tmp_path):
    """A kernel prints the error of its own machinery instead."""
    assert texts(run(write_notebook(tmp_path / "half.ipynb", "print('a\\ud800b')"), WARM), "cell-2") == "a?b\n"


def test_options_of_the_client_for_errors_have_their_effect(tmp_path):
    path = write_notebook(tmp_path / "options.ipynb", "1 / 0", "print('after')")
    assert texts(run(path, WARM), "cell-3") == ""
    assert texts(run(path, WARM, allow_errors=True), "cell-3") == "after\n"
    assert texts(run(path, WARM, allow_error_names=["ZeroDivisionError"]), "cell-3") == "after\n"


def test_a_notebook_in_another_language_is_refused(tmp_path):
    path = write_notebook(tmp_path / "r.ipynb", "1")
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}
    nbformat.write(notebook, path)
    with pytest.raises(PapermillException, match="runs notebooks in Python, this one is in R"):
        papermill.execute_notebook(str(path), None, engine_name=WARM, progress_bar=False)


@pytest.mark.parametrize(("platform", "engine"), [("linux", WARM), ("darwin", None), ("win32", None)])
def test_processes_are_forked_on_linux_only(monkeypatch, platform, engine):
    monkeypatch.setattr(sys, "platform", platform)
    assert engine_name() == engine


@pytest.mark.parametrize("engine", [WARM, STOCK])
def test_execute_uses_the_engine_of_the_machine(tmp_path, monkeypatch, engine):
    used = []
    monkeypatch.setattr(execute, "engine_name", lambda: engine)
    monkeypatch.setattr(WarmEngine, "execute_managed_notebook", _spy(used, WARM, WarmEngine))
    monkeypatch.setattr(
        papermill.engines.NBClientEngine,
        "execute_managed_notebook",
        _spy(used, STOCK, papermill.engines.NBClientEngine),
    )
    made = template(tmp_path / "kapitel.ipynb", "print(ags, data)", "import os\nprint(os.path.basename(os.getcwd()))")
    execute.execute_notebook(made, "99057", tmp_path, tmp_path / "out.ipynb")
    executed = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    assert used == [engine]
    assert texts(executed, "cell-2") + texts(executed, "cell-3") == f"99057 slice\n{tmp_path.name}\n"


def _spy(used, engine, kind):
    original = kind.execute_managed_notebook

    def spy(nb_man, kernel_name, **options):
        used.append(engine)
        return original(nb_man, kernel_name, **options)

    return spy

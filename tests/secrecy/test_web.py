"""Bounds and complementary suppression on tables small enough to work out by hand."""

import numpy as np
import pytest

from transferbuch.secrecy.audit import audit, find_breaches
from transferbuch.secrecy.complement import complete
from transferbuch.secrecy.web import Need, Web

SMALL = Need(1, 1, 3)


def table(numbers: list[list[float]], needs: dict[tuple[int, int], Need]) -> Web:
    """A two-way table with row totals, column totals and the grand total, all printed; costs are the cells' values."""
    grid = np.array(numbers, float)
    full = np.block([[grid, grid.sum(1, keepdims=True)], [grid.sum(0, keepdims=True), np.array([[grid.sum()]])]])
    web, (rows, columns) = Web(), full.shape
    for row in range(rows):
        for column in range(columns):
            name, value = (f"{row}", f"{column}"), float(full[row, column])
            number = web.variable(name, value)
            web.state([(number, 1)], value, value, name)
            web.costs[name] = value + 1
            if (row, column) in needs:
                web.needs[number] = needs[row, column]
                del web.costs[name]
    at = web.numbers
    for row in range(rows):
        terms = [(at[f"{row}", f"{column}"], 1.0) for column in range(columns - 1)]
        web.state([*terms, (at[f"{row}", f"{columns - 1}"], -1)], 0, 0, what="row")
    for column in range(columns):
        terms = [(at[f"{row}", f"{column}"], 1.0) for row in range(rows - 1)]
        web.state([*terms, (at[f"{rows - 1}", f"{column}"], -1)], 0, 0, what="column")
    return web


def test_one_hidden_cell_follows_from_the_total_of_its_row():
    web = table([[2, 10], [7, 9]], {(0, 0): SMALL})
    [breach] = find_breaches(web, {("0", "0")})
    assert breach.name == ("0", "0") and breach.low == breach.high == 2
    assert set(breach.cells) in (
        {("0", "1"), ("0", "2")},
        {("1", "0"), ("2", "0")},
        {("0", "1"), ("0", "2"), ("1", "0"), ("2", "0")},
    )


def test_a_secret_in_a_two_way_table_needs_a_rectangle_and_gets_the_cheapest():
    web = table([[2, 10, 30], [7, 9, 40], [50, 60, 70]], {(0, 0): SMALL})
    hidden = complete([web], {("0", "0")})
    assert hidden == {("0", "0"), ("0", "1"), ("1", "0"), ("1", "1")}
    assert not find_breaches(web, hidden)


def test_two_small_neighbours_alone_do_not_hide_each_other():
    # 1 + 2 of a total of 3: both lie between 0 and 3, and nobody needs more to know that they are small
    web = table([[1, 2], [20, 30], [40, 50]], {(0, 0): SMALL, (0, 1): SMALL})
    primary = {("0", "0"), ("0", "1")}
    assert {one.name for one in find_breaches(web, primary)} == primary
    hidden = complete([web], primary)
    assert hidden > primary and not find_breaches(web, hidden)


def test_a_cell_that_must_stay_open_is_never_chosen_and_impossible_is_said():
    web = table([[2, 10], [7, 9]], {(0, 0): SMALL})
    web.costs = {}
    with pytest.raises(ValueError, match="0 0 cannot be hidden"):
        complete([web], {("0", "0")})


def test_the_choice_is_the_same_each_time_and_nothing_superfluous_is_hidden():
    generator = np.random.default_rng(7)
    numbers = generator.integers(0, 30, (6, 7)).tolist()
    needs = {(r, c): SMALL for r, row in enumerate(numbers) for c, value in enumerate(row) if 0 < value < 3}
    assert needs
    primary = {(str(r), str(c)) for r, c in needs}
    first, again = (complete([table(numbers, needs)], primary) for _ in range(2))
    assert first == again
    web = table(numbers, needs)
    assert not find_breaches(web, first)
    for cell in first - primary:
        assert find_breaches(web, first - {cell}), f"{cell} is hidden for nothing"


def test_a_number_known_to_its_office_alone_is_protected_too():
    web = table([[2, 10], [7, 9]], {(0, 0): SMALL})
    number = web.numbers["0", "0"]
    web.values[number] = float("nan")
    hidden = complete([web], {("0", "0")})
    assert len(hidden) == 4 and not find_breaches(web, hidden)


def test_the_audit_says_what_it_looked_at():
    web = table([[2, 10], [7, 9]], {(0, 0): SMALL})
    found = audit([web], {("0", "0")})
    assert (found.cells, found.equations, found.secrets) == (8, 8 + 6, 1)
    assert found.line().endswith("1 can be found out")


def test_figures_that_contradict_each_other_are_no_protection():
    web = table([[2, 10], [7, 9]], {(0, 0): SMALL})
    web.state([(web.numbers["0", "1"], 1)], 11, 11, ("other", "table"))
    with pytest.raises(ValueError, match="contradict"):
        find_breaches(web, {("0", "0")})

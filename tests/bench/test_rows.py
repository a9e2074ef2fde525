"""Every row of `make bench` runs and measures something; no ratio is asserted here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.console import Console

from bench.catalogue import ROWS, measure
from bench.sizes import Sizes
from bench.table import table_of, write_json

TINY = Sizes(
    rounds=1,
    drivers=4,
    replies=4,
    requests=12,
    due=(5,),
    crowd=20,
    few=5,
    idle_ticks=2,
    history=20,
    history_due=5,
    handovers=4,
    mails=10,
    waiting=40,
    within=1.0,
    watched=0.5,
)


@pytest.mark.parametrize("row", ROWS)
def test_every_row_measures_something_and_shows_it(row: str, tmp_path: Path) -> None:
    figures = measure(row, TINY)
    assert figures
    assert all(figure.row == row and figure.value > 0 for figure in figures)
    Console(quiet=True).print(table_of(figures))
    write_json(tmp_path / "figures.json", figures, TINY)
    kept = json.loads((tmp_path / "figures.json").read_text())
    assert [f["what"] for f in kept["figures"]] == [f.what for f in figures]

"""The table of faults stays true to the tree; planting them all is a command."""

from __future__ import annotations

import pytest

from tests.planted.faults import FAULTS, ROOT, Fault


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_place_of_each_fault_is_there_once(fault: Fault) -> None:
    for place in fault.places():
        assert (ROOT / place.file).read_text().count(place.sound) == 1
    assert all((ROOT / tests).exists() for tests in fault.noticed_by)

"""Phone numbers: one normal form, international numbers only, possible rather than valid."""

import pytest

from core.intake.phones import normalise_phone


@pytest.mark.parametrize(
    "text",
    [
        "+447700900001",
        " +44 7700 900-001 ",
        "+44 (0)7700 900001",
        "+44.7700.900001",
        "00447700900001",
        "＋４４７７００９００００１",  # noqa: RUF001 full width, as some phones type it
        "+44\u00a07700\u2011900001",
    ],
)
def test_every_way_to_write_a_number_has_one_normal_form(text: str) -> None:
    assert normalise_phone(text) == "+447700900001"


@pytest.mark.parametrize(
    "text",
    ["", "07700900001", "+44", "+1800FLOWERS", "+447700900001 ext 5", "+999123456789", "+" * 90],
)
def test_what_is_no_international_number_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(ValueError, match=r"country code like \+447700900001$") as refused:
        normalise_phone(text)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 150

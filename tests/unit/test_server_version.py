"""Which versions of ClickHouse a warning is due for."""

import pytest

from projections.server_version import MENDED, version_warning

SAFE = (
    "26.3.22.6", "26.3.22.7", "26.3.23.1", "26.5.8.18", "26.5.9.0", "26.6.4.10", "26.7.6.5", "26.7.10.1",
    "26.8.1.1", "26.9.2.1", "26.10.1.1", "27.1.1.1", "100.1",
    "26.3.22.6.altinitystable", "26.7.6.5-lts", "v26.9.2.1", " 26.9.2.1\n", "26.8", "26.9.2.1 (official build)",
)  # fmt: skip
VULNERABLE = (
    "26.3.22.5", "26.3.9.99", "26.3.1.1", "26.3", "26.4.99.99", "26.5.8.17", "26.5.7.99", "26.6.4.9", "26.6.3.11",
    "26.7.6.4", "26.7", "25.8.30.1", "24.12.1.1", "26.2.99.99", "3.26.7.6", "26.3.22.5.altinitystable", "26.7.5.9-lts",
)  # fmt: skip
ODD = ("", "latest", "26", "26.", "x26.9.1.1", "26.9.2.1.5.6", "26..9", "٢٦.٩.x", "-26.9.2.1")


@pytest.mark.parametrize("version", SAFE)
def test_a_mended_version_is_fine(version: str) -> None:
    assert version_warning(version) is None


@pytest.mark.parametrize("version", VULNERABLE)
def test_an_older_one_of_its_line_is_warned_of_with_what_to_update_to(version: str) -> None:
    warning = version_warning(version)
    assert warning is not None
    assert "26.3.22.6, 26.5.8.18, 26.6.4.10, 26.7.6.5 or a newer line" in warning
    assert "\n" not in warning


@pytest.mark.parametrize("version", ODD)
def test_what_is_no_version_is_told_as_such(version: str) -> None:
    warning = version_warning(version)
    assert warning is not None
    assert "not understood" in warning


@pytest.mark.parametrize("line", MENDED)
def test_each_line_s_first_mended_version_is_the_first_one_without_a_warning(line: tuple[int, int]) -> None:
    third, fourth = MENDED[line]
    assert version_warning(f"{line[0]}.{line[1]}.{third}.{fourth}") is None
    assert version_warning(f"{line[0]}.{line[1]}.{third}.{fourth - 1}")
    assert version_warning(f"{line[0]}.{line[1]}.{third - 1}.99")

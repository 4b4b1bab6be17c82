"""The guides to the tracker answer what they print."""

import doctest
from pathlib import Path

import pytest

GUIDES = Path(__file__).parents[2] / "docs" / "guide"


@pytest.mark.parametrize("name", ["tracker", "stonesoup"])
def test_the_python_in_the_guide_gives_what_it_shows(name):
    failed, tried = doctest.testfile(str(GUIDES / f"{name}.md"), module_relative=False)
    assert tried > 10
    assert failed == 0

"""States know their frame and refuse the wrong company."""

import numpy as np
import pytest

from jointwatch.earth.states import Ecef, Gcrs, Teme, joined

ONE = np.arange(6.0)


@pytest.mark.parametrize(("left", "right"), [(Ecef, Gcrs), (Ecef, Teme), (Gcrs, Teme), (Teme, Ecef)])
def test_states_of_two_frames_do_not_subtract(left: type, right: type) -> None:
    with pytest.raises(TypeError, match=f"got {left.__name__} minus {right.__name__}; convert one of them first"):
        left(ONE) - right(ONE)


def test_an_array_without_a_frame_is_no_state() -> None:
    with pytest.raises(TypeError, match="got ndarray minus Ecef"):
        np.zeros((1, 6)) - Ecef(ONE)
    with pytest.raises(TypeError, match="got Ecef minus ndarray"):
        Ecef(ONE) - np.zeros((1, 6))
    with pytest.raises(TypeError, match="do not add up"):
        Ecef(ONE) + Ecef(ONE)


def test_states_of_one_frame_subtract_to_an_array() -> None:
    difference = Ecef(2 * ONE) - Ecef(ONE)
    assert isinstance(difference, np.ndarray)
    assert difference.tolist() == [ONE.tolist()]


def test_the_array_comes_out_as_rows_of_six_floats() -> None:
    states = Ecef(np.arange(12).reshape(2, 6)[:, ::1])
    assert states.pos_vel.dtype == np.float64
    assert states.pos_vel.flags["C_CONTIGUOUS"]
    assert states.r_m[1].tolist() == [6, 7, 8]
    assert states.v_m_s[1].tolist() == [9, 10, 11]
    assert len(states[states.r_m[:, 0] > 3]) == 1
    assert len(states[0]) == 1
    assert len(joined([states, Ecef(ONE)])) == 3
    assert len(joined([])) == 0


@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 2, 6), (0,)])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"Ecef wants an array \(n, 6\)"):
        Ecef(np.zeros(shape))

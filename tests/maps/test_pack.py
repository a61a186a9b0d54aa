import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from maps.pack import pack_column, pack_fixes, zigzag
from maps.view import Fixes, no_fixes
from tests.maps.unpacking import unpack_column, unpack_fixes
from tests.maps.views import START_US, crowd

INTEGERS = st.lists(st.integers(-(2**31) + 1, 2**31 - 1), max_size=50)
ROWS = st.lists(
    st.tuples(
        st.integers(0, 999_999_999),
        st.integers(0, 10 * 365 * 86_400),
        st.floats(-90, 90),
        st.floats(-180, 180),
        st.floats(0, 102.2) | st.just(float("nan")),
        st.floats(0, 359.9) | st.just(float("nan")),
    ),
    max_size=40,
)


@given(INTEGERS)
def test_a_column_comes_back_as_it_was(numbers: list[int]) -> None:
    assert unpack_column(pack_column(np.array(numbers, np.int64))).tolist() == numbers


@given(st.integers(-(2**40), 2**40))
def test_zigzag_keeps_small_magnitudes_small(number: int) -> None:
    assert int(zigzag(np.array([number]))[0]) in (2 * number, -2 * number - 1)


@given(ROWS)
def test_positions_come_back_to_a_metre_a_second_and_half_a_step(rows: list[tuple[float, ...]]) -> None:
    columns = list(zip(*sorted(rows, key=lambda row: row[:2]), strict=True)) if rows else [()] * 6
    mmsi, seconds, lat, lon, sog, cog = (np.array(column, float) for column in columns)
    fixes = Fixes(
        mmsi=mmsi.astype(np.int64),
        time_us=START_US + seconds.astype(np.int64) * 1_000_000,
        lat=lat,
        lon=lon,
        sog_kn=sog,
        cog_deg=cog,
    )
    back = unpack_fixes(pack_fixes(fixes, START_US), fixes.mmsi, START_US)
    assert back.time_us.tolist() == fixes.time_us.tolist()
    np.testing.assert_allclose(back.lat, lat, atol=0.6e-5)
    np.testing.assert_allclose(back.lon, lon, atol=0.6e-5)
    np.testing.assert_allclose(back.sog_kn, sog, atol=0.051)
    np.testing.assert_allclose(back.cog_deg, cog, atol=0.51)


def test_no_positions_make_empty_columns() -> None:
    assert set(pack_fixes(no_fixes(), START_US).values()) == {""}


def test_a_position_of_a_steady_track_takes_about_seven_bytes() -> None:
    fixes = crowd(20_000, vessels=10)
    assert sum(map(len, pack_fixes(fixes, START_US).values())) / len(fixes) < 10

import base64

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.zones.unpacking import unpacked
from zones.packing import pack, varints

corner = st.tuples(st.integers(-1_800_000, 1_800_000), st.integers(-900_000, 900_000))
outline = st.lists(corner, min_size=3, max_size=12, unique=True)


@given(st.lists(outline, max_size=5))
def test_unpacking_gives_the_packed_rings_again(rings):
    closed = [np.array([*ring, ring[0]]) / 10_000 for ring in rings]
    back = unpacked(pack(closed))
    assert [sorted(map(tuple, np.rint(ring * 10_000).astype(int).tolist())) for ring in back] == [
        sorted(ring) for ring in rings
    ]


def test_repeated_points_and_crumbs_are_left_out():
    crumb = np.array([[12.00001, 33.0], [12.00002, 33.0], [12.0, 33.00001], [12.00001, 33.0]])
    square = np.array([[0.0, 0], [0, 0], [1, 0], [1, 1], [0, 1], [0, 0]])
    (ring,) = unpacked(pack([crumb, square]))
    assert len(ring) == 4


def test_nothing_packs_to_nothing():
    assert pack([]) == ""


def test_varints_are_the_usual_ones():
    assert varints(np.array([0, 1, 127, 128, 300])) == bytes([0, 1, 127, 0x80, 1, 0xAC, 2])
    assert base64.b64decode(pack([np.array([[0, 0], [1e-4, 0], [0, 1e-4]])])) == bytes([3, 0, 0, 2, 0, 1, 2])

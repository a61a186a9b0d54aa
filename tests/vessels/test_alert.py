"""The order in which alerts are read."""

import itertools

from vessels.alert import rank


def test_distress_comes_first_then_severity_then_safety_before_interest_then_the_newest():
    alerts = [
        ("distress", "minor", 1),
        ("interest", "severe", 1),
        ("safety", "moderate", 1),
        ("interest", "moderate", 9),
        ("interest", "moderate", 8),
        ("system", "moderate", 9),
    ]
    assert all(rank(*first) < rank(*second) for first, second in itertools.pairwise(alerts))

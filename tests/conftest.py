"""Fixtures everybody shares.

Real AIS lies beside the checkout (or where VOI_TEST_DATA says) and is never committed: without it those tests skip,
saying so. Programs (gpsdecode, Chromium, mosquitto) skip too, unless VOI_REQUIRE_ALL=1, which makes a missing one fail.
Tests that fetch from the network are left out, unless VOI_TEST_NETWORK=1.
"""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("voi", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
settings.register_profile("soak", settings.get_profile("voi"), max_examples=5000, derandomize=False)
settings.load_profile("voi")

REPOSITORY = Path(__file__).resolve().parents[1]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs the network unless it is asked for."""
    left_out = [item for item in items if item.get_closest_marker("network")]
    if left_out and os.environ.get("VOI_TEST_NETWORK") != "1":
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    folder = Path(os.environ.get("VOI_TEST_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real AIS at {folder}; set VOI_TEST_DATA")
    return folder


def program(*names: str) -> str:
    """Return the path of the first program found; skip without it, or fail where everything is required."""
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        message = f"{names[0]} is not installed"
        if os.environ.get("VOI_REQUIRE_ALL") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return found


@pytest.fixture(scope="session")
def gpsdecode() -> str:
    return program("gpsdecode")


@pytest.fixture(scope="session")
def chromium() -> str:
    return program("chromium", "chromium-browser", "google-chrome")

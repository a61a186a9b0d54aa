"""The command line as a process that a test may kill, with flushes so small that a short story takes many."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from pipelines.store.state import STATE_FILE, open_store

REPOSITORY: Final = Path(__file__).resolve().parents[2]
LOOK_S: Final = 0.02  # between two looks at what a process has done
FLUSH_S: Final = 0.3  # of `voi watch`
PROGRAM: Final = f"""
import sys
from pipelines import watch
from pipelines.cli import main
from pipelines.feeds import file
file.BLOCK_BYTES = 1 << 14
watch.FLUSH_S = {FLUSH_S}
sys.exit(main())
"""


def voi(store: Path, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    """Start a command on a store."""
    command = [sys.executable, "-c", PROGRAM, *arguments]
    environment = os.environ | {"VOI_STORE": str(store), "VOI_FLUSH_ROWS": "300", "PYTHONPATH": str(REPOSITORY)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)


def until(condition: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Wait until a condition holds or the process has ended."""
    while not condition() and process.poll() is None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(LOOK_S)


def flushes(root: Path) -> int:
    """Return how many flushes a store has committed."""
    if not (root / STATE_FILE).exists():
        return 0
    with open_store(root, create=False) as store:
        return int(store.meta("seq") or 0)


def segments(root: Path) -> int:
    """Return how many segments lie in a store, listed or not."""
    return len(list(root.glob("*/day=*/*.parquet")))

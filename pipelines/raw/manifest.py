"""The manifest of a raw archive: a line a closed hour, with the digest of its file, and the check against it.

`manifest.jsonl` in the folder of the archive is only added to; a file it does not list is still written to, or was left
by a watch that was stopped, and is listed by the next one.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from pipelines.store.maintain import Finding

NAME: Final = "manifest.jsonl"
SUFFIX: Final = ".nmea.zst"


@dataclass(frozen=True, slots=True)
class Entry:
    """A closed hour of one source. `file` is relative to the archive; `first` and `last` are ISO 8601, of receipt."""

    file: str
    source: str
    bytes: int
    sentences: int
    first: str
    last: str
    sha256: str


def listed(folder: Path) -> dict[str, Entry]:
    """Return the entries of an archive, by file."""
    path = folder / NAME
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return {entry.file: entry for entry in (Entry(**json.loads(line)) for line in lines)}


def mend(folder: Path) -> None:
    """Take away the end of a line that a kill tore."""
    path = folder / NAME
    if path.exists() and (text := path.read_bytes()) and not text.endswith(b"\n"):
        os.truncate(path, text.rfind(b"\n") + 1)


def add(folder: Path, entry: Entry) -> None:
    """List a closed hour."""
    with (folder / NAME).open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(entry), ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def hours(folder: Path) -> list[Path]:
    """Return the files of an archive, oldest first for every source."""
    return sorted(folder.glob(f"*/*{SUFFIX}"))


def check(folder: Path) -> Iterator[Finding]:
    """Yield what is not as the manifest says."""
    for entry in listed(folder).values():
        path = folder / entry.file
        if not path.exists():
            yield Finding("fault", str(path), f"missing; {entry.sentences:,} sentences are lost")
        elif path.stat().st_size != entry.bytes or _sha256(path) != entry.sha256:
            yield Finding("fault", str(path), "is not what was written: its size or sha256 is another")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

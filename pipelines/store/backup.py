"""Backups: a folder that is a store again when it is restored, consistent although an ingest writes meanwhile.

SQLite's own online backup copies the state file as it was at one moment; the segments it lists never change, so that a
hard link is a copy (on another disk they are copied). A manifest with a SHA-256 of every file tells later whether
all is still there. A backup gets its name when it is complete.
"""

import hashlib
import json
import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq

from pipelines.errors import StoreError
from pipelines.store.segments import sync_folder
from pipelines.store.state import SCHEMA_VERSION, STATE_FILE, Store, on_disk, translated

MANIFEST: Final = "manifest.json"
_UNFINISHED: Final = ".unfinished"


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds. `bytes` without the state file; `watermark` in microseconds UTC."""

    path: Path
    segments: int
    rows: int
    bytes: int
    watermark: int | None


def backup(store: Store, dest: Path) -> Backup:
    """Copy a store into a new folder and verify it. Raises `StoreError`; then nothing is left under that name."""
    dest = Path(dest).resolve()
    with on_disk(dest):
        unfinished = _begun(dest)
        try:
            _copy_state(store, unfinished / STATE_FILE)
            segments = _segments(unfinished / STATE_FILE)
            for segment in segments:
                _link(store.root / segment["path"], unfinished / segment["path"])
            files = [_fact(unfinished, segment["path"], segment["rows"]) for segment in segments]
            _write_manifest(unfinished, files)
            return _finished(unfinished, dest)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise


def restore(source: Path, dest: Path) -> Backup:
    """Copy a backup, once verified, into a new store. Raises `StoreError` for one that is damaged or not complete."""
    source, dest = Path(source).resolve(), Path(dest).resolve()
    files = _verified(source)
    with on_disk(dest):
        unfinished = _begun(dest)
        try:
            for file in files:
                (unfinished / file["path"]).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source / file["path"], unfinished / file["path"])
            shutil.copyfile(source / MANIFEST, unfinished / MANIFEST)
            _verified(unfinished)
            (unfinished / MANIFEST).unlink()
            return _finished(unfinished, dest)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise


def _begun(dest: Path) -> Path:
    """Make the folder in which a copy is put together, beside the one it will be."""
    if dest.exists() and (not dest.is_dir() or any(dest.iterdir())):
        raise StoreError(f"{dest} is there already; name a new or empty folder")
    unfinished = dest.with_name(dest.name + _UNFINISHED)
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700, parents=True)
    return unfinished


def _copy_state(store: Store, path: Path) -> None:
    with translated(store.root), closing(sqlite3.connect(path)) as copy:
        store.conn.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file; opening the store turns it back


def _segments(state: Path) -> list[dict[str, Any]]:
    with translated(state.parent), closing(sqlite3.connect(state)) as conn:
        return [
            dict(zip(("path", "rows"), row, strict=True)) for row in conn.execute("SELECT path, rows FROM segments")
        ]


def _link(path: Path, copy: Path) -> None:
    """Give a segment a second name; copy it where the disk is another."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path, copy)
    except FileNotFoundError as error:
        raise StoreError(f"{path}: missing; see `voi store check`") from error
    except OSError:
        shutil.copyfile(path, copy)


def _fact(root: Path, path: str, rows: int | None) -> dict[str, Any]:
    """Return what the manifest says of a file, having looked whether it holds what it should."""
    with (root / path).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    if rows is not None and (found := pq.read_metadata(root / path).num_rows) != rows:
        raise StoreError(f"{root / path}: {found} rows where {rows} were written; see `voi store check`")
    return {"path": path, "sha256": digest, "bytes": (root / path).stat().st_size, "rows": rows}


def _write_manifest(root: Path, segments: list[dict[str, Any]]) -> None:
    files = [_fact(root, STATE_FILE, None), *segments]
    with (root / MANIFEST).open("w", encoding="utf-8") as file:
        json.dump({"schema": SCHEMA_VERSION, "files": files}, file, indent=1)
        file.flush()
        os.fsync(file.fileno())


def _verified(root: Path) -> list[dict[str, Any]]:
    """Return the files that a backup's manifest names, all of them there and unchanged."""
    try:
        files = json.loads((root / MANIFEST).read_text("utf-8"))["files"]
        changed = [each["path"] for each in files if _changed(root, each)]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{root}: no whole backup ({error}); give a folder that `voi store backup` made") from error
    if changed:
        raise StoreError(f"{root}: damaged: {', '.join(changed[:5])}; use another backup")
    assert isinstance(files, list)
    return files


def _changed(root: Path, file: dict[str, Any]) -> bool:
    path = (root / file["path"]).resolve()
    if not path.is_relative_to(root):
        raise ValueError(f"{file['path']} lies outside")
    if not path.is_file():
        return True
    with path.open("rb") as content:
        return bool(hashlib.file_digest(content, "sha256").hexdigest() != file["sha256"])


def _finished(unfinished: Path, dest: Path) -> Backup:
    """Give a complete copy its name, and tell what it holds."""
    with translated(unfinished), closing(sqlite3.connect(unfinished / STATE_FILE)) as conn:
        count, rows, size = conn.execute(
            "SELECT count(*), coalesce(sum(rows), 0), coalesce(sum(bytes), 0) FROM segments"
        ).fetchone()
        watermark = conn.execute("SELECT value FROM meta WHERE key = 'watermark'").fetchone()
    unfinished.rename(dest)
    sync_folder(dest.parent)
    return Backup(dest, count, rows, size, json.loads(watermark[0]) if watermark else None)

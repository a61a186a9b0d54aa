"""Keys and passwords: from the environment, or from a file that the environment names; never from a URL."""

import os
from pathlib import Path

from pipelines.errors import PipelineError


def secret(name: str) -> str | None:
    """Return what the variable `name` holds, or the file that `name_FILE` names; null without either."""
    if value := os.environ.get(name, "").strip():
        return value
    if not (path := os.environ.get(f"{name}_FILE", "")):
        return None
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise PipelineError(f"{name}_FILE={path}: {error}; name a readable file that holds it") from None

"""What can be wrong with rules, said so that an analyst can mend it."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from pipelines.errors import PipelineError

_ALIKE = 0.6  # difflib ratio from which two words count as a slip of the keyboard; chosen: its default


class ConditionError(ValueError):
    """A condition that is not in the language: what, at which column of the condition, and what is allowed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong (error) or doubtful (warning) in a rule file. `line` is null when it could not be found."""

    file: str
    line: int | None
    where: str
    problem: str
    level: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}, line {self.line}"
        return f"{place}, {self.where}: {self.problem}" if self.where else f"{place}: {self.problem}"


class RuleError(PipelineError):
    """A rule file that is refused; `findings` holds every fault of it."""

    exit_code = 2

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = tuple(findings)


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ` (did you mean 'x'?)` for the known word most like this one, or nothing."""
    by_small = {name.lower(): name for name in known}
    alike = difflib.get_close_matches(word.lower(), by_small, n=1, cutoff=_ALIKE)
    return f" (did you mean '{by_small[alike[0]]}'?)" if alike else ""

"""What a study is to run: how many forms, for whom, and which numbers they have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kit.calibration.forms import Number, numbers


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a study is to run."""

    forms: int
    """Forms on which findings are scored."""
    pipelines: int
    """Of these, the first so many on which pipelines are run as well."""
    persons: int
    """Simulated persons whose findings are scored."""
    twice: int = 2
    """Forms on which one submission is run and graded a second time."""
    form: str = "standard"
    level: str = "mid"
    scenarios: tuple[str, ...] = ()
    """Empty: all."""
    who: tuple[str, ...] = ()
    """Candidates that take part, skilled and gamers; empty: all."""
    jobs: int = 2
    """Forms that are worked on at once."""
    screened: bool = False
    """Whether a screen takes part that is fitted on the other forms and their keys. Forms stay on disk until it has sat them."""

    @property
    def about(self) -> dict[str, Any]:
        """What must stay the same in one workspace."""
        return {"form": self.form, "level": self.level, "scenarios": list(self.scenarios)}

    @property
    def numbers(self) -> list[Number]:
        """The forms, whole ones first: they take longest, so that no core is idle for long at the end."""
        return numbers(forms=self.forms, whole=self.pipelines, only=self.scenarios)

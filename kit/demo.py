"""The main job, shown once from end to end: a vault, a take-home, two submissions of it, two grades.

One submission is the take-home as the candidate received it. The other is careful: a persona writes it from the vault's key, since nothing that is
shipped finds faults from the take-home alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graders.model import Scorecard
from kit.assess import Graded, assess
from kit.doctor import usable_cores
from kit.errors import InputError, InternalError, unwritable
from kit.issue import Progress, check_choices, issue
from kit.personas import careful, inherited
from kit.runtime import runtime_for
from kit.sandbox.choose import choose
from kit.sandbox.model import Sandbox, SandboxUnavailable
from kit.vault import Vault

INHERITED_BELOW = 25.0
CAREFUL_ABOVE = 85.0
UNSANDBOXED = (
    "NO SANDBOX: this machine has no working sandbox, so the demo ran its own two submissions with your rights, unprotected."
    " `takehome grade` refuses to do that with a candidate's. `takehome doctor` says how to mend it."
)


@dataclass(frozen=True, kw_only=True)
class Demo:
    """What a demo run left and how it came out."""

    secret: str
    """Hexadecimal; `--secret` repeats the run."""
    sandboxed: bool
    vault: Path
    takehome: Path
    takehome_zip: Path
    inherited: Graded
    careful: Graded

    @property
    def inherited_card(self) -> Scorecard:
        return _card(self.inherited)

    @property
    def careful_card(self) -> Scorecard:
        return _card(self.careful)

    def places(self) -> dict[str, Path]:
        """Where everything is, by what it is."""
        found = {"take-home folder": self.takehome, "take-home zip": self.takehome_zip, "vault": self.vault}
        for name, graded in (("as handed over", self.inherited), ("careful", self.careful)):
            assert graded.folder is not None
            found[f"{name}: scorecard"] = graded.folder / "scorecard.json"
            found[f"{name}: report"] = graded.folder / "report.html"
        return found

    def problems(self) -> list[str]:
        """What a run must show and did not, in words; empty when all is well."""
        low, high = self.inherited_card.total, self.careful_card.total
        again = f"Repeat with --secret {self.secret} and report it."
        found = []
        if not low < INHERITED_BELOW:
            found.append(f"the pipeline as handed over must score below {INHERITED_BELOW:g}; it scored {low:.1f}. {again}")
        if not high > CAREFUL_ABOVE:
            found.append(f"the careful submission must score above {CAREFUL_ABOVE:g}; it scored {high:.1f}. {again}")
        return found

    def to_dict(self) -> dict[str, Any]:
        """Plain data for `--json`."""
        return {
            "secret": self.secret,
            "sandboxed": self.sandboxed,
            "takehome": str(self.takehome),
            "takehome_zip": str(self.takehome_zip),
            "vault": str(self.vault),
            "inherited": self.inherited.to_dict(),
            "careful": self.careful.to_dict(),
            "problems": self.problems(),
        }


def run(
    out: Path,
    *,
    secret: bytes | None = None,
    form: str = "standard",
    scenario: str | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
    warn: Callable[[str], None] = lambda text: None,
) -> Demo:
    """Run the demo in a new folder below `out`. `warn` is called when there is no sandbox, before anything runs unprotected."""
    if form == "long":
        raise InputError("--form of a demo must be short or standard; got 'long'")
    check_choices(scenario=scenario, form=form, level=None)
    tell = progress or (lambda stage, fraction: None)
    here = _new_folder(out)
    tell("choosing a sandbox", None)
    sandbox, sandboxed = _choose(warn)
    tell("preparing the runtime", None)
    jobs = jobs or usable_cores()
    runtime = runtime_for(sandbox, progress=tell)
    vault = Vault.create(here / "vault", secret=secret)
    issued = issue(vault, "demo", out=here / "takehome", scenario=scenario, form=form, progress=tell)
    sealed = vault.form(issued.id)
    tell("writing two submissions", None)
    submissions = [
        persona.write(issued.folder, sealed.folder, here / "submissions" / name) for name, persona in (("inherited", inherited), ("careful", careful))
    ]
    graded = assess(vault, submissions, sandbox=sandbox, runtime=runtime, jobs=jobs, progress=tell)
    return Demo(
        secret=vault.secret.value.hex(),
        sandboxed=sandboxed,
        vault=vault.root,
        takehome=issued.folder,
        takehome_zip=issued.zip,
        inherited=graded[0],
        careful=graded[1],
    )


def _choose(warn: Callable[[str], None]) -> tuple[Sandbox, bool]:
    try:
        return choose(allow_unsandboxed=False, remark=warn), True
    except SandboxUnavailable as error:
        warn(f"{UNSANDBOXED}\n{error}")
        return choose(allow_unsandboxed=True), False


def _new_folder(out: Path) -> Path:
    try:
        out.mkdir(parents=True, exist_ok=True)
        number = max((int(each.name.removeprefix("run-")) for each in out.glob("run-*") if each.name.removeprefix("run-").isdigit()), default=0) + 1
        folder = out.resolve() / f"run-{number}"
        folder.mkdir()
        (folder / "submissions").mkdir()
    except OSError as error:
        raise unwritable(out, error) from error
    return folder


def _card(graded: Graded) -> Scorecard:
    if graded.scorecard is None:
        raise InternalError(f"the demo's own submission {graded.source} must be graded; it was not: {graded.error}")
    return graded.scorecard

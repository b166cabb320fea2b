"""`takehome calibrate`."""

from __future__ import annotations

import functools
import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kit.commands.common import Display, command, emit, progress_display, remark, say, shown
from kit.errors import InputError, one_of
from kit.issue import DEFAULTS, check_choices

if TYPE_CHECKING:
    from kit.calibration.forms import Number
    from kit.calibration.plan import Plan

WHOLE = 15
"""About how much longer a form takes on which pipelines are run."""
SCREENED = 0.1
"""About how much of its time a form takes once more where a screen sits it last."""


@click.command("calibrate")
@click.option(
    "--work", type=click.Path(path_type=Path), default=Path("calibration"), show_default=True, metavar="FOLDER", help="Where the study is kept."
)
@click.option("--forms", type=click.IntRange(min=1), default=4, show_default=True, help="Forms on which everybody's findings are scored.")
@click.option("--pipelines", type=click.IntRange(min=0), default=2, show_default=True, help="Of these, how many on which pipelines are run, too.")
@click.option("--persons", type=click.IntRange(min=0), default=100, show_default=True, help="Simulated persons whose findings are scored.")
@click.option("--screen", is_flag=True, help="A gamer's screen takes part, fitted on the other forms: those stay on disk, 150 MB each, until it has.")
@click.option("--personas", "who", multiple=True, metavar="ID", help="Only these skilled personas and gamers; may be given again.  [default: all]")
@click.option("--scenario", "scenarios", multiple=True, metavar="ID", help="Only this scenario; may be given again.  [default: all, in turn]")
@click.option("--form", default=DEFAULTS["form"], show_default=True, metavar="short|standard", help="Length of the forms.")
@click.option("--level", default=DEFAULTS["level"], show_default=True, metavar="junior|mid|senior", help="Difficulty of the forms.")
@click.option("--seed", metavar="HEX", help="Repeat a study: 64 hexadecimal digits.  [default: drawn once, kept in FOLDER]")
@click.option("--warm", is_flag=True, help="Run our own pipelines without a sandbox, from a process that has the libraries loaded: much faster.")
@click.option("--jobs", type=click.IntRange(min=1), help="Forms worked on at once.  [default: the cores of this machine]")
@command
def calibrate_command(
    work: Path,
    forms: int,
    pipelines: int,
    persons: int,
    screen: bool,
    who: tuple[str, ...],
    scenarios: tuple[str, ...],
    form: str,
    level: str,
    seed: str | None,
    warm: bool,
    jobs: int | None,
    as_json: bool,
) -> None:
    """Measure the measurement: simulated candidates and gaming strategies on many forms, through the real grader.

    Writes calibration.json, with a row for each promise, and calibration.html into FOLDER. A study that was stopped goes on where it was; with
    larger numbers it grows. Nothing in it is about people: skill is simulated.
    """
    from generators.catalog import scenarios as catalogue
    from graders.rubric import load_rubric
    from kit.calibration import study
    from kit.calibration.page import render
    from kit.calibration.plan import Plan
    from kit.calibration.promises import promises
    from kit.calibration.screens import LEAST
    from kit.calibration.seat import Runner
    from kit.calibration.workspace import Workspace
    from kit.doctor import usable_cores
    from kit.personas.gamers import gamers
    from kit.personas.skilled import skilled
    from kit.runtime import runtime_for
    from kit.sandbox.choose import BUBBLEWRAP, CONTAINER, choose

    check_choices(scenario=None, form=form, level=level)
    for name in scenarios:
        one_of("--scenario", name, catalogue())
    for name in who:
        one_of("--personas", name, {**skilled(), **gamers()})
    if screen and forms < LEAST:
        raise InputError(f"--screen needs --forms {LEAST} or more, since a screen is fitted on the other forms; got {forms}.")
    plan = Plan(
        forms=forms, pipelines=min(pipelines, forms), persons=persons, screened=screen, form=form, level=level,
        scenarios=scenarios, who=who, jobs=jobs or usable_cores(),
    )  # fmt: skip
    place = Workspace.open(work, plan.about, seed=_seed(seed))
    with progress_display(forms * (1 + screen)) as display:
        runner = None
        if plan.pipelines:
            display.stage("choosing a sandbox", None)
            sandbox = choose(remark=remark)
            again = functools.partial(choose, wanted=BUBBLEWRAP if sandbox.name == BUBBLEWRAP else CONTAINER)
            runner = Runner(open=again, runtime=runtime_for(sandbox, progress=display.stage), warm=warm)
        study.run(place, plan, runner=runner, progress=display.stage, finished=_Pace(display, plan))
    results = study.gather(place, plan, load_rubric())
    held = promises(results)
    document = {"schema": 2, "promises": [asdict(p) for p in held], "results": json.loads(results.to_json())}
    (work / "calibration.json").write_text(laid_out(document) + "\n", encoding="utf-8")
    (work / "calibration.html").write_text(render(results, held), encoding="utf-8")
    if as_json:
        emit({"promises": document["promises"], "broken": results.meta["broken"], "unmade": results.meta["unmade"], "folder": str(work)})
    else:
        for promise in held:
            value = "not measured" if promise.value is None else f"{promise.value:.3g} {promise.unit}".strip()
            verdict = {True: "holds", False: "MISSED", None: "-"}[promise.holds]
            say(f"{verdict:7} {promise.name}: {value} ({promise.sense} {promise.bar:g}; {promise.kind})")
        for kind in ("broken", "unmade"):
            for line in results.meta[kind]:
                say(f"{kind:7} {line}")
        say(f"Written: {shown(work / 'calibration.json')}, {shown(work / 'calibration.html')}")
    if results.meta["broken"]:
        raise click.exceptions.Exit(1)


def _seed(text: str | None) -> bytes | None:
    if text is None:
        return None
    try:
        seed = bytes.fromhex(text)
    except ValueError:
        seed = b""
    if len(seed) != 32:
        raise InputError(f"--seed must be 64 hexadecimal digits; got {text!r}. Leave it out to draw one.")
    return seed


class _Pace:
    """Counts forms and says how long the rest will take at the pace so far; forms that were there already do not count."""

    def __init__(self, display: Display, plan: Plan) -> None:
        self.display = display
        turns = [SCREENED] * plan.screened
        self.left = {number.name: [*turns, WHOLE if number.whole else 1] for number in plan.numbers}
        self.ended = 0
        self.worked = 0.0
        self.begin = time.monotonic()

    def __call__(self, number: Number, worked: bool) -> None:
        weight = self.left[number.name].pop()
        self.worked += weight if worked else 0
        self.ended += 1
        self.display.item_done()
        if self.worked and (left := sum(sum(turns) for turns in self.left.values())):
            minutes = (time.monotonic() - self.begin) / self.worked * left / 60
            of = sum(len(turns) for turns in self.left.values()) + self.ended
            self.display.item(f"{self.ended} of {of} turns, about {minutes:.0f} min left")


def laid_out(value: Any, depth: int = 0) -> str:
    """JSON with sorted keys in which every row of a list stands on a line of its own: a study has thousands, and they are compared line by line.
    Raises ValueError for a number that is not finite."""
    if isinstance(value, dict) and depth < 3:
        inside = ",\n".join(f"{json.dumps(name)}: {laid_out(value[name], depth + 1)}" for name in sorted(value))
        return "{\n" + inside + "\n}"
    if isinstance(value, list) and value and isinstance(value[0], dict | list):
        return "[\n" + ",\n".join(json.dumps(row, sort_keys=True, allow_nan=False) for row in value) + "\n]"
    return json.dumps(value, sort_keys=True, allow_nan=False)

"""More skill finds more, names it better and blames fewer twins; the same draw gives the same judgement."""

from __future__ import annotations

import numpy as np
import pytest
from persona_form import Mini

from graders.rubric import load_rubric
from kit.personas.skilled import DIFFICULTY, skilled
from kit.personas.skilled._judgement import chance_of_finding, judge, known

DRAWS = 400


def rng(number: int) -> np.random.Generator:
    return np.random.default_rng(number)


def test_the_chance_of_finding_follows_the_model() -> None:
    """Half where skill equals difficulty, and the logistic curve by hand one unit above it."""
    assert all(chance_of_finding(b, level) == 0.5 for level, b in DIFFICULTY.items())
    assert chance_of_finding(DIFFICULTY[2] + 1, 2) == pytest.approx(1 / (1 + np.exp(-1.7)))


def test_finds_come_as_often_as_the_model_says(each: Mini) -> None:
    """Over 400 draws within five standard errors for every fault (false alarm below one in a million a fault)."""
    key = each.form.key
    of = known(key)
    finds = [judge(key, 0.5, rng(i), of).found for i in range(DRAWS)]
    for fault in key.truth.faults:
        p = chance_of_finding(0.5, fault.level)
        share = sum(fault.id in found for found in finds) / DRAWS
        assert abs(share - p) < 5 * np.sqrt(p * (1 - p) / DRAWS)


def test_more_skill_accuses_better(churn: Mini) -> None:
    """From level to level: more finds, fewer accusations of what is honest, more of the finds proved."""
    key = churn.form.key
    of = known(key)
    guilty = {(f.locus.kind, f.locus.table, f.locus.column or "") for f in key.truth.faults}
    rows = []
    for level in skilled().values():
        made = [judge(key, level.theta, rng(i), of) for i in range(DRAWS)]
        blamed = sum((a.kind_of_locus, a.table, a.column) not in guilty for j in made for a in j.accusations)
        proved = [bool(a.citations or a.pairs) for j in made for a in j.accusations if a.confidence >= 0.5 and a.kind]
        rows.append((sum(len(j.found) for j in made), -blamed, float(np.mean(proved))))
    finds, blames, proofs = zip(*rows, strict=True)
    assert list(finds) == sorted(finds)
    assert list(blames) == sorted(blames)
    assert proofs[-1] > proofs[0] + 0.2


def test_the_same_draw_gives_the_same_judgement(churn: Mini) -> None:
    """And what is accused keeps to what a hand-in may say."""
    key = churn.form.key
    first, again, other = (judge(key, 0.5, rng(seed), known(key)) for seed in (3, 3, 4))
    assert first == again
    assert first != other
    most = load_rubric().findings.most
    for judged in (first, other):
        assert len(judged.accusations) <= most
        assert all(0 < a.confidence < 1 for a in judged.accusations)

"""The classifier finds a tell that is there, and none where there is none."""

from __future__ import annotations

from typing import Any

import numpy as np

from kit.calibration.classifier import LEAST, classify


def forms(number: int, *, tell: float = 0.0, word: str = "", seed: int = 5) -> list[tuple[str, list[dict[str, Any]]]]:
    """Forms of six pairs with three numbers of noise; the guilty one's first number is shifted, or its entry holds a word."""
    rng = np.random.default_rng(seed)
    made = []
    for form in range(number):
        records: list[dict[str, Any]] = []
        for pair in range(6):
            for guilty in (True, False):
                numbers = dict(zip("abc", rng.normal(size=3).tolist(), strict=True))
                numbers["a"] += tell * guilty
                words = ["visits", *(["recomputed"] if word and guilty and rng.random() < 0.5 else [])]
                records.append(
                    {
                        "fault": f"f{pair}",
                        "family": ("target_leakage", "serving_skew")[pair % 2],
                        "guilty": guilty,
                        "numbers": numbers,
                        "words": words,
                    }
                )
        made.append((f"f{form:03d}", records))
    return made


def test_noise_is_not_told() -> None:
    """The interval of 95% holds .5: by chance it would not for one seed in twenty, and this seed is fixed."""
    found = classify(forms(40))
    assert found is not None
    assert found["forms"] == 40
    assert found["low"] < 0.5 + 0.05
    assert 0.4 < found["auc"] < 0.6


def test_a_number_that_tells_is_found() -> None:
    """One standard deviation apart is an AUC of .76."""
    found = classify(forms(40, tell=1.0))
    assert found is not None
    assert found["low"] < 0.76 < found["high"] + 0.03
    assert set(found["per_family"]) == {"serving_skew", "target_leakage"}


def test_a_word_that_tells_is_found() -> None:
    """Half of the guilty ones carry it: an AUC of .75."""
    found = classify(forms(40, word="recomputed"))
    assert found is not None
    assert 0.7 < found["auc"] < 0.8


def test_too_few_forms_say_nothing() -> None:
    """Rather than a number that means nothing."""
    assert classify(forms(LEAST - 1)) is None

"""Whatever a submission wrote, a parser answers with a value that keeps its promises or with an error that the kit declares.

The inputs are valid ones with something wrong in them; the judges are those of the fuzzer (targets.py). The second half shows that what is right is
taken, so that a parser cannot pass by refusing everything.
"""

from __future__ import annotations

import json

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutations import findings, good_parquets, good_zips, json_bytes, parquets, reports, rows, zips
from targets import IDS, LIMITS, TARGETS, place

from graders.findings import parse_findings
from kit.decode import read_validation
from kit.decode_inside import read
from kit.submission import intake

STRATEGIES = {
    "archive": zips(), "json": json_bytes, "validation": json_bytes, "findings": findings, "rows": rows,
    "predictions": parquets(), "report": reports(),
}  # fmt: skip
quick = settings(max_examples=100, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
"""The same inputs on every machine and every run: what is new is for `make fuzz` to find."""


def test_every_parser_is_tested() -> None:
    assert set(STRATEGIES) == set(TARGETS)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", sorted(TARGETS))
def test_nothing_but_declared_errors_and_promises_kept(name: str) -> None:
    """And both happen: some inputs are taken, some refused."""
    taken = []

    @quick
    @given(STRATEGIES[name])
    def check(data: bytes) -> None:
        taken.append(TARGETS[name].check(data))

    check()
    assert set(taken) == {True, False}


@quick
@given(good_zips())
def test_a_plain_hand_in_is_taken_byte_for_byte(made: tuple[bytes, dict[str, bytes]]) -> None:
    data, files = made
    with place() as folder:
        (folder / "hand-in.zip").write_bytes(data)
        taken = intake(folder / "hand-in.zip", folder / "taken")
        assert {path.relative_to(taken.folder).as_posix(): path.read_bytes() for path in taken.folder.rglob("*") if path.is_file()} == files


@quick
@given(good_parquets())
def test_plain_predictions_come_in_the_order_of_the_requests(made: tuple[bytes, dict[str, float]]) -> None:
    data, scores = made
    with place() as folder:
        (folder / "predictions.parquet").write_bytes(data)
        assert read(str(folder / "predictions.parquet"), pa.array(IDS)).tolist() == [scores[id_] for id_ in IDS]


FINITE = st.floats(allow_nan=False, allow_infinity=False)


@quick
@given(FINITE, st.lists(FINITE, min_size=2, max_size=2), st.integers(1, 10**12))
def test_a_plain_validation_is_taken(estimate: float, ends: list[float], n: int) -> None:
    plain = {"metric": "roc_auc", "estimate": estimate, "low": min(ends), "high": max(ends), "n": n}
    assert read_validation(json.dumps(plain).encode()) == ("ok", plain)


@quick
@given(
    st.floats(0, 1),
    st.text(max_size=50).filter(lambda why: "\r" not in why),
    FINITE,
    st.lists(FINITE, min_size=2, max_size=2),
    st.sampled_from(("drop", "fix", "keep")),
)
def test_a_plain_finding_and_its_claim_are_taken(confidence: float, why: str, point: float, ends: list[float], action: str) -> None:
    low, high = sorted(ends)
    text = (
        f'[[finding]]\nlocus = {{ kind = "split", table = "acceptance" }}\nfamily = "contamination"\n'
        f'confidence = {confidence!r}\naction = "{action}"\n'
        f"why = {json.dumps(why, ensure_ascii=False).replace(chr(127), '')}\n[claim.mine]\npoint = {point!r}\nlow = {low!r}\nhigh = {high!r}\n"
    )
    found = parse_findings(text, LIMITS)
    assert [(one.confidence, one.action) for one in found.findings] == [(confidence, action)]
    assert (found.claims["mine"].point, found.claims["mine"].low, found.claims["mine"].high) == (point, low, high)

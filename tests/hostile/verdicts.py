"""How an attack must have come out, as words about what did not: empty where everything is as declared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from attacks import Attack
from attacks._attack import plain
from ground import Came, Ground

from kit.outcomes import outcome

TERMINAL = {"\n", "\t"}
"""The only characters without a picture that a terminal may get."""


def faults(attack: Attack, came: Came, honest: dict[str, Any]) -> list[str]:
    """What is unlike the declaration. `honest` is the scorecard of honest work on the same form."""
    if attack.refused is not None or attack.error is not None:
        return _refusal(attack, came)
    if came.error is not None or came.card is None or came.grade is None:
        return [f"expected a grade; got {came.error!r}"]
    return [*_calls(attack, came), *_words(attack, came), *_documents(attack, came), *_score(attack, came, honest), *_pages(attack, came.grade)]


def _refusal(attack: Attack, came: Came) -> list[str]:
    wanted = outcome(attack.refused).message if attack.refused is not None else str(attack.error)
    found = [] if came.error is not None and wanted in came.error else [f"expected an error with {wanted!r}; got {came.error!r}"]
    return found + ([f"was graded all the same: {came.grade}"] if came.grade is not None else [])


def _command(call: str) -> str:
    return call.split("_", 1)[0]


def _calls(attack: Attack, came: Came) -> list[str]:
    found = []
    for name, code in came.calls.items():
        wanted: tuple[str, ...] = ("ok",)
        if attack.everywhere or _command(name) == attack.command:
            wanted = attack.outcomes
        if _command(name) == "predict" and attack.command == "train" and "ok" not in attack.outcomes and attack.outcome != "no_pipeline":
            wanted = ("not_run",)
        if code not in wanted:
            found.append(f"{name}: expected {' or '.join(wanted)}; got {code}: {came.said(name)[-600:]!r}")
    return found


def _words(attack: Attack, came: Came) -> list[str]:
    """Everything was tried, nothing went through, and it was the attack that ran."""
    found = []
    names = [name for name in came.calls if _command(name) == attack.command]
    for name in names:
        said = came.said(name)
        found += [f"{name}: {line}" for line in said.splitlines() if line.startswith(("went through", "not tried"))]
        found += [f"{name}: expected to be refused: {what!r}; said {said[-600:]!r}" for what in attack.attempts() if f"refused: {what}:" not in said]
        found += [f"{name}: expected the words {words!r}; said {said[-600:]!r}" for words in attack.says if words not in said]
    if attack.same_words and len({came.said(name) for name in names}) != 1:
        found.append("the calls did not say the same")
    found += [f"{name} said {words!r}" for name in came.calls for words in attack.silent if words in came.said(name)]
    return found


def _documents(attack: Attack, came: Came) -> list[str]:
    got = {name: row["outcome"] for name, row in came.evidence["documents"].items() if row["outcome"] != "document_ok"}
    return [] if got == dict(attack.documents) else [f"expected documents {dict(attack.documents)}; got {got}"]


def _score(attack: Attack, came: Came, honest: dict[str, Any]) -> list[str]:
    assert came.card is not None
    total, fair = came.card["total"], honest["total"]
    missing = [words for words in attack.notes if not any(note.startswith(words) for note in came.card["notes"])]
    if missing:
        return [f"expected notes that begin with {missing}; got {came.card['notes']}"]
    if attack.gains is False:
        mine, theirs = plain(came.card), plain(honest)
        mine["notes"] = [note for note in mine["notes"] if not note.startswith(attack.notes)] if attack.notes else mine["notes"]
        differing = {name: (mine.get(name), theirs.get(name)) for name in theirs if mine.get(name) != theirs[name]}
        return [] if mine == theirs else [f"expected the scorecard of honest work; it differs in {str(differing)[:800]}"]
    higher = total > fair or (attack.gains is True and total == fair)
    return [f"expected {'less than' if attack.gains else 'no more than'} the {fair} points of honest work; got {total}"] if higher else []


def _pages(attack: Attack, grade: Path) -> list[str]:
    page = (grade / "report.html").read_text(encoding="utf-8")
    found = [f"the page must show {text!r} and does not" for text in attack.shown if text not in page]
    found += [f"the page holds {text!r}" for text in attack.absent if text in page]
    return found + ([] if "default-src 'none'" in page else ["the page has no policy against loading anything"])


def on_terminal(words: str) -> list[str]:
    """Characters that a terminal got and must not get."""
    return [f"the terminal got {mark!r}" for mark in sorted(set(words)) if not mark.isprintable() and mark not in TERMINAL]


def told(attack: Attack, ground: Ground, grade: Path) -> list[str]:
    """What is wrong with the summary in the terminal, which scoring the evidence again prints, and with the page that a candidate may be sent."""
    id_, number = grade.parents[1].name, grade.name
    words = ground.run("regrade", id_, "--grade", number)
    found = on_terminal(words) + ([] if "is the same as the one scored before" in words else ["scored again, the scorecard is another one"])
    page = ground.folder / f"feedback-{id_}-{number}.html"
    found += on_terminal(ground.run("feedback", id_, "--grade", number, "--out", str(page)))
    text = page.read_text(encoding="utf-8")
    found += [f"the terminal or the candidate's page holds {each!r}" for each in attack.absent if each in text or each in words]
    return found + [f"the canary of {place} is on the candidate's page" for place, word in ground.canaries.items() if word in text]

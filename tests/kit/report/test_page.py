"""The page says everything to the grader, nothing of the key to the candidate, and never runs what it quotes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from odd_samples import HOSTILE, hostile, unscorable
from samples import SAMPLES, middling, poor, strong

from graders.model import Scorecard
from kit.errors import InputError
from kit.report.page import render_report

CARDS: dict[str, Callable[[], Scorecard]] = {**SAMPLES, "hostile": hostile, "unscorable": unscorable}


class Page(HTMLParser):
    """The parts of a page that the tests look at."""

    VOID = {"meta", "br", "img", "link", "input", "hr"}

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.rows: list[list[str]] = []
        self.open: list[str] = []
        self.table = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "table":
            self.table = dict(attrs).get("class") or ""
        if self.table == "losses" and tag == "tr":
            self.rows.append([])
        if self.table == "losses" and tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes another element"
        if tag == "table":
            self.table = ""

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "style":
            return
        self.words.append(data)
        if self.table == "losses" and self.rows and self.rows[-1]:
            self.rows[-1][-1] += data

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.mark.parametrize("name", CARDS)
@pytest.mark.parametrize("audience", ["grader", "candidate"])
def test_pages_are_whole_closed_and_the_same_each_time(name: str, audience: str) -> None:
    """Every element is closed in order, ids are unique, links lead inside the page, and a second rendering gives the same bytes."""
    card = CARDS[name]()
    html = render_report(card, audience=audience)  # type: ignore[arg-type]
    page = Page(html)
    assert page.open == []
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = [attributes.get("href") or "" for tag, attributes in page.tags if tag == "a"]
    assert all(target.startswith("#") and target[1:] in ids for target in targets)
    assert html == render_report(Scorecard.from_json(card.to_json()), audience=audience)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", CARDS)
@pytest.mark.parametrize("audience", ["grader", "candidate"])
def test_pages_load_and_run_nothing(name: str, audience: str) -> None:
    """A strict policy, and no element or attribute that could run or fetch: hostile text comes out as text."""
    page = Page(render_report(CARDS[name](), audience=audience))  # type: ignore[arg-type]
    policy = next(attributes["content"] for _, attributes in page.tags if attributes.get("http-equiv") == "Content-Security-Policy")
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "img", "image", "iframe", "object", "embed", "link", "form", "foreignobject", "base"})
    for _, attributes in page.tags:
        assert not any(key.startswith("on") or key in ("src", "srcset", "srcdoc", "action", "background") for key in attributes)
        assert (attributes.get("xlink:href") or "#").startswith("#")


def test_hostile_text_is_readable_as_text() -> None:
    """What was written is shown word for word, its hidden characters as escapes, and templates in it stay unread."""
    html = render_report(hostile())
    page = Page(html)
    assert "<script>document.title='owned'" in page.text
    assert "{{ 7 * 7 }}" in page.text
    assert "\\x1b[2J\\x1b[31m \\u202egrade this 100\\u202c" in page.text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", html)


def test_names_between_backticks_are_code_in_the_kits_texts_only() -> None:
    """A title, an explanation, a reason and a question show names as code; memo and findings of a candidate keep what they typed."""
    card = middling()
    fault = replace(card.fault_results[0], title="`shelf_edits_28d` counts what the outcome sets off", explanation="Look at `a` and `b`.")
    fault = replace(fault, twin_title="`visits` are honest", trail="See `t`.", price="Of `p`.", question="Why `q`?", reason="Named `r`.")
    alarm = replace(card.finding_results[-1], verdict="false_alarm", reason="`keep` is honest.", why="I think `mine` is <b>odd</b>")
    card = replace(card, memo="Trust `nothing`.", fault_results=(fault,), finding_results=(alarm,), questions=("When is `then` known?",))
    html = render_report(card)
    for name in ("shelf_edits_28d", "a", "b", "visits", "t", "p", "q", "r", "keep", "then"):
        assert f"<code>{name}</code>" in html
        assert f"`{name}`" not in html
    assert "Trust `nothing`." in html
    assert "I think `mine` is &lt;b&gt;odd&lt;/b&gt;" in html


def test_hostile_names_between_backticks_stay_text() -> None:
    """What stands between the backticks is escaped before it becomes code, a lone backtick stays, and tags cannot be smuggled in around one."""
    card = middling()
    titles = ("`<script>alert(1)</script>` leaks", "one ` only", "`a` and ` left", "`</code><img src=x onerror=alert(1)>`", "``", "`\x1b[31m\u202e`")
    faults = tuple(replace(card.fault_results[place], title=title, explanation=title) for place, title in enumerate(titles))
    html = render_report(replace(card, fault_results=faults))
    page = Page(html)
    assert page.open == []
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "img"})
    assert not any(key.startswith("on") for _, attributes in page.tags for key in attributes)
    for shown in (
        "<code>&lt;script&gt;alert(1)&lt;/script&gt;</code> leaks",
        "one ` only",
        "<code>a</code> and ` left",
        "<code>&lt;/code&gt;&lt;img src=x onerror=alert(1)&gt;</code>",
        ">``<",
        "<code>\\x1b[31m\\u202e</code>",
    ):
        assert html.count(shown) == 2, shown


def test_ten_megabytes_of_findings_stay_a_small_page() -> None:
    """Sizes are capped at every place that a submission can fill."""
    flood = "A" * 10_000_000
    card = middling()
    result = replace(card.finding_results[0], why=flood, locus=flood, reason=flood)
    card = replace(
        card,
        memo=flood,
        finding_results=(result,) * 200,
        notes=(flood,),
        calls=({"name": flood, "outcome": flood, "message": flood, "wall_s": 1.0},) * 900,
    )
    html = render_report(card)
    assert len(html) < 2_000_000
    assert "more characters not shown" in html
    assert "140 more findings are in scorecard.json." in html
    assert "500 more calls are in scorecard.json." in html


@pytest.mark.parametrize("name", SAMPLES)
def test_the_lost_points_add_up_to_a_hundred_as_shown(name: str) -> None:
    """The tenths in the table, not only the numbers behind them, make 100 with the total."""
    rows = Page(render_report(SAMPLES[name]())).rows
    lost = [float(row[-1].replace("−", "")) for row in rows[1:-3]]
    summed, total, hundred = (float(row[-1].replace("−", "")) for row in rows[-3:])
    assert round(sum(lost), 6) == summed
    assert round(summed + total, 6) == hundred == 100
    assert len(lost) > 2


def test_points_without_a_reason_are_not_hidden() -> None:
    """A scorecard whose losses do not add up is shown with the gap named."""
    card = strong()
    html = render_report(replace(card, losses=tuple(loss for loss in card.losses if loss.points < 2)))
    assert "Not explained by the scorecard: please report this." in html


def test_the_grader_reads_verdict_reasons_faults_and_questions() -> None:
    """A middling submission: verdict and what to do, each fault with twin and price, false alarms, own words, measured numbers, memo."""
    card = middling()
    text = Page(render_report(card)).text
    expected = [
        "Too close to call",
        "51.5",
        "pass mark 60",
        "error band 41.5 to 61.5",
        "findings came to 0.652 of what was possible",
        "What to do next",
        "Issue a second take-home",
    ]
    expected += ["The pass mark has no validation on people yet.", "Our instrument failed", "our fault, not scored"]
    for fault in card.fault_results:
        expected += [fault.title, fault.explanation, fault.trail, fault.price, fault.question, fault.twin_title, fault.twin_explanation]
    expected += [result.why for result in card.finding_results] + list(card.questions) + list(card.notes)
    expected += ["Full marks at 0.1, none at 0.5", "To the head of retention", "no network", card.submission_sha256, "6 of 8 accusations were right."]
    missing = [phrase for phrase in expected if " ".join(phrase.replace("`", " ").split()) not in text]  # names stand in elements of their own
    assert missing == []
    assert text.count("The candidate left the twin alone.") == 7
    assert text.count("The candidate accused the twin.") == 1
    assert text.count("✓ Found") == 6
    assert text.count("✕ Missed") == 2


def test_a_knock_out_and_a_person_are_said_at_the_top() -> None:
    """Below the mark with knock-outs and a call for a person: all three come before the first table."""
    text = Page(render_report(poor())).text
    top = text[: text.index("Every point lost")]
    for phrase in ("Below the mark", "A knock-out holds the total below the pass mark", "A person must look at this", "Settle the warning below"):
        assert phrase in top
    assert "before × 0" in text


def test_a_section_that_could_not_be_measured_is_named() -> None:
    """When our fault left a section without any number, its bar is gone and the page says where the points went."""
    card = strong()
    card = replace(card, behaviour=replace(card.behaviour, points=0.0, possible=0.0, parts=()))
    assert "What the pipeline does: nothing could be measured because of a fault of ours" in Page(render_report(card)).text


def test_an_empty_submission_still_gives_a_page() -> None:
    """No claims, no findings, no memo, no questions, no sandbox: the page says so instead of failing."""
    text = Page(render_report(unscorable())).text
    for phrase in (
        "Not sandboxed",
        "No memo was handed in.",
        "The candidate accused nothing",
        "No claim could be read",
        "None. No honest thing was accused.",
    ):
        assert phrase in text


@pytest.mark.parametrize("name", CARDS)
def test_the_candidate_learns_nothing_of_the_key(name: str) -> None:
    """No fault, twin, column, finding, call, note, question or reason of the scorecard is anywhere in the candidate's file."""
    card = CARDS[name]()
    html = render_report(card, audience="candidate")
    secret = {HOSTILE[:40]} if name != "hostile" else set()
    for fault in card.fault_results:
        secret |= {fault.title, fault.explanation, fault.trail, fault.price, fault.question, fault.reason, fault.locus, fault.mechanism, fault.family}
        secret |= {
            fault.twin_title,
            fault.twin_locus,
            fault.twin_explanation,
            fault.plot.get("column"),
            fault.plot.get("twin_column"),
            f'"{fault.id}"',
        }
    for result in card.finding_results:
        secret |= {result.locus, result.reason, result.why}
    secret |= {part.reason for part in (*card.behaviour.parts, *card.claims.parts)} | {part.title for part in card.behaviour.parts}
    secret |= {loss.reason for loss in card.losses} | set(card.notes) | set(card.questions) | set(card.knock_outs) | {card.memo, card.verdict_reason}
    secret |= {str(call["name"]) for call in card.calls if call["name"] != HOSTILE}
    leaked = sorted(phrase for phrase in secret - {None, "", card.title, HOSTILE} if phrase and phrase in html)
    assert leaked == []
    assert not re.search(r"\b\d+ of \d+ planted|false alarm|twin|decoy", Page(html).text)


def test_the_candidate_gets_scores_and_advice() -> None:
    """Section scores, the kinds of behaviour test with how each came out, advice, and the plain word about the pass mark."""
    text = Page(render_report(middling(), audience="candidate")).text
    for phrase in (
        "51.5",
        "pass mark 60",
        "29.4",
        "of 45",
        "Same result twice",
        "partly",
        "not measured",
        "The pass mark has no validation on people yet.",
    ):
        assert phrase in text
    assert "could not be run on your pipeline" in Page(render_report(poor(), audience="candidate")).text


def test_another_audience_is_refused() -> None:
    """The error says what was expected and what came."""
    with pytest.raises(InputError, match="audience must be 'grader' or 'candidate'; got 'public'"):
        render_report(strong(), audience="public")  # type: ignore[arg-type]

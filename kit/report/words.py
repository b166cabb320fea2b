"""What a scorecard means in plain words, for a reader who hires engineers and is not one."""

from __future__ import annotations

from dataclasses import dataclass

from graders.model import Outcome, Scorecard, Verdict


@dataclass(frozen=True, kw_only=True)
class VerdictWords:
    """A verdict as a page says it."""

    word: str
    """One or two words."""
    mark: str
    """A sign beside the word, so that colour is never the only difference."""
    meaning: str
    """What the verdict does and does not say."""
    steps: tuple[str, ...]
    """What to do next, in order, for a reader who has the page before them."""
    next: str
    """The same in a sentence, for the terminal."""


VERDICTS = {
    Verdict.PASS: VerdictWords(
        word="Pass",
        mark="✓",
        meaning="The work stands above the pass mark by more than one error of measurement. It shows somebody who checks a result before "
        "believing it.",
        steps=(
            "Invite the candidate to the interview and ask the questions below: they show whether the work is understood by the person who "
            "handed it in.",
            "Read the memo at the end of this page. It is judged by a person and is not part of the score.",
            "Decide together with your other stages; this exercise is one of them.",
        ),
        next="Invite the candidate to the interview; the report holds the questions to ask, and the memo for you to judge.",
    ),
    Verdict.REFER: VerdictWords(
        word="Too close to call",
        mark="?",
        meaning="The total lies within one error of measurement of the pass mark. A second sitting could fall on either side, so this score "
        "alone decides nothing.",
        steps=(
            "Issue a second take-home to the same candidate, or hold the oral part with the questions below.",
            "Read the memo at the end of this page. It is judged by a person and is not part of the score.",
            "Decide on both results together, not on this one.",
        ),
        next="Issue a second take-home to the same candidate, or hold the oral part with the questions in the report. Do not decide on this "
        "score alone.",
    ),
    Verdict.FAIL: VerdictWords(
        word="Below the mark",
        mark="✕",
        meaning="This piece of work does not show the habits that the exercise asks for. It says nothing about what else the candidate can do.",
        steps=(
            "Read the table of lost points: were the faults missed, was the pipeline not repaired, or was too much promised?",
            "Weigh it with your other stages. If they speak for the candidate, the questions below make a fair conversation of fifteen minutes.",
            "Send the candidate the feedback page once the round is closed: `takehome feedback` writes it.",
        ),
        next="Read in the report where the points went, and weigh it with your other stages before you decide.",
    ),
}

INCOMPLETE = VerdictWords(
    word="Not complete",
    mark="?",
    meaning="Our own instruments failed at something that the total needs, so this number stands for nothing yet. It is not the candidate's doing.",
    steps=(
        "Grade the same submission again: nothing that was handed in is lost.",
        "If it fails again, run `takehome doctor` and let an engineer read the notes below.",
        "Decide nothing before that.",
    ),
    next="Grade the same submission again before you decide anything. If it fails again, run `takehome doctor`.",
)


def verdict_words(card: Scorecard) -> VerdictWords:
    """The verdict of a scorecard in words; a referral that has nothing to do with the pass mark is told as what it is."""
    if card.verdict is Verdict.REFER and abs(card.total - card.pass_mark) > card.sem:
        return INCOMPLETE
    return VERDICTS[card.verdict]


NO_VALIDATION = (
    "The pass mark has no validation on people yet. It was set by design and by simulated candidates; no study has shown that people above it "
    "do better "
    "at work. Use it as one piece of evidence, never as the only reason to turn somebody down."
)

SECTIONS = {
    "findings": "Finding what is broken: each planted fault that was named with evidence earns, each honest thing accused costs.",
    "behaviour": "What the pipeline that was handed in does when it is tried on production data and on test worlds.",
    "claims": "Promising no more than production delivers: a stated range for the score, against the score that came.",
}

FAMILIES = {
    "target_leakage": "Target leakage: the value exists because of the outcome",
    "future_timestamp": "From the future: an honest value, seen too early",
    "contamination": "Contamination: the exam questions were in the textbook",
    "serving_skew": "Serving skew: production computes it differently",
}

LEVELS = {1: "plain to see", 2: "takes a look", 3: "takes digging", 4: "well hidden"}

METRICS = {
    "roc_auc": "ROC AUC: 0.5 is guessing, 1 is perfect order; higher is better",
    "mae": "Mean absolute error: how far off a prediction is on average; lower is better",
}

FINDING_VERDICTS = {
    "hit": "right",
    "false_alarm": "false alarm",
    "neutral": "no effect",
    "ignored": "not read (over the limit)",
    "miss": "too far off",
}


@dataclass(frozen=True, kw_only=True)
class General:
    """A kind of behaviour test, told without naming anything of a form."""

    title: str
    asks: str
    """The question that the test answers."""
    advice: str
    """What a candidate may take away when it went badly."""


_GENERAL = (
    (
        ("reproduc",),
        General(
            title="Same result twice",
            asks="Does training twice on the same data give the same model?",
            advice="Fix every source of chance in training, so that a colleague gets your model from your code in six months.",
        ),
    ),
    (
        ("independ", "order", "batch"),
        General(
            title="One request at a time",
            asks="Does a request get the same score whatever else is in the batch, in whatever order, and whatever is recorded later?",
            advice="Score each request from what was recorded by its own decision time. Nothing may depend on the rest of the batch.",
        ),
    ),
    (
        ("null",),
        General(
            title="An honest validation",
            asks="In a world with nothing to learn, does the pipeline's own validation say so?",
            advice="Try your validation on shuffled labels: if it still reports skill, it measures a leak and not the model.",
        ),
    ),
    (
        ("duplicat",),
        General(
            title="A validation that copies cannot fool",
            asks="With copied rows in the data and nothing to learn, does the validation still report no skill?",
            advice="Keep everything that belongs together on one side of the split, and look for rows that are the same in all but their id.",
        ),
    ),
    (
        ("skew", "serv"),
        General(
            title="Ready for what production sends",
            asks="How much does the model lose because production computes its inputs differently?",
            advice="Recompute served values from the raw events by their written definition, and repair or leave out what does not agree.",
        ),
    ),
    (
        ("leak",),
        General(
            title="No reliance on what is not yet known",
            asks="Does the model do better when it is shown a value that nobody could know at decision time?",
            advice="For each input ask when its value was recorded. What was not known at the decision cannot be an input.",
        ),
    ),
    (
        ("train",),
        General(
            title="Trained on repaired data",
            asks="Does the model change when the faulty training data is repaired for it? A careful pipeline has repaired it already.",
            advice="Repair the training data as well as the inputs at prediction: a model taught on faulty values stays wrong.",
        ),
    ),
)
_OTHER = General(
    title="Another test of behaviour",
    asks="A test of what the pipeline does when it runs.",
    advice="Run the pipeline from a clean checkout on the sample batches before handing it in.",
)


def general(part_id: str) -> General:
    """The kind of test behind a behaviour part, in words that give nothing of the form away; ids that are not known get general words."""
    lowered = part_id.lower()
    return next((words for keys, words in _GENERAL if any(key in lowered for key in keys)), _OTHER)


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}{'' if n == 1 else 's'}"


def in_short(card: Scorecard) -> list[str]:
    """Two to four sentences on what the person did, made from the numbers."""
    found = sum(fault.found for fault in card.fault_results)
    alarms = sum(result.verdict == "false_alarm" for result in card.finding_results)
    sentences = [
        f"Found {found} of {_count(len(card.fault_results), 'planted fault')}"
        + (f" and raised {_count(alarms, 'false alarm')}." if alarms else " and raised no false alarm.")
    ]
    if card.production_skill is None:
        sentences.append("The submitted model could not be scored on production data.")
    else:
        sentences.append(
            f"In production the submitted model reaches {card.production_skill:.0%} of the skill of an honest reference"
            + (", worse than a constant guess." if card.production_skill < 0 else ".")
        )
    words = [_claim_words(card, claim.id) for claim in card.claim_results]
    sentences.extend(word for word in words if word)
    return sentences


def _claim_words(card: Scorecard, claim_id: str) -> str:
    claim = next(claim for claim in card.claim_results if claim.id == claim_id)
    whose = {"mine": "their own pipeline", "inherited": "the pipeline as handed over"}.get(claim_id, claim.title)
    if claim.point is None or claim.low is None or claim.high is None:
        return f"Made no usable claim for {whose}."
    if claim.truth is None:
        return ""
    if claim.low <= claim.truth <= claim.high:
        return f"The claim for {whose} holds: the result lies inside the stated range."
    promised_more = claim.truth > claim.high if card.metric == "mae" else claim.truth < claim.low
    return f"The claim for {whose} promised {'more' if promised_more else 'less'} than production delivered."


@dataclass(frozen=True, kw_only=True)
class Caution:
    """Something to settle before anybody decides on a score."""

    title: str
    text: str


def cautions(card: Scorecard) -> list[Caution]:
    """What stands between this score and a decision, most urgent first."""
    found = []
    if card.needs_person:
        text = (
            "The kit could not judge this submission by itself. Let an engineer read the notes and run details of the report before anybody decides."
        )
        found.append(Caution(title="A person must look at this", text=text))
    if card.backend.get("level") == "none":
        text = "The submission ran without a sandbox. What it wrote could have been tampered with by the submission itself; trust it only if "
        "you trust its author."
        found.append(Caution(title="Not sandboxed", text=text))
    broken = [part.title for part in (*card.behaviour.parts, *card.claims.parts) if part.outcome is Outcome.INSTRUMENT_FAULT]
    if broken:
        text = f"Not scored because of a fault of ours: {', '.join(broken)}. It cost the candidate no points. Grade again before you decide."
        found.append(Caution(title="Our instrument failed", text=text))
    return found


_ADVICE = {
    "findings": (
        "You found most of what was broken and could show it. Keep stating how sure you are: it is as useful as the finding.",
        "Part of what was broken went unseen, or honest things were accused. For each suspicion work out a few values by hand from the raw events "
        "as they were known at the decision: that settles most of them.",
        "Most of what was broken went unseen, or honest things were accused with confidence. Begin with the written definition of a column, "
        "recompute it "
        "from the raw events by the recording time, and compare: offline, as served, and across the split.",
    ),
    "behaviour": (
        "Your pipeline does what you would want of one that goes live.",
        "Your pipeline is part of the way to production. See the tests below for what to look at.",
        "Your pipeline would not behave in production as it did offline, or could not be tried fully. See the tests below for where to begin.",
    ),
    "claims": (
        "Your stated ranges agree with what production gave. That is rarer than a good score.",
        "Your stated ranges were off or wide. Measure on data that nothing in training has seen, later in time, and let the range follow from "
        "its size.",
        "Your stated ranges were far from what production gave, or none could be read. Promise what you measured on clean, later data, not what "
        "the old report said.",
    ),
}


def advice(section_id: str, fraction: float) -> str:
    """A paragraph for the candidate on one section, from the share that was earned alone."""
    well, partly, badly = _ADVICE.get(section_id, ("", "", ""))
    return well if fraction >= 0.8 else partly if fraction >= 0.4 else badly

"""Every plan keeps the rules of forms, whatever the stream."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from small_world import SCENARIOS, stream

from generators import blueprint
from generators.blueprint import (
    FORMS,
    LADDERS,
    QUOTAS,
    SHORT_SIGNAL,
    SIGNAL,
    STRENGTH,
    UNIT,
    channel_of,
    check,
    draw,
    family_of,
    strength_of,
)  # fmt: skip
from generators.catalog import decoys, mechanisms, scenarios
from generators.decoys._traces import period
from generators.model import DAY, FAMILIES, Blueprint, GenerationError
from generators.sites import explains
from generators.world import NEWS

DRAWS = 40


@pytest.fixture(
    scope="module", params=[(s, f, level) for s in SCENARIOS for f, level in (("short", "junior"), ("standard", "mid"), ("standard", "senior"))]
)
def plans(request: pytest.FixtureRequest) -> list[Blueprint]:
    """Many plans of one kind."""
    scenario, form, level = request.param
    return [draw(stream("plans", str(i)), scenario, form=form, level=level) for i in range(DRAWS)]


def test_number_families_and_ladder(plans: list[Blueprint]) -> None:
    """4 or 8 faults, every family there, each rung of the level's ladder equally often: the sum of difficulties is constant."""
    for plan in plans:
        assert len(plan.faults) == FORMS[plan.form]
        counts = Counter(family_of(f) for f in plan.faults)
        assert tuple(counts[family] for family in FAMILIES) in QUOTAS[plan.form]
        assert sorted(f.level for f in plan.faults) == sorted(LADDERS[plan.level] * (len(plan.faults) // 4))


def test_mechanisms_without_repeats_and_without_enemies(plans: list[Blueprint]) -> None:
    """And at least a quarter of the faults violate availability alone."""
    for plan in plans:
        chosen = [mechanisms()[f.mechanism] for f in plan.faults]
        assert len({m.id for m in chosen}) == len(chosen)
        assert not any(enemy in {m.id for m in chosen} for m in chosen for enemy in m.enemies)
        assert sum(m.availability_only for m in chosen) >= len(chosen) // 4


def test_each_fault_has_a_twin_of_its_own(plans: list[Blueprint]) -> None:
    """Same role, same side, own column and own channel; rows and splits strike one evaluation set each and leave the twin's alone."""
    for plan in plans:
        columns = [f for f in plan.faults if mechanisms()[f.mechanism].locus == "column"]
        sites = [site for f in columns for site in (f.site, f.twin_site)]
        assert len(set(sites)) == len(sites)
        assert len({channel_of(plan, site).id for site in sites}) == len(sites)
        for fault in columns:
            mechanism, decoy = mechanisms()[fault.mechanism], decoys()[fault.decoy]
            role = plan.spec[fault.site].role
            assert plan.spec[fault.twin_site].role == role
            assert role in mechanism.roles
            assert role in decoy.roles
            assert mechanism.side in decoy.phases
            assert plan.spec[fault.twin_site].rules == (fault.decoy, *fault.twin_beside)
            assert plan.spec[fault.site].rules == fault.own
        for fault in plan.faults:
            if fault not in columns:
                assert {fault.site, fault.twin_site} == {"holdout", "acceptance"}
                assert fault.decoy in mechanisms()[fault.mechanism].twins


def test_definitions_do_not_mark_the_guilty(plans: list[Blueprint]) -> None:
    """The clean specification shows no edit, and columns outside the pairs have rules as well."""
    for plan in plans:
        assert all((f.ahead, f.grace, f.final, f.backfill, f.online) == (0, 0, False, 0, ()) for f in plan.spec.features)
        pairs = {site for f in plan.faults for site in (f.site, f.twin_site)}
        others = [f for f in plan.spec.features if f.name not in pairs and f.role in ("count", "amount", "status", "reading")]
        assert sum(bool(f.rules) for f in others) >= len(others) // 4
        for feature in plan.spec.features:
            kinds = tuple(q.kind for q in plan.channel(f"{feature.stream}.{feature.type}").quirks) if feature.stream != "entities" else ()
            assert kinds == feature.rules, feature.name


def test_no_sentence_clears_a_fault(plans: list[Blueprint]) -> None:
    """What could explain a fault's difference speaks of the first days of its side alone, and leaves decisions on which the fault shows; it
    touches days that windows reach."""
    touched = 0
    for plan in plans:
        for fault, rule in ((f, rule) for f in plan.faults for rule in f.own if decoys()[rule].aside):
            mechanism = mechanisms()[fault.mechanism]
            first, last = period(next(q for q in channel_of(plan, fault.site).quirks if q.kind == rule).phase, plan.calendar)
            decisions = [plan.calendar.at(w) for w in (plan.calendar.offline if mechanism.side == "offline" else plan.calendar.serving)]
            assert any(t - 28 * DAY < last and t > first for t in decisions)
            if explains(rule, mechanism):
                assert decisions[-1] - 28 * DAY >= last, "nothing would be left to show the fault on"
            touched += 1
    assert touched


def test_dates_alone_tell_nothing(plans: list[Blueprint]) -> None:
    """Of the two sentences of a column one speaks of all of the time and one of a part, beside a fault as beside a twin, and outside the pairs."""
    seen = Counter()
    for plan in plans:
        sites = {site: guilty for f in plan.faults for site, guilty in ((f.site, "fault"), (f.twin_site, "twin"))}
        for feature in plan.spec.features:
            if feature.stream == "entities":
                continue
            sentences = [q for q in channel_of(plan, feature.name).quirks if decoys()[q.kind].aside]
            if len(sentences) == 2:
                whole = [q.phase.part > 0.8 for q in sentences]
                assert sum(whole) == 1, (feature.name, sentences)
                seen[sites.get(feature.name, "other")] += 1
    assert 0.8 < seen["fault"] / seen["twin"] < 1.25
    assert seen["other"] > 5 * len(plans)


def test_a_log_is_wrong_only_where_a_sentence_says_so_of_all_of_it(plans: list[Blueprint]) -> None:
    """An honest column whose serving log shows something else has the sentence for it, and it speaks of every run."""
    wrong = 0
    for plan in plans:
        for feature in plan.spec.features:
            if feature.logged:
                said = next(q for q in channel_of(plan, feature.name).quirks if decoys()[q.kind].logs)
                assert said.phase.part == 1.0, feature.name
                wrong += 1
    assert wrong > len(plans)


def test_most_twins_have_the_look_of_their_fault(plans: list[Blueprint]) -> None:
    """By the mechanism's mirror, over all of its side; its sentence stands outside the pairs as well, or a twin would be known by it."""
    mirrored = pairs = outside = 0
    for plan in plans:
        for fault in plan.faults:
            mechanism = mechanisms()[fault.mechanism]
            if mechanism.locus != "column":
                continue
            pairs += 1
            if fault.decoy == mechanism.mirror:
                mirrored += 1
                quirk = channel_of(plan, fault.twin_site).quirks[0]
                assert (quirk.phase.offline, quirk.phase.serving) == (mechanism.side == "offline", mechanism.side == "serving")
                assert quirk.phase.part > 0.8
        sites = {name for f in plan.faults for name in (f.site, f.twin_site)}
        outside += sum(decoys()[rule].aside for f in plan.spec.features if f.name not in sites for rule in f.rules)
    assert mirrored > 0.6 * pairs
    assert outside > len(plans) * 4


def test_no_rule_means_innocence(plans: list[Blueprint]) -> None:
    """What a fault's definition cannot hold, its twin's does not hold either."""
    for plan in plans:
        for fault in plan.faults:
            mechanism = mechanisms()[fault.mechanism]
            for site in (fault.site, fault.twin_site) if mechanism.locus == "column" else ():
                assert all(not decoys()[rule].selective or rule in mechanism.carries for rule in plan.spec[site].rules)


def test_busy_columns_are_not_only_those_of_pairs(plans: list[Blueprint]) -> None:
    """Of columns that count or sum, a good part outside the pairs is as busy as the pairs' least busy one."""
    share = []
    for plan in plans:
        pairs = {site for f in plan.faults for site in (f.site, f.twin_site)}
        rates = {True: [], False: []}
        for feature in plan.spec.features:
            if feature.role in ("count", "amount"):
                rates[feature.name in pairs].append(channel_of(plan, feature.name).rate)
        if rates[True] and rates[False]:
            share.append(np.mean(np.array(rates[False]) >= min(rates[True])))
    assert 0.3 < float(np.mean(share)) < 0.9


def test_columns_of_pairs_have_values_of_their_own(plans: list[Blueprint]) -> None:
    """What were the same in every form would be known of faults in time: rates, spreads and typical readings differ from form to form."""
    rates, loadings, spreads, activities = set(), set(), set(), set()
    columns = 0
    for plan in plans:
        for fault in plan.faults:
            if mechanisms()[fault.mechanism].locus != "column":
                continue
            columns += 1
            own, twin = channel_of(plan, fault.site), channel_of(plan, fault.twin_site)
            rates.add(own.rate)
            spreads.update((own.spread, twin.spread))
            assert own.activity == twin.activity
            activities.add(own.activity)
            if not mechanisms()[fault.mechanism].leak:
                assert own.loading == twin.loading
                loadings.add(own.loading)
    assert len(rates) > 0.9 * columns
    assert len(activities) > 0.7 * columns, "rounded, some are the same by chance"
    assert len(spreads) > columns / 2, "rounded, some are the same by chance"
    assert len(loadings) > 10


def test_both_kinds_of_news_lie_behind_faults_and_behind_twins(plans: list[Blueprint]) -> None:
    """Columns of one kind of news are alike: were all faults of one and all twins of another, whoever knew one column would know them all."""
    together = []
    for plan in plans:
        leaks = [f for f in plan.faults if mechanisms()[f.mechanism].leak]
        for sites in ([f.site for f in leaks], [f.twin_site for f in leaks]):
            kinds = Counter(channel_of(plan, site).news for site in sites)
            assert set(kinds) <= set(range(NEWS))
            if len(sites) > 1:
                assert max(kinds.values()) - min(kinds[k] for k in range(NEWS)) <= 1
        together += [channel_of(plan, f.site).news == channel_of(plan, f.twin_site).news for f in leaks]
    assert 0.3 < float(np.mean(together)) < 0.7, "drawn, not the same or the other by rule"


def test_plans_vary(plans: list[Blueprint]) -> None:
    """No two forms alike: mechanisms, sites, signal, start and the order of the columns."""
    assert len({tuple((f.mechanism, f.site) for f in plan.faults) for plan in plans}) > DRAWS * 0.9
    assert len({tuple(f.name for f in plan.spec.features) for plan in plans}) == DRAWS
    assert len({plan.signal for plan in plans}) > DRAWS * 0.8
    assert len({plan.id for plan in plans}) == DRAWS
    used = {f.mechanism for plan in plans for f in plan.faults}
    assert used == set(mechanisms())


def test_the_achievable_score_varies(plans: list[Blueprint]) -> None:
    """What is true on one form does not hold on another: the signal covers its range, and so does the unit of a number."""
    task = scenarios()[plans[0].scenario].task
    low, high = (bound * (SHORT_SIGNAL[task] if plans[0].form == "short" else 1.0) for bound in SIGNAL[task])
    signals = [plan.signal for plan in plans]
    assert low <= min(signals) < 1.15 * low
    assert high / 1.15 < max(signals) <= high
    units = [plan.unit for plan in plans]
    if task == "binary":
        assert set(units) == {1.0}
    else:
        assert UNIT[0] <= min(units) < 1.15 * UNIT[0]
        assert UNIT[1] / 1.15 < max(units) <= UNIT[1]


def test_a_short_form_misses_its_twins(plans: list[Blueprint]) -> None:
    """With few pairs no column outside them shows the core state, and fewer of them are strong."""
    for plan in plans:
        sites = {channel_of(plan, site).id for f in plan.faults if mechanisms()[f.mechanism].locus == "column" for site in (f.site, f.twin_site)}
        outside = [c for c in plan.channels if c.id not in sites]
        strong = sum(c.loading >= 0.8 for c in outside)
        assert (strong, any(c.shared for c in outside)) == ((4, False) if plan.form == "short" else (7, True))


def test_where_more_can_be_told_leaks_tell_more(plans: list[Blueprint]) -> None:
    """Strength follows the ladder within a form and the signal between forms; at a signal of one it is the table's."""
    for plan in plans:
        wanted = [strength_of(plan, level) for level in (1, 2, 3, 4)]
        assert wanted == sorted(wanted, reverse=True)
        assert strength_of(replace(plan, signal=2.0), 2) > strength_of(replace(plan, signal=0.8), 2)
        assert strength_of(replace(plan, signal=1.0), 2) == STRENGTH[scenarios()[plan.scenario].task][2]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_plan_depends_on_its_stream_alone(scenario: str) -> None:
    """The same stream gives the same plan; another attempt another one, under the same opaque id."""
    first, again, other = (draw(stream("one"), scenario, form="standard", level="mid", attempt=a) for a in (0, 0, 1))
    assert first == again
    assert replace(other, attempt=0) != first
    assert other.id == first.id
    assert first.id.startswith("th_")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("subscription_chrun", "standard", "mid"), r"scenario: 'subscription_chrun' is not known\. Did you mean 'subscription_churn'"),
        (("home_pricing", "standart", "mid"), r"form: 'standart' is not known\. Did you mean 'standard'"),
        (("home_pricing", "standard", "middle"), r"level: 'middle' is not known"),
    ],
)
def test_unknown_choices_are_named(arguments: tuple[str, str, str], message: str) -> None:
    """With the nearest, and with what there is."""
    with pytest.raises(GenerationError, match=message):
        check(*arguments)


def test_long_form_waits_for_a_larger_catalogue() -> None:
    """The message says how many mechanisms there must be, how many there are, and what to do meanwhile."""
    with pytest.raises(GenerationError, match=rf"at least 24 mechanisms; it holds {len(mechanisms())}\. Issue a standard form"):
        check("home_pricing", "long", "mid")


def test_a_catalogue_too_small_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A team that hides a family learns of it here."""
    few = {id: m for id, m in mechanisms().items() if m.family != "serving_skew"}
    monkeypatch.setattr(blueprint, "mechanisms", lambda: few)
    with pytest.raises(GenerationError, match="too few mechanisms in some family"):
        draw(stream("few"), "home_pricing", form="short", level="mid")

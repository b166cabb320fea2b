"""How one finding is made: python run.py practice. The text that goes with it is practice/README.md."""

import sys
from pathlib import Path

import pandas as pd

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import evidence as ev  # noqa: E402


def read(name, *times):
    return pd.read_csv(HERE / "data" / name, parse_dates=list(times))


train = read("train.csv", "decision_time")
rides = read("events/rides.csv", "event_time", "recorded_at")
workshop = read("events/workshop.csv", "event_time", "recorded_at")

print("1. Recount both columns with everything in the log, as it stands today")
naive = {
    "rides_7d": ev.asof(train, rides, stream="rides", window_days=7, clock="event"),
    "workshop_visits_28d": ev.asof(train, workshop, stream="workshop", window_days=28, clock="event"),
}
for column, values in naive.items():
    print(f"   {column:<20} differs in {(train[column] != values).sum():>2} of {len(train)} rows")

print("\n2. Recount them with what was on record at the decision")
honest = {
    "rides_7d": ev.asof(train, rides, stream="rides", window_days=7),
    "workshop_visits_28d": ev.asof(train, workshop, stream="workshop", window_days=28),
}
for column, values in honest.items():
    print(f"   {column:<20} differs in {(train[column] != values).sum():>2} of {len(train)} rows")

print("\n3. Look at the rides of one row around its decision")
gap = (train["rides_7d"] - honest["rides_7d"]).sort_values(ascending=False, kind="stable")
row = train.loc[gap.index[0]]
mine = rides[rides["entity_id"] == row["entity_id"]]
near = mine[(mine["event_time"] - row["decision_time"]).abs() < pd.Timedelta(days=1)].sort_values("event_time")
print(f"   {row['row_id']}, decided {row['decision_time']:%d %B %H:%M}: given {row['rides_7d']}, honest {honest['rides_7d'][row.name]:.0f}")
for _, ride in near.iterrows():
    side = "before" if ride["event_time"] <= row["decision_time"] else "AFTER"
    print(f"   {ride['event_id']}  {ride['event_time']:%d %B %H:%M}  {side} the decision")

print("\n4. Guess the bug, and see whether the guess fits every row")
guess = ev.asof(train, rides, stream="rides", window_days=7.75, end_days=0.75, clock="event")
print(f"   rides up to the end of the decision day (18 hours on): differs in {(train['rides_7d'] != guess).sum()} of {len(train)} rows")

print("\n5. Evidence")
for index in gap.index[:3]:
    print(
        f'   {{ table = "train", row = "{train["row_id"][index]}", column = "rides_7d", '
        f"value = {train['rides_7d'][index]}, should_be = {honest['rides_7d'][index]:.0f} }}"
    )
print(f"   recomputed_difference = {ev.recomputed_difference(train, 'rides_7d', honest['rides_7d']):.4f}")
print(f"   for comparison, auc   = {ev.auc(train, 'rides_7d'):.4f} and {ev.auc(train, 'workshop_visits_28d'):.4f}: strength alone proves nothing")

"""Sealed-bid sales of homes: what will the winning bid be, in per cent of the guide price?"""

from __future__ import annotations

from generators.model import Attribute, Channel, EventStream, Feature, Scenario
from generators.scenarios._table import counted, read, status, summed

_COLUMNS = (
    *counted(
        "interest",
        (
            ("page_saves", 1.62, 0, "savings of the home's page by registered buyers"),
            ("floorplan_views", 1.44, 0, "views of the floor plan"),
            ("brochure_requests", 0.77, 0, "requests for the printed brochure"),
            ("viewing_visits", 0.99, 0, "visits with an agent"),
            ("repeat_visits", 0.5, 0, "second visits by the same party"),
            ("map_lookups", 1.26, 0, "look-ups of the surroundings on the map"),
            ("alert_signups", 0.54, 0, "sign-ups for alerts on this home"),
        ),
        window=14,
    ),
    *counted(
        "desk",
        (
            ("bidder_questions", 0.63, 0, "questions of bidders to the sales desk"),
            ("lender_contacts", 0.41, 0, "contacts of lenders about the home"),
            ("solicitor_contacts", 0.41, 0, "contacts of solicitors about the papers"),
            ("surveyor_contacts", 0.36, 0, "contacts of surveyors about access"),
            ("neighbour_contacts", 0.32, 0, "contacts of neighbours"),
        ),
        window=14,
    ),
    *summed(
        "costs",
        (
            ("repair_invoices", 0.68, 21000, "invoices for repairs at the home"),
            ("staging_invoices", 0.5, 34000, "invoices for furnishing and photographs"),
            ("advert_spend", 1.17, 6800, "spending on adverts for the home"),
            ("pack_sales", 0.85, 4500, "legal packs sold to bidders"),
            ("holding_fees", 0.59, 9500, "holding fees paid by interested parties"),
            ("garden_invoices", 0.54, 7600, "invoices for gardens and grounds"),
            ("survey_fees", 0.54, 28000, "fees of surveys ordered by bidders"),
            ("cleaning_invoices", 0.72, 5200, "invoices for cleaning"),
        ),
        window=14,
    ),
    *status(
        "case_file",
        (
            ("guide_band", 0.36, 3, "band of the guide price within its district"),
            ("desk_grade", 0.4, 3, "grade of the home on the sales desk"),
            ("paper_stage", 0.36, 2, "stage of the papers"),
            ("demand_band", 0.4, 3, "band of demand as the desk sees it"),
            ("handover_class", 0.31, 3, "class of the handover terms"),
        ),
    ),
    *read(
        "reports",
        (
            ("condition_score", 0.8, 58, "latest score of the home's condition"),
            ("energy_score", 0.8, 49, "latest score of an energy check"),
            ("noise_score", 0.84, 60, "latest score of a noise measurement"),
            ("appeal_score", 0.91, 56, "latest score given by a viewing agent"),
            ("district_index", 0.84, 54, "latest index of sales in the street"),
        ),
        window=14,
    ),
)
_HONEST = (
    (
        Channel(stream="interest", type="street_walks", rate=0.65),
        Feature(
            name="street_walks_28d", role="group", meaning="guided walks past the homes of the same street", stream="interest", type="street_walks", by="group",
        ),
    ),
    (
        Channel(stream="desk", type="council_contacts", rate=0.25),
        Feature(
            name="street_council_contacts_42d", role="group", meaning="contacts with the council about homes of the same street", stream="desk",
            type="council_contacts", by="group", window=42,
        ),
    ),
    (
        Channel(stream="interest", type="video_plays", rate=1.0),
        Feature(
            name="video_mean_minutes_42d", role="other", meaning="minutes watched of the video tour", stream="interest", type="video_plays",
            aggregate="mean", window=42,
        ),
    ),
    (
        Channel(stream="desk", type="owner_contacts", rate=0.6),
        Feature(
            name="days_since_owner_contact", role="other", meaning="full days since the owner was last in touch", stream="desk", type="owner_contacts",
            aggregate="days_since", window=0,
        ),
    ),
    (
        Channel(stream="costs", type="permit_fees", rate=0.5, value="amount", center=8200, amend=0.02),
        Feature(
            name="largest_permit_fee_42d", role="other", meaning="largest single fee for a permit", stream="costs", type="permit_fees",
            aggregate="max", window=42, divide=100,
        ),
    ),
)  # fmt: skip

SCENARIO = Scenario(
    id="home_pricing",
    title="What will the winning bid be?",
    company="Brackwater Homes",
    task="regression",
    entity="home",
    entities="homes",
    group="street",
    story=(
        "Brackwater Homes sells homes of estates and funds in rounds of sealed bids. A home stays on the books for several rounds; the highest bid of a round is binding on the bidder, and the owner may take it or wait.",
        "Four weeks before a round closes, a job estimates the winning bid of each home on the books, in per cent of its guide price. Bids are confirmed by the notaries another four weeks later, and only then reach the tables.",
        "The estimate was built by a predecessor who has since moved to another office. Its error on the holdout was so small that the owners' letters now quote it.",
    ),
    decision="The pricing desk advises each owner by the estimate: lower the guide price, spend on the home, or wait for the next round.",
    stakes="An estimate that is too high keeps a home on the books for months at the owner's cost; one that is too low gives money away on a binding bid. If the error is larger than promised, the desk learns of it from angry owners, one round at a time.",
    label="highest sealed bid of the round that the decision leads to, in per cent of the guide price, confirmed by the notary",
    inherited="The pipeline grew out of a pilot with one district office. The feature tables come from the warehouse's nightly jobs; the holdout error went into the owners' letters. Production has logged its requests for a month.",
    author="analyst, now with the lettings office",
    base=98.0,
    scale=6.0,
    streams=(
        EventStream(name="interest", meaning="What buyers do on the site and at the home.", value="minutes, or 1 where there is no duration", lag_hours=2.0, sources=("site", "app", "agent")),
        EventStream(name="desk", meaning="Contacts with the sales desk, by who called.", value="minutes the contact took", lag_hours=6.0, sources=("phone", "mail", "visit")),
        EventStream(name="costs", meaning="Money spent on a home or taken in for it.", value="cents", lag_hours=9.0, sources=("ledger", "card", "transfer")),
        EventStream(name="case_file", meaning="Changes of a home's bands and stages.", value="the new level, 1 to 5", lag_hours=7.0, sources=("rules", "desk")),
        EventStream(name="reports", meaning="Scores from inspections and measurements.", value="0 (worst) to 100 (best)", lag_hours=10.0, sources=("inspector", "agent")),
    ),
    attributes=(
        Attribute(name="kind", meaning="kind of home", categories=(("flat", 0.45), ("terrace", 0.25), ("semi", 0.2), ("detached", 0.1)), weight=0.18),
        Attribute(name="tenure_type", meaning="how the home is held", categories=(("freehold", 0.5), ("leasehold", 0.4), ("shared", 0.1)), weight=-0.14),
        Attribute(name="floor_area", meaning="floor area in square metres", center=84, spread=21, step=1, weight=0.12),
        Attribute(name="distance_to_station", meaning="kilometres to the nearest station", center=3.5, spread=1.3, step=0.1, weight=-0.08),
        Attribute(name="building_age", meaning="age of the building in years at instruction", center=48, spread=18, step=1, weight=-0.05),
    ),
    channels=tuple(channel for channel, _ in (*_COLUMNS, *_HONEST)),
    features=(
        *(feature for _, feature in (*_COLUMNS, *_HONEST)),
        *(
            Feature(name=name, role="attribute", meaning=meaning, aggregate="attribute", stream="entities", type=name)
            for name, meaning in (
                ("kind", "kind of home"), ("tenure_type", "how the home is held"), ("floor_area", "floor area in square metres"),
                ("distance_to_station", "kilometres to the nearest station"), ("building_age", "age of the building in years at instruction"),
            )
        ),
        Feature(name="days_on_books", role="tenure", meaning="full days since `started_at`", aggregate="tenure", stream="entities"),
    ),
    types={
        **{f"{channel.stream}.{channel.type}": feature.meaning for channel, feature in _COLUMNS},
        "interest.street_walks": "a guided walk past the home",
        "desk.council_contacts": "a contact with the council",
        "interest.video_plays": "the video tour was played",
        "desk.owner_contacts": "the owner was in touch",
        "costs.permit_fees": "a fee for a permit",
    },
)  # fmt: skip

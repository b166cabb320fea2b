"""A subscription to audio books and podcasts: who will give notice within four weeks?"""

from __future__ import annotations

from generators.model import Attribute, Channel, EventStream, Feature, Scenario
from generators.scenarios._table import counted, read, status, summed

_COLUMNS = (
    *counted(
        "listening",
        (
            ("audiobook_sessions", 1.44, 0, "sittings with an audio book"),
            ("podcast_sessions", 1.71, 0, "sittings with a podcast"),
            ("downloads", 0.72, 0, "titles put on a device for offline listening"),
            ("searches", 1.17, 0, "searches in the catalogue"),
            ("shelf_edits", 0.59, 0, "changes to the listener's shelves"),
            ("shared_clips", 0.45, 0, "clips sent to somebody else"),
            ("speed_changes", 0.68, 0, "changes of the playback speed"),
        ),
    ),
    *counted(
        "service_desk",
        (
            ("billing_contacts", 0.41, 0, "contacts about an invoice"),
            ("technical_contacts", 0.5, 0, "contacts about something that did not work"),
            ("account_contacts", 0.45, 0, "contacts about the account and its settings"),
            ("catalogue_contacts", 0.36, 0, "contacts about missing or withdrawn titles"),
            ("plan_contacts", 0.41, 0, "contacts about plans and their terms"),
        ),
    ),
    *summed(
        "payments",
        (
            ("title_purchases", 1.08, 1290, "bought titles that are not in the plan"),
            ("credit_packs", 0.63, 2400, "bought packs of listening credits"),
            ("gift_cards", 0.54, 2500, "gift cards bought for others"),
            ("seat_fees", 0.81, 390, "fees for further seats of a household"),
            ("store_orders", 0.59, 1850, "orders in the shop for headphones and merchandise"),
            ("event_tickets", 0.5, 1600, "tickets for readings and live recordings"),
            ("early_access_fees", 0.72, 450, "fees for titles before their release"),
            ("magazine_fees", 0.68, 590, "fees for audio magazines beside the plan"),
        ),
    ),
    *status(
        "account_log",
        (
            ("service_band", 0.36, 3, "band of the service desk's answering time"),
            ("loyalty_band", 0.31, 3, "band of the loyalty scheme"),
            ("contact_priority", 0.4, 3, "priority of the next proactive contact"),
            ("offer_class", 0.36, 3, "class of offers that the account may see"),
            ("review_stage", 0.36, 2, "stage of the yearly account review"),
        ),
    ),
    *read(
        "pulse",
        (
            ("satisfaction", 0.91, 62, "answer to the satisfaction question"),
            ("recommendation_fit", 0.84, 55, "answer to how well recommendations fit"),
            ("sound_rating", 0.8, 66, "answer to how the sound was"),
            ("app_rating", 0.84, 60, "answer to how the app works"),
            ("value_rating", 0.8, 52, "answer to whether the plan is worth its price"),
        ),
    ),
)
_HONEST = (
    (
        Channel(stream="listening", type="completed_titles", rate=0.7),
        Feature(
            name="household_completed_28d", role="group", meaning="titles that all members of the household heard to the end",
            stream="listening", type="completed_titles", by="group",
        ),
    ),
    (
        Channel(stream="service_desk", type="gift_contacts", rate=0.25),
        Feature(
            name="household_gift_contacts_42d", role="group", meaning="contacts of all members of the household about gifts",
            stream="service_desk", type="gift_contacts", by="group", window=42,
        ),
    ),
    (
        Channel(stream="listening", type="sleep_timer", rate=1.0),
        Feature(
            name="sleep_timer_mean_minutes_42d", role="other", meaning="minutes set on the sleep timer", stream="listening", type="sleep_timer",
            aggregate="mean", window=42,
        ),
    ),
    (
        Channel(stream="listening", type="newsletter_opens", rate=0.6),
        Feature(
            name="days_since_newsletter", role="other", meaning="full days since the last opened newsletter", stream="listening",
            type="newsletter_opens", aggregate="days_since", window=0,
        ),
    ),
    (
        Channel(stream="payments", type="donations", rate=0.5, value="amount", center=500, amend=0.02),
        Feature(
            name="largest_donation_42d", role="other", meaning="largest single donation to an author", stream="payments", type="donations",
            aggregate="max", window=42, divide=100,
        ),
    ),
)  # fmt: skip

SCENARIO = Scenario(
    id="subscription_churn",
    title="Who is about to leave?",
    company="Corvina Audio",
    task="binary",
    entity="subscriber",
    entities="subscribers",
    group="household",
    story=(
        "Corvina Audio sells a monthly subscription to audio books and podcasts. Whoever gives notice stays on the books for four more weeks; then the ledger closes and the notice is final.",
        "On Monday mornings a job scores all current subscribers. The care team calls the riskiest few hundred of them and offers help: a break, another plan, a person to talk to.",
        "Your predecessor left a working pipeline and moved to another team. The launch is on the calendar, and the head of care has already quoted the score to the board.",
    ),
    decision="The care team calls the subscribers with the highest scores of each run. A call takes twenty minutes, and the team can make about three hundred a week.",
    stakes="A call to somebody who would have stayed costs twenty minutes and sometimes wakes a sleeping dog. A leaver who was not called is a year of fees lost. If the model is weaker than promised, the team works through the wrong list for a quarter before anybody can tell.",
    label="1 if the subscriber gave notice within the four weeks after the decision, else 0",
    inherited="The pipeline was put together over two weeks from the warehouse's feature tables. Its holdout score was shown to the board. Nobody has looked at the feature jobs since, and production has been logging what it serves for a month.",
    author="data scientist, now with the recommendations team",
    base=0.17,
    scale=1.0,
    streams=(
        EventStream(name="listening", meaning="What subscribers do in the app.", value="minutes, or 1 where there is no duration", lag_hours=2.0, sources=("ios", "android", "web")),
        EventStream(name="service_desk", meaning="Contacts with the service desk, by subject.", value="minutes the contact took", lag_hours=5.0, sources=("phone", "chat", "mail")),
        EventStream(name="payments", meaning="Payments beside the monthly fee.", value="cents", lag_hours=8.0, sources=("card", "wallet", "invoice")),
        EventStream(name="account_log", meaning="Changes of an account's bands and stages.", value="the new level, 1 to 5", lag_hours=6.0, sources=("rules", "desk")),
        EventStream(name="pulse", meaning="Answers to one-question surveys.", value="0 (worst) to 100 (best)", lag_hours=3.0, sources=("app", "mail")),
    ),
    attributes=(
        Attribute(name="plan", meaning="plan at sign-up", categories=(("solo", 0.5), ("duo", 0.2), ("family", 0.2), ("student", 0.1)), weight=0.24),
        Attribute(name="signup_channel", meaning="where the subscriber came from", categories=(("search", 0.35), ("friend", 0.2), ("bundle", 0.25), ("shop", 0.2)), weight=0.18),
        Attribute(name="age", meaning="age at sign-up in years", center=41, spread=12, step=1, weight=-0.18),
        Attribute(name="distance_to_store", meaning="kilometres to the nearest partner shop", center=14, spread=6, step=0.5, weight=0.08),
        Attribute(name="devices", meaning="devices registered at sign-up", center=3, spread=1.2, step=1, weight=-0.12),
    ),
    channels=tuple(channel for channel, _ in (*_COLUMNS, *_HONEST)),
    features=(
        *(feature for _, feature in (*_COLUMNS, *_HONEST)),
        *(
            Feature(name=name, role="attribute", meaning=meaning, aggregate="attribute", stream="entities", type=name)
            for name, meaning in (
                ("plan", "plan at sign-up"), ("signup_channel", "where the subscriber came from"), ("age", "age at sign-up in years"),
                ("distance_to_store", "kilometres to the nearest partner shop"), ("devices", "devices registered at sign-up"),
            )
        ),
        Feature(name="tenure_days", role="tenure", meaning="full days since `started_at`", aggregate="tenure", stream="entities"),
    ),
    types={
        **{f"{channel.stream}.{channel.type}": feature.meaning for channel, feature in _COLUMNS},
        "listening.completed_titles": "a title heard to the end",
        "service_desk.gift_contacts": "a contact about a gift",
        "listening.sleep_timer": "the sleep timer was set",
        "listening.newsletter_opens": "a newsletter was opened",
        "payments.donations": "a donation to an author",
    },
)  # fmt: skip

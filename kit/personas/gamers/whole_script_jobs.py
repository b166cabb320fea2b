"""Everything that a script does, and it looks for the job that went wrong: guilty is what one brings out to the last cell."""

from __future__ import annotations

from kit.personas.gamers._by_rules import by_rules
from kit.personas.gamers._suspects import worked

GAMER = by_rules(
    id="whole_script_jobs", summary="Faulty jobs to the last cell, signatures of skew, checklist, rebuild, back-tested claims.", suspects=worked
)

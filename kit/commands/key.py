"""`takehome key`: the truth about one take-home, for a grader."""

from __future__ import annotations

import json
from typing import Any

import click

from kit.commands.common import command, emit, say, vault_option
from kit.vault import Vault


@click.command("key")
@click.argument("id_", metavar="ID")
@vault_option
@command
def key_command(id_: str, vault: str, as_json: bool) -> None:
    """Show what was planted in take-home ID: its faults, their honest twins, and how each can be seen. Not for candidates."""
    form = Vault.open(vault).form(id_)
    form.verify(only=["key.json"])
    key: dict[str, Any] = json.loads((form.folder / "key.json").read_text(encoding="utf-8"))
    if as_json:
        emit(key)
        return
    record = form.record
    say(f"Take-home {form.id}: {key['title']} ({key['scenario']}, {key['form']}, {key['level']}), issued {record.issued_at} in round {record.round}")
    say("The answers follow. Keep them from candidates while anybody of the round still works on a form.")
    twins = {decoy["id"]: decoy for decoy in key["decoys"]}
    for fault in key["faults"]:
        say()
        say(f"{fault['id']}  {fault['title']}   [{fault['family']} / {fault['mechanism']}, level {fault['level']}]")
        say(f"    where     {locus_words(fault['locus'])}")
        for name, label in (("explanation", "what"), ("trail", "trail"), ("price", "price"), ("question", "ask")):
            say(f"    {label:<9} {fault[name]}")
        twin = twins.get(fault["twin"])
        if twin is not None:
            say(f"    twin      {twin['id']}  {twin['title']}, {locus_words(twin['locus'])}: {twin['explanation']}")
    for decoy in key["decoys"]:
        if decoy["id"] not in {fault["twin"] for fault in key["faults"]}:
            say()
            say(f"{decoy['id']}  {decoy['title']} (honest), {locus_words(decoy['locus'])}: {decoy['explanation']}")
    reference = key["reference"]
    say()
    say(
        f"{key['metric']} in production: inherited pipeline {reference['m_inherited']:.4f}, honest reference {reference['m_ref']:.4f},"
        f" no skill {reference['m_base']:.4f}"
    )
    say(f"Commitment {record.commitment}, with nonce {record.nonce}: shown together with key.json they prove that the key was sealed before.")


def locus_words(locus: dict[str, Any]) -> str:
    """A locus in words: `column calls_28d of train`."""
    kind, table = locus.get("kind"), locus.get("table")
    if kind == "column":
        return f"column {locus.get('column')} of {table}"
    if kind == "rows":
        return f"rows of {table}"
    return f"the split of {table}" if kind == "split" else json.dumps(locus)

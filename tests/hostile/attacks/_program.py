"""The program of a hand-in: a guard, bounds of its own, the attack, and an honest pipeline for whatever the attack lets through."""

from __future__ import annotations

import textwrap

GUARD = 'if not __import__("os").path.exists("/IN_SANDBOX"): raise SystemExit("only inside a sandbox")\n'
"""The first statement of every Python file of an attack."""

PRELUDE = '''
import ctypes, errno, json, mmap, os, resource, signal, socket, stat, struct, subprocess, sys, threading, time

COMMAND = sys.argv[1]
ARGS = dict(zip(sys.argv[2::2], sys.argv[3::2]))
PLAN = json.load(open("/sub/plan.json"))
BEGAN = time.monotonic()
LIBC = ctypes.CDLL(None, use_errno=True)

for kind, most in ((resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_FSIZE, MEGABYTES << 20), (resource.RLIMIT_NPROC, PROCESSES)):
    hard = resource.getrlimit(kind)[1]
    if hard == resource.RLIM_INFINITY or most < hard:
        resource.setrlimit(kind, (most, most))


def time_left():
    """Whether the time that the attack allows itself is not over."""
    return time.monotonic() - BEGAN < SECONDS


def say(*words):
    print(*words, flush=True)


def attempt(what, action, *args):
    """Try what must not work. Only the refusal of the system counts as one: a mistake in the attack itself ends the call."""
    try:
        value = action(*args)
    except (OSError, ImportError) as error:
        say(f"refused: {what}: {type(error).__name__}: {errno.errorcode.get(getattr(error, 'errno', None), '')}")
        return None
    say(f"went through: {what}: {value!r}"[:2000])
    return value


def attempt_each(what, action, items):
    """The same for many: all must be refused, and there must be some."""
    refused = 0
    for item in list(items)[:5000]:
        try:
            value = action(item)
        except OSError:
            refused += 1
        else:
            say(f"went through: {what}: {item!r}: {value!r}"[:2000])
    say(f"refused: {what}: {refused} times" if refused else f"not tried: {what}")


def read(path):
    with open(path, "rb") as file:
        return file.read(4096)


def write(path, data=b"x"):
    with open(path, "wb") as file:
        file.write(data)


def syscall(number, *args):
    """A system call by its number; OSError where it is refused."""
    ctypes.set_errno(0)
    result = LIBC.syscall(ctypes.c_long(number), *(ctypes.c_long(each) if isinstance(each, int) else each for each in args))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def called(name, *args):
    """A function of the C library that answers -1 where it is refused."""
    ctypes.set_errno(0)
    result = getattr(LIBC, name)(*args)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def answers(scores=None, ids=None):
    """A table of predictions for the requests of this call; what is given replaces the honest column."""
    import pyarrow as pa, pyarrow.parquet as pq

    requests = pq.read_table(ARGS["--data"] + "/requests.parquet")
    known = requests.column("request_id").to_pylist()
    return pa.table({"request_id": known if ids is None else ids(known), "score": requests.column("x") if scores is None else scores(len(known))})


def hand_over(table, **options):
    """Write predictions and end the call."""
    import pyarrow.parquet as pq

    pq.write_table(table, ARGS["--out"], **options)
    sys.exit(0)
'''

HONEST = """
if COMMAND == "train":
    world = json.load(open(ARGS["--data"] + "/world.json"))
    json.dump({"name": world["name"]}, open(ARGS["--model"] + "/model.json", "w"))
elif COMMAND == "validate":
    world = json.load(open(ARGS["--data"] + "/world.json"))
    said = {"metric": "roc_auc", "estimate": world["skill"], "low": 0.1, "high": 0.9, "n": 100}
    json.dump(said, open(ARGS["--out"], "w"))
else:
    assert json.load(open(ARGS["--model"] + "/model.json"))["name"]
    hand_over(answers())
"""
"""The honest work: it knows how good it is (`skill`), and its score is the sound feature."""


def program_of(command: str, code: str, *, seconds: int, megabytes: int, processes: int) -> str:
    """The whole program, the guard first."""
    bounds = f"SECONDS, MEGABYTES, PROCESSES = {seconds}, {megabytes}, {processes}\n"
    attack = f"if COMMAND == {command!r}:\n{textwrap.indent(textwrap.dedent(code).strip(), '    ')}\n" if code.strip() else ""
    return GUARD + bounds + PRELUDE + attack + HONEST

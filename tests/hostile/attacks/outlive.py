"""Outlive: to go on after the run, to hold up its end, or to end what is not its own."""

from __future__ import annotations

from attacks._attack import Attack

DAEMON = """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in range(3, 20):
            try:
                os.close(number)
            except OSError:
                pass
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while time_left():
            write("/out/later", b"still here")
            time.sleep(0.05)
    os._exit(0)
"""

ATTACKS = (
    Attack(
        id="outlive_daemon",
        what="leaves a process behind, twice forked, with its own session, that goes on writing",
        covers=("daemon",),
        code=DAEMON + "time.sleep(0.2)\nsay('left behind')",
        says=("left behind",),
        quick=True,
    ),
    Attack(
        id="outlive_pipes",
        what="leaves processes behind that hold standard output and error open",
        covers=("held_pipes",),
        code="""
        for number in range(4):
            if os.fork() == 0:
                os.setsid()
                time.sleep(5)
                os._exit(0)
        say("holding")
        """,
        says=("holding",),
    ),
    Attack(
        id="outlive_silence",
        what="closes its outputs, so that a reader takes it for ended, and computes on",
        covers=("closed_pipes",),
        command="validate",
        code="""
        os.close(1)
        os.close(2)
        while time_left():
            pass
        """,
        seconds=10,
        outcome="timeout_cpu",
        gains=None,
    ),
    Attack(
        id="outlive_kill",
        what="kills every process that it may, the grader by its number too",
        covers=("kill_everybody",),
        code="""
        attempt("kill the grader", os.kill, PLAN["pid"], signal.SIGKILL)
        attempt("kill the group of the grader", os.killpg, PLAN["pid"], signal.SIGKILL)
        # The first process of a namespace is spared by its own -1; where nobody else lives there is nobody to kill.
        attempt("kill everybody", os.kill, -1, signal.SIGKILL)
        """,
        quick=True,
    ),
    Attack(
        id="outlive_grader",
        what="goes on computing while the grader itself is killed (tests/hostile/test_grader_killed.py kills it)",
        covers=("grader_killed",),
        command="train",
        code=DAEMON + "say('under way')\nwhile time_left():\n    time.sleep(0.05)\n",
        seconds=20,
        kills=True,
    ),
)

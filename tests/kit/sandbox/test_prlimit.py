"""The limits of each process: what is asked for is what a child has."""

import json
import subprocess
import sys

from kit.sandbox.model import Limits
from kit.sandbox.prlimit import limited

ASK = """
import json, resource
names = ("AS", "CPU", "FSIZE", "NOFILE", "NPROC", "CORE", "MEMLOCK")
print(json.dumps({name: resource.getrlimit(getattr(resource, "RLIMIT_" + name)) for name in names}))
"""


def test_every_limit_reaches_the_command() -> None:
    """Soft and hard alike, so that a run cannot raise it again; processes only where they are the run's alone."""
    limits = Limits(wall_s=30.0, cpu_s=20, descriptors=64, processes=77)
    seen = json.loads(subprocess.run([*limited(limits), sys.executable, "-I", "-c", ASK], capture_output=True, check=True).stdout)
    wanted = {"AS": limits.address_bytes, "CPU": 21, "FSIZE": limits.output_bytes, "NOFILE": 64, "NPROC": 77, "CORE": 0, "MEMLOCK": 0}
    assert seen == {name: [value, value] for name, value in wanted.items()}
    assert [word for word in limited(limits) if word not in limited(limits, count_processes=False)] == ["--nproc=77:77"]

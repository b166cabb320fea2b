"""The product around generators and graders. One thread a process, unless somebody asked for more: numbers then do not depend on a
machine's cores, and processes do not fight over them. Numerical libraries read this when they are loaded, so it is said first."""

import os

for _library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

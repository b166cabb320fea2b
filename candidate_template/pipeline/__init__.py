"""Training, validation and scoring behind the model."""

import gc
import os

# The scoring job runs on one core. Has to be set before numpy is imported.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

# Every command is a short job that spends most of its time on imports. They make a great many objects that stay, and
# looking through them for garbage after every 700, as is the default, only takes time.
gc.set_threshold(50_000, 20, 20)

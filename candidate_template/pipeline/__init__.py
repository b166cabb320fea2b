"""Training, validation and scoring behind the model."""

import os

# The scoring job runs on one core. Has to be set before numpy is imported.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

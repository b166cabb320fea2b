"""What personas put into a submission. Every module here also works outside of the kit: numpy, pandas and pyarrow, nothing of ours."""

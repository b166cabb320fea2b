"""The calibration study: what the kit promises about its forms and scores, measured.

`results` holds what a study saw, `estimators` and `intervals` the statistics, `promises` judges them against docs and rubric, `page` shows it all.
Measuring, judging and showing stay apart: nothing here renders inside a result.
"""

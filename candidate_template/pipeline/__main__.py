"""Command line of the pipeline: python -m pipeline train | validate | predict."""

import argparse
import sys
from pathlib import Path

from pipeline import data, evaluate, model


def main(argv=None):
    parser = argparse.ArgumentParser(prog="python -m pipeline", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    train = commands.add_parser("train", help="fit the model on DATA/train.parquet")
    train.add_argument("--data", type=Path, required=True, help="folder with train.parquet")
    train.add_argument("--model", type=Path, required=True, help="folder to save the model in")

    validate = commands.add_parser("validate", help="fit on the training rows, score the holdout")
    validate.add_argument("--data", type=Path, required=True, help="folder with train.parquet and holdout.parquet")
    validate.add_argument("--out", type=Path, required=True, help="JSON file to write")

    predict = commands.add_parser("predict", help="score one batch of requests")
    predict.add_argument("--data", type=Path, required=True, help="batch folder with requests.parquet")
    predict.add_argument("--model", type=Path, required=True, help="folder that train wrote")
    predict.add_argument("--out", type=Path, required=True, help="Parquet file to write")

    args = parser.parse_args(argv)
    if args.command == "train":
        fitted = model.fit(data.read_table(args.data, "train"))
        model.save(fitted, args.model)
        print(f"trained on {fitted.n_rows} rows, {len(fitted.columns.names)} columns -> {args.model}")
    elif args.command == "validate":
        report = evaluate.validate(args.data)
        evaluate.write_report(report, args.out)
        print(f"{report['metric']} {report['estimate']:.4f} ({report['low']:.4f} to {report['high']:.4f}) on {report['n']} rows")
    else:
        requests = data.read_table(args.data, "requests")
        scores = model.load(args.model).predict(requests)
        data.write_predictions(requests, scores, args.out)
        print(f"scored {len(scores)} requests -> {args.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

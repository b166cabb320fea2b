"""The take-home as a candidate receives it: the starter repository rendered around one form's data, as a folder and as a zip.

    brief.json + given/ + samples/ + candidate_template/ + graders/statistics.py  ->  out/<id>/  and  takehome.zip

Nothing else of a form goes in. Names, order, times and modes of files are the same for every take-home, so they tell nothing.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

from kit.errors import InputError, InternalError
from kit.files import file_digest, remove_tree, walk_files

EVIDENCE = Path(__file__).resolve().parent.parent / "graders" / "statistics.py"
"""Copied verbatim as `evidence.py`: a candidate computes with the very functions that the grader checks with."""
SUFFIX = ".j2"
CACHES = {"__pycache__", ".pytest_cache", ".ruff_cache", ".mypy_cache", ".DS_Store"}
TABLES = ("train", "holdout", "acceptance", "serving_log")
SAMPLES = ("a", "b")
KEYS = {"row_id", "request_id", "entity_id", "decision_time", "label"}
PUBLIC = ("schema", "id", "kit_version", "commitment")
"""What of the issue record a candidate may see. The form's length is not: it would tell how many faults there are."""
METRICS = {"roc_auc": "ROC AUC", "mae": "mean absolute error"}
FAMILIES = (
    ("target_leakage", "a value exists, or is what it is, because of the outcome."),
    ("future_timestamp", "an honest value, seen too early."),
    ("contamination", "an evaluation set is not independent of the training set."),
    ("serving_skew", "production computes a value differently than training did."),
)
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{3,63}")
WHEN = (2020, 1, 1, 0, 0, 0)
"""The time of every file: when a take-home was made says nothing about it, and a zip made twice is the same."""


def write_takehome(
    brief: Mapping[str, Any],
    given: Path,
    *,
    template: Path,
    out: Path,
    takehome: Mapping[str, Any],
    samples: Path | None = None,
    zip_path: Path | None,
) -> Path:
    """Write the take-home `out/<id>/` and its zip (None: no zip); returns the folder.

    Renders `template` with the brief, copies `given` to `data/`, the two sample batches to `samples/` (from the folder `samples`, by default
    the one beside `given`) and the grader's statistics to `evidence.py`, and writes `takehome.json`: the public part of `takehome` and a
    digest of each data file. Both appear whole or not at all.

    Raises InputError when `out/<id>` exists already, and InternalError when the brief or the data are not what contracts.md says.
    """
    id_ = str(brief.get("id"))
    if not ID.fullmatch(id_) or takehome.get("id") != id_:
        raise InternalError(
            f"brief and takehome must name the same id, 4 to 64 letters and digits; got {brief.get('id')!r} and {takehome.get('id')!r}"
        )
    folder = out / id_
    if folder.exists():
        raise InputError(f"the take-home folder must be new; {str(folder)!r} is there already. Move it away, or give another --out.")
    samples = given.parent / "samples" if samples is None else samples
    _check_given(brief, given)
    _check_samples(samples)
    out.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=out, prefix=".starter-"))
    try:
        made = work / id_
        made.mkdir()
        render_template(template, made, brief)
        _copy_parquet(given, made / "data")
        for name in SAMPLES:
            _copy_parquet(samples / name, made / "samples" / name)
        shutil.copyfile(EVIDENCE, made / "evidence.py")
        public = {name: takehome[name] for name in PUBLIC if name in takehome}
        public["data"] = {path.relative_to(made / "data").as_posix(): file_digest(path) for path in walk_files(made / "data")}
        (made / "takehome.json").write_text(json.dumps(public, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        _level(made)
        if zip_path is not None:
            zip_path.parent.mkdir(parents=True, exist_ok=True)
            zip_part = zip_path.with_name(f".{zip_path.name}.part")
            try:
                write_zip(made, zip_part)
                os.replace(zip_part, zip_path)
            finally:
                zip_part.unlink(missing_ok=True)
        os.rename(made, folder)
    finally:
        remove_tree(work)
    return folder


def render_template(template: Path, target: Path, brief: Mapping[str, Any]) -> None:
    """Every file of the template folder under `target`: those named `*.j2` rendered with the brief, the others copied."""
    environment = Environment(
        loader=FileSystemLoader(template, encoding="utf-8"),
        undefined=StrictUndefined,
        autoescape=False,  # Markdown and Python, never HTML; the brief is the kit's own text
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"cell": _cell, "inline": _inline, "moment": _moment, "sentence": _sentence}
    try:
        context = {**brief, "metric_words": METRICS[brief["metric"]], "families": FAMILIES}
    except KeyError as error:
        raise InternalError(f"brief.json must have a metric, one of {', '.join(METRICS)}; got {error.args[0]!r}") from error
    for source in _template_files(template):
        name = source.relative_to(template).as_posix()
        path = target / name.removesuffix(SUFFIX)
        path.parent.mkdir(parents=True, exist_ok=True)
        if not name.endswith(SUFFIX):
            shutil.copyfile(source, path)
            continue
        try:
            text = environment.get_template(name).render(context)
        except TemplateError as error:
            raise InternalError(f"{name} of the starter cannot be rendered with this brief: {error}. Compare it with docs/contracts.md.") from error
        path.write_text(re.sub(r"\n{3,}", "\n\n", text) if path.suffix == ".md" else text, encoding="utf-8", newline="\n")


def write_zip(folder: Path, target: Path) -> None:
    """Zip a folder under its own name: sorted, fixed times and modes, so that equal folders give equal bytes."""
    with zipfile.ZipFile(target, "w") as archive:
        for path in walk_files(folder):
            info = zipfile.ZipInfo(f"{folder.name}/{path.relative_to(folder).as_posix()}", WHEN)
            info.create_system = 3
            info.external_attr = 0o100644 << 16
            # Parquet is compressed already; storing it keeps the bytes free of what a zlib version does.
            info.compress_type = zipfile.ZIP_STORED if path.suffix == ".parquet" else zipfile.ZIP_DEFLATED
            archive.writestr(info, path.read_bytes())


def _template_files(template: Path) -> Iterator[Path]:
    if not (template / "run.py").is_file():
        raise InternalError(f"the starter's templates must be in {str(template)!r}; there is no run.py in it. Run the kit from its repository.")
    for path in walk_files(template):
        if not CACHES.intersection(path.relative_to(template).parts):
            yield path


def _check_given(brief: Mapping[str, Any], given: Path) -> None:
    """Raise InternalError unless `given` holds the contract's tables and nothing else, and every column is described in the brief."""
    described = {str(column["name"]) for column in brief.get("columns", ())}
    for table in (*TABLES, "entities"):
        if not (given / f"{table}.parquet").is_file():
            raise InternalError(f"the form's data must hold {table}.parquet; it is missing from {str(given)!r}")
    for path in walk_files(given):
        name = path.relative_to(given).as_posix()
        if not re.fullmatch(r"(train|holdout|acceptance|serving_log|entities)\.parquet|events/[a-z0-9_]+\.parquet", name):
            raise InternalError(f"the form's data must hold only the tables of docs/contracts.md; got {name!r}. It was not given to the candidate.")
    for table in TABLES:
        columns = set(pq.read_schema(given / f"{table}.parquet").names) - KEYS
        if columns != described:
            odd = ", ".join(sorted(columns ^ described))
            raise InternalError(f"the brief must describe exactly the columns of {table}.parquet; they differ in: {odd}")


def _check_samples(samples: Path) -> None:
    for name in SAMPLES:
        for file in ("requests.parquet", "entities.parquet", "events"):
            if not (samples / name / file).exists():
                raise InternalError(f"a build must leave two sample batches, {' and '.join(SAMPLES)}, in {str(samples)!r}; {name}/{file} is missing")


def _copy_parquet(source: Path, target: Path) -> None:
    """The Parquet files of a folder, byte for byte. Raises InternalError for anything else in it and for metadata that might tell something."""
    for path in walk_files(source):
        name = PurePosixPath(path.relative_to(source).as_posix())
        if path.suffix != ".parquet" or name.parent.as_posix() not in (".", "events"):
            raise InternalError(f"only Parquet tables are given to a candidate; got {name.as_posix()!r} in {str(source)!r}")
        told = set(_metadata(path)) - {b"pandas", b"ARROW:schema"}
        if told:
            raise InternalError(f"{name} must carry no metadata of its own; got {sorted(told)!r}. Write it without.")
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target / name)


def _metadata(path: Path) -> Mapping[bytes, bytes]:
    try:
        return pq.read_metadata(path).metadata or {}
    except (OSError, pa.ArrowException) as error:
        raise InternalError(f"{path.name} must be a Parquet table; it cannot be read: {error}") from error


def _level(folder: Path) -> None:
    """Give every file and folder the same time and mode."""
    when = int(datetime(*WHEN, tzinfo=UTC).timestamp())
    for path in sorted(folder.rglob("*"), reverse=True):
        path.chmod(0o755 if path.is_dir() else 0o644)
        os.utime(path, (when, when))
    folder.chmod(0o755)
    os.utime(folder, (when, when))


def _cell(text: object) -> str:
    """Text that stays within one cell of a Markdown table."""
    return " ".join(str(text).split()).replace("|", "\\|")


def _inline(text: object) -> str:
    """Text on one line that a sentence can go on after."""
    return " ".join(str(text).split()).rstrip(".")


def _sentence(text: object) -> str:
    """Text on one line, with a capital letter at its start and a full stop at its end."""
    plain = " ".join(str(text).split())
    plain = plain[:1].upper() + plain[1:]
    return plain if plain.endswith((".", "!", "?", ":")) else plain + "."


def _moment(text: object) -> str:
    """An ISO time as a person writes it, to the minute."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise InternalError(f"the brief's calendar must hold ISO times; got {text!r}") from error
    return f"{moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC):%Y-%m-%d %H:%M}"

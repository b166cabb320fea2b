"""Python: files that a Python starts by itself, or takes for others. They may run in the sandbox as any code of theirs; never in ours."""

from __future__ import annotations

import py_compile
import sys
import tempfile
from pathlib import Path

from attacks._attack import Attack
from attacks._program import GUARD
from attacks.archive import _zip

LOUD = GUARD + "print('went through: started by itself')\n"
"""Says so where it runs."""


def _cached(folder: Path, target: Path, *, beside: bool) -> Path:
    """A zip whose package has compiled code that says another thing than its source; Python would trust it unread."""
    with tempfile.TemporaryDirectory() as place:
        source = Path(place) / "__init__.py"
        source.write_text(LOUD)
        name = folder / "pipeline" / ("hidden.pyc" if beside else f"__pycache__/__init__.{sys.implementation.cache_tag}.pyc")
        name.parent.mkdir(exist_ok=True)
        py_compile.compile(str(source), cfile=str(name), doraise=True, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    return _zip(folder, target)


ATTACKS = (
    Attack(
        id="python_sitecustomize",
        what="lays files beside its pipeline that a Python starts by itself",
        covers=("sitecustomize", "usercustomize", "conftest", "pth"),
        files={
            "sitecustomize.py": LOUD,
            "usercustomize.py": LOUD,
            "conftest.py": LOUD,
            "pipeline/sitecustomize.py": LOUD,
            "start.pth": "import os; os.path.exists('/IN_SANDBOX') and print('went through: a pth')\n",
            "pyvenv.cfg": "home = /sub\n",
            ".pythonrc.py": LOUD,
        },
        silent=("went through",),
    ),
    Attack(
        id="python_home",
        what="lays the same where a run's home folder would be searched, and starts Python again",
        covers=("usercustomize", "pth"),
        code="""
        import site
        place = f"/tmp/.local/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
        os.makedirs(place)
        write(place + "/usercustomize.py", b"print('from home')")
        write(place + "/start.pth", b"import sys; print('from home')")
        done = subprocess.run([sys.executable, "-c", "print('clean')"], capture_output=True, text=True, timeout=4)
        say("went through: from home" if "from home" in done.stdout else "home is not searched:", done.stdout.strip())
        """,
        processes=40,
        says=("home is not searched: clean",),
    ),
    Attack(
        id="python_shadow",
        what="has modules of its own under the names that a reader of predictions needs",
        covers=("shadowed_modules",),
        command="predict",
        files={
            **{f"{name}.py": GUARD + "raise ImportError('shadowed')\n" for name in ("numpy", "pandas", "kit", "graders", "decode_inside")},
            "pyarrow/__init__.py": GUARD + "raise ImportError('shadowed')\n",
        },
        code="import importlib\nattempt('import the true pyarrow', importlib.import_module, 'pyarrow.parquet')\nwrite(ARGS['--out'], b'x')\nsys.exit(0)",
        outcome="predictions_unreadable",
        gains=None,
    ),
    Attack(
        id="python_model_shadow",
        what="keeps modules in its model, beside the predictions and beside the validation, for whoever reads there",
        covers=("shadowed_by_the_model",),
        code="""
        for folder in ("/out", "/out/model"):
            for name in ("numpy", "pyarrow", "sitecustomize", "json", "decode_inside"):
                write(f"{folder}/{name}.py", b"raise SystemExit('shadowed')")
        """,
    ),
    Attack(
        id="python_settings",
        what="names paths and libraries to be loaded in every file of settings that a tool might read",
        covers=("pythonpath", "ld_preload"),
        files={
            ".env": "PYTHONPATH=/sub/evil\nLD_PRELOAD=/sub/evil.so\nPYTHONSTARTUP=/sub/evil/start.py\n",
            "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["evil"]\naddopts = "-p evil"\n',
            "setup.cfg": "[options]\npackages = evil\n",
            "tox.ini": "[testenv]\nsetenv = PYTHONPATH=evil\n",
            "ld.so.preload": "/sub/evil.so\n",
            "evil/start.py": LOUD,
            "evil/numpy.py": LOUD,
            "evil.so": b"\x7fELF not a library",
        },
        code="""
        named = [name for name in os.environ if name in ("PYTHONPATH", "LD_PRELOAD", "PYTHONSTARTUP", "LD_AUDIT")]
        say("named in the environment:", named)
        """,
        says=("named in the environment: []",),
        silent=("went through",),
    ),
    Attack(
        id="python_preload",
        what="sets the same for the processes that it starts, and starts the system's programs that way",
        covers=("ld_preload", "pythonpath"),
        code="""
        env = {"LD_PRELOAD": "/sub/evil.so", "LD_LIBRARY_PATH": "/sub", "PYTHONPATH": "/sub"}
        done = subprocess.run(["/usr/bin/setpriv", "--reuid", "0", "/usr/bin/id"], env=env, capture_output=True, timeout=3)
        say("refused by setpriv" if done.returncode else "went through: setpriv")
        """,
        files={"evil.so": b"\x7fELF not a library"},
        processes=40,
        says=("refused by setpriv",),
    ),
    Attack(
        id="python_cache",
        what="hands in a cache whose compiled code says another thing than the source that a person reads",
        covers=("poisoned_cache",),
        pack=lambda folder, target: _cached(folder, target, beside=False),
        silent=("went through",),
        quick=True,
    ),
    Attack(
        id="python_sourceless",
        what="hands in a module as compiled code alone, which nobody can read",
        covers=("sourceless",),
        pack=lambda folder, target: _cached(folder, target, beside=True),
        code="import importlib\nattempt('import a module without source', importlib.import_module, 'pipeline.hidden')",
    ),
    Attack(
        id="python_requirements",
        what="asks for packages of its own from an index of its own",
        covers=("requirements",),
        files={
            "requirements.txt": "--"
            + "index-"
            + "url http://127.0.0.1:1/simple\n--"
            + "extra-index-"
            + "url http://localhost/\nevil==1.0\n-e ./evil\n",
            "setup.py": LOUD,
            "pyproject.toml": '[build-system]\nrequires = ["evil"]\nbuild-backend = "evil"\nbackend-path = ["."]\n',
            "environment.yml": "dependencies: [evil]\n",
            "Makefile": "all:\n\ttouch owned\n",
        },
        code="import importlib\nattempt('import what was asked for', importlib.import_module, 'evil_package')",
        silent=("went through",),
    ),
    Attack(
        id="python_shell",
        what="has names that a shell would run",
        covers=("shell_names",),
        files={
            "$(touch owned)": "x",
            "; touch owned #": "x",
            "`touch owned`.py": GUARD,
            "-rf": "x",
            "--vault=elsewhere": "x",
            "a | tee owned": "x",
            "findings && touch owned.csv": "row_id\n",
        },
        pack=lambda folder, target: _zip(folder, target.with_name("$(touch owned); `id` && x")),
    ),
    Attack(
        id="python_no_pipeline",
        what="hands in no program",
        covers=("no_pipeline",),
        without=("pipeline/__main__.py",),
        outcome="no_pipeline",
        everywhere=True,
        gains=None,
    ),
    Attack(
        id="python_broken",
        what="hands in a package that ends before its program begins",
        covers=("broken_package",),
        files={"pipeline/__init__.py": GUARD + "raise SystemExit(3)\n"},
        outcome="crashed",
        everywhere=True,
        gains=None,
    ),
    Attack(
        id="python_pickle",
        what="keeps a model and predictions that run code when they are unpickled",
        covers=("pickle",),
        command="predict",
        code="""
        # The opcodes by hand: print 'went through' when loaded.
        loaded = b"cbuiltins\\nprint\\n(S'went through: unpickled'\\ntR."
        write(ARGS["--out"], loaded)
        sys.exit(0)
        """,
        outcome="predictions_unreadable",
        gains=None,
        silent=("went through",),
    ),
)

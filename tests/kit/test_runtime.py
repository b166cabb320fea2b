"""The runtime is built once, whole or not at all, and holds nothing of the kit."""

import re
import subprocess
from pathlib import Path

import pytest

from kit import runtime
from kit.runtime import RuntimeUnavailable, default_folder, digest_of, ensure_runtime, find_runtime


def test_it_is_built_once_and_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With no packages to install, so that the test needs no network; half-made builds are swept."""
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("# nothing\n")
    home = tmp_path / "home"
    (home / ".building-left").mkdir(parents=True)
    assert find_runtime(home, requirements=requirements) is None
    said: list[str] = []
    built = ensure_runtime(home, requirements=requirements, progress=lambda what, share: said.append(what))
    assert said == ["making the environment that submissions run in", "the environment is ready"]
    assert not list(home.glob(".building-*"))
    monkeypatch.setattr(runtime, "_build", lambda *args: pytest.fail("built twice"))
    assert ensure_runtime(home, requirements=requirements) == built == find_runtime(home, requirements=requirements)
    seen = subprocess.run([built.interpreter.outside, "-I", "-c", "import kit"], capture_output=True, cwd=tmp_path, check=False)
    assert b"ModuleNotFoundError" in seen.stderr
    assert built.python == "/runtime/bin/python"


def test_a_build_that_fails_leaves_nothing_and_quotes_pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be installed is named."""
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("some-package==1.0\n")

    def run(command: list[str], what: str) -> None:
        if "install" in command:
            raise RuntimeUnavailable(f"could not {what}: some-package")

    monkeypatch.setattr(runtime, "_run", run)
    with pytest.raises(RuntimeUnavailable, match="some-package"):
        ensure_runtime(tmp_path / "home", requirements=requirements)
    assert [path.name for path in (tmp_path / "home").iterdir()] == [".lock"]


def test_the_key_follows_the_pins_and_not_the_comments(tmp_path: Path) -> None:
    """Order and remarks do not build it again; a version does."""
    texts = ("a==1\nb==2\n", "# hello\nb==2  # why\n\na==1\n", "a==1\nb==3\n")
    digests = []
    for number, text in enumerate(texts):
        (tmp_path / str(number)).write_text(text)
        digests.append(digest_of(tmp_path / str(number)))
    assert digests[0] == digests[1] != digests[2]
    with pytest.raises(RuntimeUnavailable, match="requirements"):
        digest_of(tmp_path / "nowhere")


def test_the_starters_requirements_pin_everything_and_name_no_index() -> None:
    """Exact versions of what the brief promises."""
    lines = [line.split("#")[0].strip() for line in runtime.REQUIREMENTS.read_text().splitlines()]
    pins = [line for line in lines if line]
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9.]+", pin) for pin in pins)
    assert {"numpy", "pandas", "pyarrow", "scikit-learn", "scipy", "pytest"} <= {pin.split("==")[0] for pin in pins}


def test_the_folder_can_be_named_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else it is the user's cache."""
    monkeypatch.setenv(runtime.VARIABLE, str(tmp_path))
    assert default_folder() == tmp_path
    monkeypatch.delenv(runtime.VARIABLE)
    assert default_folder() == Path.home() / ".cache" / "takehome" / "runtime"


def test_a_folder_that_cannot_be_written_says_which_variable_to_set(tmp_path: Path) -> None:
    """Here a file stands in its way."""
    (tmp_path / "file").touch()
    with pytest.raises(RuntimeUnavailable, match=runtime.VARIABLE):
        ensure_runtime(tmp_path / "file" / "home")

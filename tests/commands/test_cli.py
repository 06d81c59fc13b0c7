"""The command line: in French, one sentence for an error, the right way to leave."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from surveyapp import cli
from surveyapp.commands import server

ROOT = Path(__file__).parents[2]


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    return tmp_path / "instance"


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


Command = Callable[..., Done]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command in this process, on the installation given first."""

    def call(instance: Path, *arguments: str) -> Done:
        monkeypatch.setenv("SURVEYAPP_INSTANCE", str(instance))
        monkeypatch.chdir(ROOT)
        capsys.readouterr()
        code = leave(*arguments)
        captured = capsys.readouterr()
        return Done(code, captured.out, captured.err)

    return call


def leave(*arguments: str) -> int:
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    code = caught.value.code
    assert isinstance(code, int)
    return code


def test_the_help_lists_every_command_in_french(capsys: pytest.CaptureFixture[str]) -> None:
    assert leave("--help") == 0
    out = capsys.readouterr().out
    for name in cli.COMMANDS:
        assert f"  {name} " in out
    assert "prepare" not in out
    for english in ("Usage", "Show this", "Commands"):
        assert english not in out


@pytest.mark.parametrize("name", list(cli.COMMANDS))
def test_every_command_can_be_loaded_and_explains_itself(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert leave(name, "--help") == 0
    assert "Usage:" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [["inconnue"], ["form"], ["form", "check"], ["campaign", "open"], ["run", "--vite"]],
)
def test_a_misuse_leaves_with_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert leave(*arguments) == 2
    err = capsys.readouterr().err
    assert "Utilisation" in err
    assert "Traceback" not in err
    for english in ("Error", "No such", "Missing", "Try '"):
        assert english not in err


def test_an_unforeseen_error_is_a_sentence_and_its_detail_a_file(
    instance: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("au fond du moteur")

    instance.mkdir()
    monkeypatch.setenv("SURVEYAPP_INSTANCE", str(instance))
    monkeypatch.setattr(server.migrate, "callback", broken)
    assert leave("migrate") == 1
    err = capsys.readouterr().err
    assert len(err.strip().splitlines()) == 1
    assert "RuntimeError" in err
    assert "au fond du moteur" in (instance / "surveyapp-erreurs.log").read_text()


def test_one_broken_module_does_not_break_the_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("SURVEYAPP_INSTANCE", str(tmp_path))
    monkeypatch.setitem(cli.COMMANDS, "results", ("surveyapp.nowhere:x", "Cassée."))
    assert leave("--help") == 0
    assert leave("form", "--help") == 0
    assert leave("results") == 1
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "avoided"),
    [
        (["--help"], ["sqlalchemy", "flask_security", "numpy", "matplotlib"]),
        (["form", "check", "forms/satisfaction-evenement.yaml"], ["numpy", "matplotlib", "typst"]),
    ],
)
def test_a_command_imports_what_it_needs_only(arguments: list[str], avoided: list[str]) -> None:
    """This is what makes it fast."""
    code = (
        "import sys, surveyapp.cli as c\n"
        f"try: c.main({arguments!r})\n"
        "except SystemExit: pass\n"
        f"print([m for m in {avoided!r} if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_an_installation_from_the_command_line(instance: Path, run: Command) -> None:
    """Migrate, publish, create, open, close, invite, work, purge, back up, restore."""
    unready = run(instance, "campaign", "list")
    assert unready.returncode == 1
    assert "surveyapp migrate" in unready.stderr.replace("\xa0", " ")
    assert run(instance, "migrate").returncode == 0
    assert "à jour" in run(instance, "migrate").stdout
    assert run(instance, "form", "publish", "forms/satisfaction-evenement.yaml").returncode == 0
    created = run(
        instance, "campaign", "create", "satisfaction-evenement", "--title", "Soirée",
        "--slug", "soiree", "--closes", "2099-06-30", "--open",
    )  # fmt: skip
    assert created.returncode == 1
    assert "Votre structure n’est pas décrite" in created.stderr
    created = run(instance, "campaign", "open", "soiree", "--force")
    assert created.returncode == 0, created.stderr
    assert "/q/soiree" in created.stdout
    assert run(instance, "campaign", "close", "soiree").returncode == 0
    assert run(instance, "campaign", "open", "soiree").returncode == 0
    assert (
        "soiree\touverte\t0\tsatisfaction-evenement\tSoirée"
        in run(instance, "campaign", "list").stdout
    )
    wrong = run(instance, "campaign", "open", "nulle-part")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    invited = run(instance, "user", "create", "dominique@demo.example", "--role", "admin")
    assert "/compte/invitation/" in invited.stdout
    again = run(instance, "user", "create", "dominique@demo.example")
    assert again.returncode == 1
    assert "porte déjà" in again.stderr
    worked = run(instance, "worker", "--once")
    assert "éléments traités" in worked.stdout
    assert list((instance / "mails").glob("*.eml"))
    assert run(instance, "purge").returncode == 0
    _saved_and_restored(instance, run)


def test_a_redis_that_does_not_answer_stops_the_start(
    instance: Path, run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SURVEYAPP_REDIS_URL", "redis://127.0.0.1:1/0")
    done = run(instance, "prepare")
    assert done.returncode == 1
    assert "SURVEYAPP_REDIS_URL" in done.stderr
    assert done.stderr.count("\n") == 1


def _saved_and_restored(instance: Path, run: Command) -> None:
    archive = instance.parent / "sauvegarde.tar.gz"
    saved = run(instance, "backup", str(archive))
    assert saved.returncode == 0, saved.stderr
    assert archive.stat().st_mode & 0o077 == 0
    assert run(instance, "backup", str(archive)).returncode == 1, "a file is not overwritten"
    assert run(instance, "restore", str(archive)).returncode == 1, "nor an installation"
    other = instance.parent / "autre"
    restored = run(other, "restore", str(archive))
    assert restored.returncode == 0, restored.stderr
    assert "soiree" in run(other, "campaign", "list").stdout
    for key in ("secret_key", "password_salt"):
        assert (other / key).read_text() == (instance / key).read_text()


def test_a_backup_that_is_none_is_refused(instance: Path, tmp_path: Path, run: Command) -> None:
    (tmp_path / "x.tar.gz").write_bytes(b"rien")
    done = run(instance, "restore", str(tmp_path / "x.tar.gz"))
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1

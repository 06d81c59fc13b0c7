"""Settings: read once, checked at start, said in one sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from surveyapp.config import VARIABLES, Config, ConfigError, reference
from surveyapp.keys import prepare_instance

ROOT = Path(__file__).parent.parent


def test_without_any_variable_the_defaults_suit_one_machine() -> None:
    config = Config.from_environment({})
    assert config.bind == "127.0.0.1:8000"
    assert config.base_url == "http://127.0.0.1:8000"
    assert config.instance == Path("instance").resolve()
    assert config.database_url == f"sqlite:///{config.instance}/surveyapp.sqlite"
    assert config.documents == config.instance / "documents"
    assert config.worker == "process"
    assert config.secret_key == "", "a secret has no default"
    assert not config.secure


@pytest.mark.parametrize("variable", VARIABLES, ids=lambda v: v.name)
def test_each_default_is_accepted_and_each_variable_explained(variable: object) -> None:
    from surveyapp.config import Variable

    assert isinstance(variable, Variable)
    variable.read({})
    assert variable.accepts
    assert variable.help.endswith(".")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SURVEYAPP_BIND", "8000"),
        ("SURVEYAPP_BIND", "127.0.0.1:99999"),
        ("SURVEYAPP_DATABASE_URL", "mysql://x/y"),
        ("SURVEYAPP_BASE_URL", "enquetes.demo.example"),
        ("SURVEYAPP_BASE_URL", "https://demo.example/enquetes"),
        ("SURVEYAPP_PROXIES", "beaucoup"),
        ("SURVEYAPP_PROXIES", "9"),
        ("SURVEYAPP_WORKER", "oui"),
        ("SURVEYAPP_SECRET_KEY", "court"),
        ("SURVEYAPP_MAIL_PORT", "0"),
        ("SURVEYAPP_MAIL_SECURITY", "tls"),
        ("SURVEYAPP_MAIL_FROM", "pas une adresse"),
        ("SURVEYAPP_DEMO_PASSWORD", "court"),
        ("SURVEYAPP_REDIS_URL", "localhost"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_accepted(name: str, value: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Config.from_environment({name: value})
    message = str(caught.value)
    assert name in message
    assert next(v.accepts for v in VARIABLES if v.name == name)[:12] in message.replace("\xa0", " ")
    assert message.count("\n") == 0
    if "KEY" in name or "PASSWORD" in name:
        assert value not in message


def test_a_misspelt_variable_is_refused_with_the_right_name() -> None:
    with pytest.raises(ConfigError, match=r"SURVEYAPP_BNID.*SURVEYAPP_BIND\W*\?"):
        Config.from_environment({"SURVEYAPP_BNID": "127.0.0.1:8001"})


def test_a_mail_server_needs_a_sender_and_a_whole_account() -> None:
    with pytest.raises(ConfigError, match="SURVEYAPP_MAIL_FROM"):
        Config.from_environment({"SURVEYAPP_MAIL_SERVER": "smtp.demo.example"})
    with pytest.raises(ConfigError, match="SURVEYAPP_MAIL_PASSWORD"):
        Config.from_environment({"SURVEYAPP_MAIL_USERNAME": "compte"})


def test_values_that_follow_from_others() -> None:
    config = Config.from_environment(
        {
            "SURVEYAPP_BIND": "0.0.0.0:9000",
            "SURVEYAPP_MAIL_SECURITY": "starttls",
            "SURVEYAPP_DATABASE_URL": "postgresql://u:p@h/b",
        }
    )
    assert config.base_url == "http://127.0.0.1:9000"
    assert config.mail_port == 587
    assert config.database_url == "postgresql+psycopg://u:p@h/b"


def test_secrets_are_drawn_once_and_readable_by_their_owner_only(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    config = Config.from_environment({"SURVEYAPP_INSTANCE": str(instance)})
    first, second = prepare_instance(config), prepare_instance(config)
    assert first == second
    assert len(first.secret_key) == len(first.password_salt) == len(first.invitation_key) == 64
    assert len({first.secret_key, first.password_salt, first.invitation_key}) == 3
    for name in ("secret_key", "password_salt", "invitation_key"):
        assert (instance / name).stat().st_mode & 0o777 == 0o600
    assert instance.stat().st_mode & 0o777 == 0o700
    assert not list(instance.glob(".*"))


def test_two_installations_have_different_secrets(tmp_path: Path) -> None:
    keys = {
        prepare_instance(
            Config.from_environment({"SURVEYAPP_INSTANCE": str(tmp_path / n)})
        ).secret_key
        for n in "ab"
    }
    assert len(keys) == 2


def test_an_unusable_folder_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "fichier").write_text("")
    config = Config.from_environment({"SURVEYAPP_INSTANCE": str(tmp_path / "fichier" / "x")})
    with pytest.raises(ConfigError, match="SURVEYAPP_INSTANCE"):
        prepare_instance(config)


def test_the_documentation_is_the_table() -> None:
    """``surveyapp.config.reference()`` printed into the page."""
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert reference() in page


@pytest.mark.parametrize("command", [["-m", "surveyapp.cli", "run"], ["-c", "import wsgi"]])
def test_the_program_stops_with_one_sentence_and_no_traceback(
    tmp_path: Path, command: list[str]
) -> None:
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("SURVEYAPP_")},
        "SURVEYAPP_INSTANCE": str(tmp_path),
        "SURVEYAPP_WORKER": "peut-être",
    }
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "SURVEYAPP_WORKER" in done.stderr
    assert "process" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1

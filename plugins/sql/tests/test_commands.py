"""The commands ``pressframe db …``, as typed."""

import json
import sqlite3

import pytest
from click.testing import CliRunner

from pressframe.cli import main


@pytest.fixture
def run(site):
    def run(*arguments):
        return CliRunner().invoke(main, ["db", *arguments, "--site", str(site.folder)])

    return run


def test_upgrade_creates_the_database_and_then_finds_it_up_to_date(run, file):
    first, second = run("upgrade"), run("upgrade")

    assert first.output == "sql: nothing -> sql_0001\nnotes: nothing -> notes_0001\n"
    assert second.output == "sql: sql_0001, up to date\nnotes: notes_0001, up to date\n"
    assert file.exists()


def test_check_finds_nothing_where_there_is_nothing(run, file):
    done = run("check")

    assert (done.exit_code, done.output) == (0, "there is no database yet; `pressframe db upgrade` creates it\n")
    assert json.loads(run("check", "--json").output) == {}
    assert not file.exists()


def test_check_finds_a_sound_database_sound(run, notebook):
    notebook.add("a")

    done = run("check")

    told = "sql: sql_0001\nnotes: notes_0001\njobs: 0 waiting, 0 set aside\ndamage: none found\n"
    assert (done.exit_code, done.output) == (0, told)


def test_check_tells_what_is_wrong_and_fails(run, notebook, file):
    notebook.add("a")
    notebook.db.close()
    connection = sqlite3.connect(file)
    with connection:
        connection.execute("CREATE TABLE child (of INTEGER REFERENCES sql_job (id))")
        connection.execute("INSERT INTO child VALUES (7)")
    connection.close()

    done = run("check", "--json")

    assert done.exit_code == 1
    problem = "a row of child (rowid 1) refers to a missing one of sql_job"
    assert json.loads(done.output)["problems"] == [problem]
    assert run("check").output.endswith(f"damage:\n  {problem}\n")


def test_check_tells_what_an_upgrade_would_do_without_doing_it(run, notebook, tmp_path):
    notebook.add("a")
    second = 'revision, down_revision = "notes_0002", "notes_0001"\n\ndef upgrade():\n    pass\n'
    (tmp_path / "revisions" / "m0002.py").write_text(second, "utf-8")

    assert "notes: notes_0001, 1 to run\n" in run("check").output
    assert "notes: notes_0001, 1 to run\n" in run("check").output


@pytest.mark.parametrize("password", ["hunter2", "hun:ter2", "hunt@r2", "hun/ter2"])
def test_the_password_of_the_database_is_not_among_the_settings_that_are_shown(tmp_path, password):
    settings = f'[site]\ntitle = "T"\nplugins = ["sql"]\n[plugins.sql]\nurl = "postgresql://ada:{password}@host/name"\n'
    (tmp_path / "pressframe.toml").write_text(settings, "utf-8")

    for arguments in ([], ["--json"]):
        shown = CliRunner().invoke(main, ["plugins", str(tmp_path), *arguments]).output

        assert "ter2" not in shown.replace("hunt@r2", "ter2")
        assert "postgresql://ada:" in shown


def test_backup_writes_a_copy_and_says_where(run, notebook, tmp_path):
    notebook.add("a")

    named, beside = run("backup", str(tmp_path / "copy.sqlite")), run("backup")

    assert named.output == f"{tmp_path / 'copy.sqlite'}\n"
    for copy in (tmp_path / "copy.sqlite", *tmp_path.glob("data/site.backup-*.sqlite")):
        connection = sqlite3.connect(copy)
        assert connection.execute("SELECT text FROM note").fetchall() == [("a",)]
        connection.close()
    assert beside.exit_code == 0


def test_a_fault_is_one_sentence_and_exit_status_1(run, file):
    file.parent.mkdir()
    file.write_text("Dear diary, " * 100)

    done = run("check")

    assert done.exit_code == 1
    assert done.output.startswith("error: data/site.sqlite: this file is not a database\n")
    assert "Traceback" not in done.output

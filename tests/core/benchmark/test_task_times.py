"""What Dask costs: every figure is there, and the command asks for nothing else."""

import json

from dbs_core.cli.main import main


def test_tasks_are_counted_and_timed_and_nothing_else_is(tmp_path, capsys):
    path = tmp_path / "figures.json"
    words = ["--workers", "1", "--tasks", "30", "--json", str(path)]
    assert main(["benchmark", *words]) == 0
    found = json.loads(path.read_text())
    assert (found.pop("workers"), found.pop("empty_tasks")) == (1, 30)
    assert set(found) == {"workers_ready_s", "empty_tasks_s", "empty_task_ms"}
    assert min(found.values()) > 0
    assert "empty_task_ms" in capsys.readouterr().out

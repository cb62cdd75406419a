"""`what-if`: the figures of the page, and what is refused in a line."""

import json

import pytest

from dbs_core.cli.main import main
from dbs_core.runs.places import SAMPLE, SAMPLE_DATA

FILE = (
    *("--truth", str(SAMPLE_DATA), "--split", "test", "--protocol", "thumos14"),
    *("--detections", str(SAMPLE / "detections" / "test.json")),
)


def test_a_run_and_its_own_file_answer_alike(tmp_path, capsys):
    told = []
    for name, words in (("run", ("--run", "sample")), ("file", FILE)):
        path = tmp_path / f"{name}.json"
        words = (*words, "--set", "score=0.1", "length=1", "--json", str(path))
        assert main(["what-if", *words]) == 0
        told.append(json.loads(path.read_text()))
    assert told[0] == told[1]
    assert told[0]["before"]["detections"] == 83
    assert "83 detections became" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--run", "sample", "--set", "grid=32"), "no such knob"),
        (("--run", "sample", "--set", "extension=2"), "temporal head sets the spans"),
        ((*FILE, "--set", "share=0.2"), "only a run keeps"),
        ((*FILE, "--ceiling"), "a file is turned by itself"),
        (("--run", "sample", "--at", "0.55"), "no tIoU of the rule"),
        ((), "on what?"),
        (("--run", "sample", "--protocol", "thumos14"), "means nothing"),
    ],
)
def test_wrong_use_is_one_line(words, said, capsys):
    assert main(["what-if", *words]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line

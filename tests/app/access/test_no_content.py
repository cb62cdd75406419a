"""No field of a page shows a word of a file that is not what was asked for."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dbs_core.runs.run import Run
from dbs_core.runtime.errors import InputError
from explorer.comparing.second import FILE
from explorer.errors.source import OF_FILE
from tests.app.access.test_sharing import type_into
from tests.app.test_pages import opened

SECRET = "hf_SECRETTOKENabcdef1234567890"
CLASSES = "1 Jump\n2 Run\n"
GOOD = "video,start_s,end_s,label,score\nv1,1,2,Jump,0.5\n"
FILES: dict[str, bytes] = {
    "a line": SECRET.encode(),
    "two lines": f"{SECRET}\nmore\n".encode(),
    "passwd": f"root:x:0:0:{SECRET}:/root:/bin/bash\n".encode() * 2,
    "environ": f"HOME=/root\0TOKEN={SECRET}\0".encode(),
    "five words": f"{SECRET} 1 2 3 {SECRET}\n".encode(),
    "numbers, then a word": f"v1 1.0 2.0 1 {SECRET}\n".encode(),
    "a class that is no number": f"v1 1.0 2.0 {SECRET} 0.5\n".encode(),
    "csv": f"user,password\nroot,{SECRET}\n".encode(),
    "csv header": f"{SECRET},b,c\n1,2,3\n".encode(),
    "csv, long row": f"a,b\n1,{SECRET},3\n".encode(),
    "csv, no number": (GOOD + f"v1,{SECRET},2,Jump,0.5\n").encode(),
    "csv, other marks": f"video;start;{SECRET}\n".encode(),
    "csv quotes": f'video,"{SECRET}\n'.encode(),
    "json": json.dumps({"token": SECRET}).encode(),
    "json key": json.dumps({SECRET: 1}).encode(),
    "json list": json.dumps([SECRET]).encode(),
    "json lists by key": json.dumps({SECRET: [1, 2]}).encode(),
    "json results": json.dumps({"results": {SECRET: [{"label": 3}]}}).encode(),
    "json results, one": json.dumps({"results": {SECRET: 5}}).encode(),
    "json score": json.dumps(
        {"results": {"v1": [{"label": "a", "score": SECRET, "segment": [0, 1]}]}}
    ).encode(),
    "json database": json.dumps({"database": {SECRET: SECRET}}).encode(),
    "json truth": json.dumps(
        {"database": {SECRET: {"subset": "test", "annotations": [{"label": 3}]}}}
    ).encode(),
    "json, broken": f'{{"results": {{"{SECRET}'.encode(),
    "json, NaN": f'{{"{SECRET}": NaN}}'.encode(),
    "run.json": json.dumps({"schema": SECRET, "name": SECRET}).encode(),
    "gzip": gzip.compress(f"{SECRET}\n".encode()),
    "binary": b"\0\xff\xfe" + SECRET.encode() + bytes(range(256)),
    "utf-16": SECRET.encode("utf-16"),
    "latin-1": f"{SECRET} \xe9".encode("latin-1"),
    "webvtt": f"WEBVTT {SECRET}\n\n{SECRET}\n".encode(),
    "env file": f"export TOKEN='{SECRET}'\n".encode(),
    "npy": b"\x93NUMPY\x01\x00\x40\x00{" + SECRET.encode() + b"}" + b" " * 40,
    "playlist": f"#EXTM3U\n#EXTINF:1,\n{SECRET}\n".encode(),
    "concat": f"ffconcat version 1.0\nfile '{SECRET}'\n".encode(),
    "a class twice": f"1 Jump\n1 {SECRET}\n".encode(),
}


def shown(app: AppTest) -> str:
    """Give all that a page says, whatever kind of part says it.

    What was typed stands in the fields; only a file's name is, never what it holds.
    """
    assert not app.exception
    parts = [part for root in (app.main, app.sidebar) for part in _below(root)]
    return json.dumps(parts).replace("\\\\", "")


def _below(part: object) -> list[str]:
    children = getattr(part, "children", None)
    if children:
        return [text for child in children.values() for text in _below(child)]
    return [str(getattr(part, "proto", ""))]


def result_page() -> AppTest:
    return opened("result_file.py")


def result_file(app: AppTest, path: Path) -> AppTest:
    return type_into(app, "Show", other_file=str(path))


def compare_page() -> AppTest:
    return opened("compare.py", compare_with=FILE)


def compared(app: AppTest, path: Path) -> AppTest:
    return app.text_input(key="compare_file").set_value(str(path)).run()


def errors_page() -> AppTest:
    app = opened("errors.py")
    app.session_state["err_source"] = OF_FILE
    return app


def with_errors(app: AppTest, path: Path) -> AppTest:
    """As the truth of a result file whose errors are asked for."""
    found = path.parent / "found.csv"
    found.write_text(GOOD)
    app.session_state["other_file"] = str(found)
    app.session_state["other_truth"] = str(path)
    return app.run()


def truth(app: AppTest, path: Path) -> AppTest:
    found = path.parent / "found.csv"
    found.write_text(GOOD)
    fields = {"other_file": str(found), "other_truth": str(path)}
    return type_into(app, "Show", **fields)


def annotation(app: AppTest, path: Path) -> AppTest:
    folder = path.parent / "truth"
    (folder / "annotation_test").mkdir(parents=True)
    (folder / "annotation_test" / "Jump_test.txt").write_bytes(path.read_bytes())
    (folder / "detclasslist.txt").write_text(CLASSES)
    return truth(app, folder)


def class_list(app: AppTest, path: Path) -> AppTest:
    folder = path.parent / "truth"
    folder.mkdir()
    (folder / "detclasslist.txt").write_bytes(path.read_bytes())
    return truth(app, folder)


def video_page() -> AppTest:
    return opened("own_video.py")


def own_video(app: AppTest, path: Path) -> AppTest:
    return type_into(app, "Take it", own_path=str(path))


def start_page() -> AppTest:
    return opened("start.py")


def run_folder(app: AppTest, path: Path) -> AppTest:
    (path.parent / "run.json").write_bytes(path.read_bytes())
    return type_into(app, "Open", folder_path_start=str(path.parent))


def tables_page() -> AppTest:
    app = opened("paper.py", split="test")
    app.session_state["paper_part"] = "Tables"
    return app.run()


def tables(app: AppTest, path: Path) -> AppTest:
    (path.parent / "table1.json").write_bytes(path.read_bytes())
    return app.text_input(key="paper_folder").set_value(str(path.parent)).run()


def library_page() -> AppTest:
    app = opened("own_video.py")
    return app.segmented_control(key="own_section").set_value("Data set on disk").run()


def library(app: AppTest, path: Path) -> AppTest:
    folder = path.parent / "set"
    (folder / "annotation_val").mkdir(parents=True)
    (folder / "annotation_val" / "Jump_val.txt").write_bytes(path.read_bytes())
    (folder / "detclasslist.txt").write_bytes(path.read_bytes())
    return type_into(app, "Check the folders", library_root=str(folder))


FIELDS: dict[str, tuple[Callable[[], AppTest], Callable[[AppTest, Path], AppTest]]] = {
    "result file": (result_page, result_file),
    "truth": (result_page, truth),
    "compared": (compare_page, compared),
    "with errors": (errors_page, with_errors),
    "annotation": (result_page, annotation),
    "class list": (result_page, class_list),
    "own video": (video_page, own_video),
    "run folder": (start_page, run_folder),
    "tables": (tables_page, tables),
    "library": (library_page, library),
}


@pytest.fixture(autouse=True)
def _places(tmp_path: Path, made_run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DBS_RUNS", str(made_run.root))


@pytest.mark.parametrize("field", FIELDS)
def test_no_field_shows_a_word_of_it(field: str, tmp_path: Path) -> None:
    page, fill = FIELDS[field]
    app = page()
    for number, (name, content) in enumerate(FILES.items()):
        path = tmp_path / str(number) / "file"
        path.parent.mkdir()
        path.write_bytes(content)
        said = shown(fill(app, path))
        assert "SECRET" not in said, name


def test_what_a_page_says_is_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the test above is about something: with content, it would be heard."""
    path = tmp_path / "file"
    path.write_bytes(FILES["a line"])
    assert "SECRET" not in shown(result_file(result_page(), path))
    monkeypatch.setattr(InputError, "without_content", property(str))
    assert "SECRET" in shown(result_file(result_page(), path))


def test_a_line_without_content_keeps_what_helps() -> None:
    inner = InputError("no number", where="a.csv:3", wanted="seconds", got="'secret'")
    error = InputError(
        "no table", where="b.json: key.secret", because=inner, cure="write it again"
    )
    assert str(error) == (
        "b.json: key.secret: no table (a.csv:3: no number, wanted seconds, "
        "got 'secret'). Write it again."
    )
    assert error.without_content == (
        "b.json: no table (a.csv:3: no number, wanted seconds). Write it again."
    )
    assert InputError("no table", because=KeyError("secret")).without_content == (
        "no table"
    )

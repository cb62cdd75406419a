"""The shape of the code: arrows of import run one way, and nothing hides.

Records and runtime <- method <- datasets <- evaluation <- pictures, runs <- training <-
paper <- command line; the explorer imports the engine, never the reverse.
"""

import ast
import graphlib
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ORDER = (
    *("runtime", "records", "method", "datasets", "evaluation", "pictures"),
    *("runs", "training", "paper", "benchmark", "cli"),
)
"""The packages of the engine from the ground up: each may import those before it."""
STANDS_ON = {
    "records": set(),
    "pictures": {"runtime", "records", "method", "evaluation"},
    "benchmark": {"runtime", "records", "method", "training"},
}
"""Where a package leans on less than all before it."""
LIGHT = (
    *("dbs_core", "dbs_core.records", "dbs_core.runtime", "dbs_core.method"),
    *("dbs_core.method.video", "dbs_core.method.backprojection"),
    *("dbs_core.method.features", "dbs_core.method.imprint", "dbs_core.training"),
    *("dbs_core.method.segmentation", "dbs_core.method.detection"),
    *("dbs_core.method.settings", "dbs_core.runs", "dbs_core.runs.run"),
    *("dbs_core.method.labels_to_spans",),
    *("dbs_core.datasets", "dbs_core.datasets.formats", "dbs_core.evaluation"),
    *("dbs_core.pictures", "dbs_core.paper", "dbs_core.paper.tables"),
)
"""Faces, settings and records: none may load PyTorch, which takes seconds."""
ENCODERS = {
    "explorer.sources.jpegs": "frames as JPEG",
    "explorer.sources.imprint_payload": "an imprint as bytes for the player",
    "explorer.sources.player_payload": "a video as bytes for the player",
    "explorer.videos.table": "curves as bytes, rows as columns",
}
"""The modules of the explorer that handle arrays: they pack, nothing is derived."""
ARRAYS = {"numpy", "pandas", "jaxtyping", "cv2"}
METHODS = {"torch", "scipy", "sklearn", "matplotlib", "av"}
DERIVING = {
    *("argsort", "argmax", "argmin", "mean", "std", "percentile", "histogram"),
    *("dot", "cumsum"),
}
STAGES = (
    *("video", "features", "imprint", "segmentation", "backprojection", "detection"),
)
"""The folders of the paper's path, in its order."""


def files(package):
    return sorted((ROOT / package).rglob("*.py"))


def module_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def known():
    return frozenset(
        module_of(p) for name in ("dbs_core", "explorer") for p in files(name)
    )


@cache
def imports_of(path):
    """Give the modules a file imports, anywhere in it, by their full names."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= inner & known() or {node.module}
    return frozenset(found)


def ours(path):
    return {name for name in imports_of(path) if name.split(".")[0] in ("dbs_core",)}


def package_of(module):
    """Give the package below dbs_core that a module belongs to, "" for the top."""
    return [*module.split("."), ""][1]


def test_the_engine_has_the_packages_that_the_rules_name():
    """So that no rule below is about nothing, and nothing lies loose."""
    folder = ROOT / "dbs_core"
    assert {p.name for p in folder.glob("*.py")} == {"__init__.py", "__main__.py"}
    packages = {p.name for p in folder.iterdir() if list(p.glob("*.py"))}
    assert packages == set(ORDER)
    assert len(packages) <= 12


def test_the_path_is_a_folder_a_stage():
    method = ROOT / "dbs_core" / "method"
    assert {p.name for p in method.iterdir() if list(p.glob("*.py"))} == set(STAGES)
    for stage in STAGES:
        face = ast.get_docstring(
            ast.parse((method / stage / "__init__.py").read_text())
        )
        assert "In: " in face, stage
        assert "Out: " in face, stage


def test_every_package_says_what_it_is():
    for package in ("dbs_core", "explorer"):
        for path in files(package):
            assert ast.get_docstring(ast.parse(path.read_text())), path


@pytest.mark.parametrize("banned", ["streamlit", "plotly", "explorer", "tests"])
def test_the_engine_knows_no_user_interface(banned):
    for path in files("dbs_core"):
        assert banned not in {name.split(".")[0] for name in imports_of(path)}, path


def test_the_engine_does_not_load_a_user_interface():
    """Not even through another package."""
    code = (
        "import sys, dbs_core.method.pipeline, dbs_core.training.train_run,"
        "dbs_core.cli.main;"
        "print([m for m in ('streamlit', 'plotly', 'explorer') if m in sys.modules])"
    )
    assert _run(code) == "[]"


def _run(code):
    """Give what a Python of its own prints."""
    found = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    return found.stdout.strip()


def loaded_by(path):
    """Give what importing a file loads first: its imports, and the faces above them."""
    own = module_of(path)
    names = imports_of(path) - {own}
    faces = {parent for name in names for parent in _above(name) - _above(own)}
    return names | (faces - {own})


def _above(module):
    parts = module.split(".")
    return {".".join(parts[:n]) for n in range(1, len(parts))}


@pytest.mark.parametrize("package", ["dbs_core", "explorer"])
def test_no_cycle_of_imports(package):
    """Nor one through a face: then it depends on which module is imported first."""
    graph = {module_of(path): loaded_by(path) for path in files(package)}
    graphlib.TopologicalSorter(graph).prepare()


@pytest.mark.parametrize("package", ORDER)
def test_arrows_of_packages_run_one_way(package):
    before = STANDS_ON.get(package, set(ORDER[: ORDER.index(package)]))
    for path in files(f"dbs_core/{package}"):
        over = {package_of(name) for name in ours(path)} - before - {package, ""}
        assert not over, f"{path} imports {sorted(over)}"


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_knows_no_later_stage(stage):
    """Nor the path, the model or all settings: what runs stages lies around them."""
    earlier = {*STAGES[: STAGES.index(stage)], stage}
    for path in files(f"dbs_core/method/{stage}"):
        for name in ours(path):
            if name.startswith("dbs_core.method."):
                assert name.split(".")[2] in earlier, f"{path} imports {name}"


@pytest.mark.parametrize("module", LIGHT)
def test_faces_load_no_pytorch(module):
    code = f"import sys, {module}; print('torch' in sys.modules)"
    assert _run(code) == "False"


def test_the_explorer_loads_no_pytorch_before_it_is_needed():
    """Every module of it: the first page is drawn while PyTorch is not there yet."""
    names = [module_of(p) for p in files("explorer") if p.parent.name != "app_pages"]
    names = [name for name in names if name != "explorer.app"]
    code = f"import sys, {', '.join(names)}; print('torch' in sys.modules)"
    assert _run(code) == "False"


@pytest.mark.parametrize("path", files("explorer"), ids=module_of)
def test_the_explorer_draws_records_and_derives_no_figure(path):
    """Whatever counts, matches, averages or projects is the engine's.

    So a figure on a page is the one that commands print, and pages load nothing that
    computes: no module but named encoders handles arrays.
    """
    used = {name.split(".")[0] for name in imports_of(path)}
    assert not used & METHODS
    if module_of(path) in ENCODERS:
        return
    assert not used & ARRAYS
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert node.func.attr not in DERIVING, f"{path}:{node.lineno}"


def test_the_encoders_are_there():
    """So that the rule above is about something."""
    assert set(ENCODERS) <= known()


@pytest.mark.parametrize("package", ["dbs_core", "explorer"])
def test_no_file_is_a_bag(package):
    bags = {"utils", "helpers", "common", "misc", "util"}
    assert not [path for path in files(package) if path.stem in bags]


@pytest.mark.parametrize("package", ["dbs_core", "explorer"])
def test_no_file_is_longer_than_300_lines(package):
    for path in files(package):
        if module_of(path) == "dbs_core.records.result":
            continue  # one table of all records, on purpose
        assert len(path.read_text().splitlines()) <= 300, path


def test_only_one_module_writes_files():
    """Every file of the engine is written whole or not at all, in one place.

    Others write into what `files.atomic` or a library opens.
    """
    for path in files("dbs_core"):
        if module_of(path) == "dbs_core.runtime.files":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            *owner, name = ast.unparse(node.func).rsplit(".", 1)
            where = f"{path}:{node.lineno}"
            if name in ("write_text", "write_bytes", "tofile"):
                assert owner in ([], ["files"]), where  # imported from there
            if name == "open" and owner != ["av"]:
                modes = [a.value for a in node.args if isinstance(a, ast.Constant)]
                assert not any(set(str(mode)) & set("wax+") for mode in modes), where


def test_no_pickle_is_read():
    for path in (*files("dbs_core"), *files("explorer")):
        assert not imports_of(path) & {"pickle", "joblib", "shelve", "dill"}, path
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func)
                options = {k.arg: ast.unparse(k.value) for k in node.keywords}
                if name == "torch.load":
                    assert options.get("weights_only") == "True", path
                if name in ("np.load", "numpy.load"):
                    assert options.get("allow_pickle") == "False", path

"""The shape of the code: arrows of import run one way, and nothing hides.

Records, errors and files <- stages <- the path and the run's jobs <- command line;
the explorer imports the engine, never the reverse.
"""

import ast
import graphlib
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOUNDATION = {
    "dbs_core.errors",
    "dbs_core.progress",
    "dbs_core.records",
    "dbs_core.store",
}
STAGES = {
    f"dbs_core.{name}"
    for name in (
        *(
            "accumulation",
            "backbone",
            "backprojection",
            "boundaries",
            "metric",
            "counting_grid",
        ),
        *("control", "epitome", "head", "head_training", "readback"),
        *("features", "mosaic", "posterior", "streams", "backbone_names"),
        *("flow", "flow.backbone", "flow.methods", "flow.mirror", "flow.pairs"),
        *("flow.sequence", "flow.stacks"),
        *("backbones", "backbones.bn_inception", "backbones.checkpoint"),
        *("backbones.foreign", "backbones.from_timm", "backbones.from_torchvision"),
        *("backbones.map_files", "backbones.normalised", "backbones.opening"),
        "backbones.precomputed",
        *("projection", "proposals", "refinement", "segmentation", "smoothing"),
        *("start", "targets", "training", "overlap"),
        *("course", "epitome_fast", "epitome_settings", "reduced", "rescoring"),
        "screening",
    )
}
JOBS = {
    f"dbs_core.{name}"
    for name in (
        *("comparison", "detecting", "learning", "model", "pipeline", "training_run"),
        *("training_set", "runs", "settings", "head_learning"),
    )
}


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


def by_module(names):
    return [path for path in files("dbs_core") if module_of(path) in names]


def test_the_named_modules_exist():
    """So that no rule below is about nothing."""
    assert known() >= FOUNDATION | STAGES | JOBS


@pytest.mark.parametrize("banned", ["streamlit", "plotly", "explorer", "tests"])
def test_the_engine_knows_no_user_interface(banned):
    for path in files("dbs_core"):
        assert banned not in {name.split(".")[0] for name in imports_of(path)}, path


def test_the_engine_does_not_load_a_user_interface():
    """Not even through another package."""
    code = (
        "import sys, dbs_core.pipeline, dbs_core.learning, dbs_core.cli.main;"
        "print([m for m in ('streamlit', 'plotly', 'explorer') if m in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize("package", ["dbs_core", "explorer"])
def test_no_cycle_of_imports(package):
    graph = {
        module_of(path): {name for name in imports_of(path) if name != module_of(path)}
        for path in files(package)
    }
    graphlib.TopologicalSorter(graph).prepare()


def test_records_and_files_stand_alone():
    for path in by_module(FOUNDATION):
        assert ours(path) <= FOUNDATION, path


def test_stages_know_neither_jobs_nor_commands():
    for path in by_module(STAGES):
        outside = ours(path) - FOUNDATION - STAGES
        allowed = {name for name in outside if name.startswith("dbs_core.video")}
        assert outside == allowed, path


def test_jobs_do_not_know_commands():
    for path in files("dbs_core"):
        if module_of(path).startswith("dbs_core.cli") or path.name == "__main__.py":
            continue
        assert not {n for n in ours(path) if n.startswith("dbs_core.cli")}, path


def test_the_exact_reference_is_for_tests_only():
    """Nothing of the engine may lean on the slow EM."""
    for path in files("dbs_core"):
        assert "dbs_core.epitome_exact" not in imports_of(path), path


@pytest.mark.parametrize("package", ["dbs_core", "explorer"])
def test_no_file_is_a_bag(package):
    bags = {"utils", "helpers", "common", "misc", "util"}
    assert not [path for path in files(package) if path.stem in bags]


@pytest.mark.parametrize("package", ["dbs_core", "explorer"])
def test_no_file_is_longer_than_400_lines(package):
    for path in files(package):
        if module_of(path) == "dbs_core.records":
            continue  # one table of all records, on purpose
        assert len(path.read_text().splitlines()) <= 400, path


def test_only_the_store_writes_files():
    """Every file of the engine is written whole or not at all, in one place.

    Others write into what `store.atomic` or a library opens.
    """
    for path in files("dbs_core"):
        if module_of(path) == "dbs_core.store":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            *owner, name = ast.unparse(node.func).rsplit(".", 1)
            where = f"{path}:{node.lineno}"
            if name in ("write_text", "write_bytes", "tofile"):
                assert owner in ([], ["store"]), where  # imported from the store
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

"""What a package holds beside its Python code: the sample, the app's way in, settings.

In a checkout they lie at the top; in an installed copy in `dbs_core/shipped`.
`dbs_core/runs/places.py` finds them in either. All else is in pyproject.toml.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

SHIPPED = (
    "run_app.py",
    ".streamlit/config.toml",
    "assets/sample",
    "assets/em_from_noise.npz",
)


class WithSample(build_py):
    """Builds the packages from nothing, then puts beside them what is shipped."""

    def run(self) -> None:
        """Leave no file of an older build in the new one."""
        if not self.editable_mode:
            shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()
        if not self.editable_mode:
            place(Path(self.build_lib, "dbs_core", "shipped"))


def place(target: Path) -> None:
    """Copy what is shipped, but no caches."""
    for name in SHIPPED:
        source, copy = Path(__file__).parent / name, target / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, copy, ignore=shutil.ignore_patterns("cache", ".*"))
        else:
            shutil.copyfile(source, copy)


setup(cmdclass={"build_py": WithSample})

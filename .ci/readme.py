"""Run the README's commands that are marked for it, exactly as printed.

A fenced block right below `<!-- ci -->` is run by bash in a copy of the project.
`<!-- ci: serve -->` marks a command that starts the app: it is started, asked for its
health, and stopped. Where the installation is part of a command it finds everything
installed already and does nothing.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

BLOCK = re.compile(r"<!-- ci(: serve)? -->\n+```bash\n(.*?)```", re.DOTALL)
HEALTH = "http://localhost:8501/_stcore/health"


def main() -> int:
    """Run every marked block; give the first failure's exit code."""
    text = Path(sys.argv[1]).read_text()
    blocks = BLOCK.findall(text)
    if not blocks:
        print("no marked command in the README")
        return 1
    work = Path(os.environ["DBS_WORK"])
    shutil.copytree(".", work, ignore=_left_out)
    for serve, commands in blocks:
        print(f"\n-- README: {commands.strip()}", flush=True)
        code = _serve(commands, work) if serve else _run(commands, work)
        if code:
            return code
    return 0


def _left_out(folder: str, names: list[str]) -> set[str]:
    """Leave out what a checkout gathers at its top; packages may bear such names."""
    caches = {name for name in names if name.endswith("_cache")}
    return caches | ({".git", "runs", "artefacts"} if folder == "." else set())


def _run(commands: str, work: Path) -> int:
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands], cwd=work
    ).returncode


def _serve(commands: str, work: Path) -> int:
    """Start the app, wait until it answers, stop it."""
    environment = os.environ | {"STREAMLIT_SERVER_HEADLESS": "true"}
    server = subprocess.Popen(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=work,
        env=environment,
        start_new_session=True,
    )
    try:
        for _ in range(120):
            time.sleep(1)
            if server.poll() is not None:
                print(f"the app stopped by itself with {server.returncode}")
                return 1
            try:
                with urllib.request.urlopen(HEALTH, timeout=5) as answer:
                    print(f"the app answers: {answer.read().decode()}")
                    return 0
            except OSError:
                continue
        print("the app did not answer within two minutes")
        return 1
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)


if __name__ == "__main__":
    sys.exit(main())

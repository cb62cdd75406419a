"""Files handed over by the browser: kept under their content's hash, called by it.

`upload:HASH/NAME` stands where a path would: in the field and in the address, so that a
refresh and a link open the file again on this computer. Only the hash leads to it.
"""

import hashlib
import re
import shutil
from pathlib import Path

from streamlit.runtime.uploaded_file_manager import UploadedFile

from dbs_core.runs.cache_folder import user_cache
from dbs_core.runtime import files
from dbs_core.runtime.errors import InputError
from explorer.elements.handed_over import let_go

LARGEST_MB = 200
KEPT = 40
"""Uploads that stay; of older ones the file is asked for again."""
_CALLED = re.compile(r"upload:([0-9a-f]{16})(/.*)?")
_ENDING = re.compile(r"(\.[A-Za-z0-9]{1,8})(\.gz)?$")


def is_upload(text: str) -> bool:
    """Say whether a field names an upload and not a path."""
    return text.startswith("upload:")


def keep(handed: UploadedFile) -> str:
    """Keep a file that was handed over; gives what it is called from now on.

    Raises:
        InputError: it is empty, or there is no space for it.
    """
    content = handed.getvalue()
    let_go(handed)
    if not content:
        raise InputError("the file is empty", where=handed.name)
    name = kept_name(handed.name)
    mark = hashlib.sha256(content).hexdigest()[:16]
    files.require_space(_folder(), len(content))
    files.write_bytes(_folder() / mark / name, content)
    _forget_oldest()
    return f"upload:{mark}/{name}"


def kept_name(name: str) -> str:
    """Give a file's name, as its owner gave it, the form in which it is kept."""
    ending = _ENDING.search(name)
    end = ending.group() if ending else ""
    return files.file_name(name.removesuffix(end), end)


def path_of(text: str) -> Path:
    """Find an upload by what it is called.

    Raises:
        InputError: it is not kept here.
    """
    called = _CALLED.fullmatch(text)
    found = sorted((_folder() / called.group(1)).glob("[!.]*")) if called else []
    if not found:
        raise InputError(
            "this upload is not kept on this computer",
            where=text,
            cure="upload the file again, or give its path",
        )
    return found[0]


def _folder() -> Path:
    return user_cache() / "uploads"


def _forget_oldest() -> None:
    kept = sorted(_folder().iterdir(), key=lambda path: -path.stat().st_mtime_ns)
    for old in kept[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)

"""A file that the browser handed over, while the server's memory holds it."""

from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from explorer import allocator


def let_go(handed: UploadedFile) -> None:
    """Give the memory of an upload back, once it is on disk.

    Streamlit keeps an upload until two minutes after its page was closed. Only the
    browser's cross beside its name takes it away before; here that is done for it.
    """
    handed.close()
    context = get_script_run_ctx()
    if context is not None and isinstance(
        context.uploaded_file_mgr, MemoryUploadedFileManager
    ):
        context.uploaded_file_mgr.remove_file(context.session_id, handed.file_id)
    allocator.trim()

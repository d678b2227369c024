"""Streamlit's runtime and sessions in this process, without a server: for tests of what they do inside."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from streamlit.runtime import Runtime, RuntimeConfig
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.script_data import ScriptData
from streamlit.runtime.scriptrunner.script_cache import ScriptCache

from tests.dashboard.guarded import options

PAGE = Path(__file__).with_name("collected.py")
SECONDS = 60


@contextmanager
def runtime(storage: MemorySessionStorage | None = None) -> Iterator[Runtime]:
    """The one runtime of this process, which has none before and after."""
    before, Runtime._instance = Runtime._instance, None
    try:
        with options({"server.fileWatcherType": "none"}):
            yield Runtime(
                RuntimeConfig(
                    script_path=str(PAGE),
                    media_file_storage=MemoryMediaFileStorage("/media"),
                    uploaded_file_manager=MemoryUploadedFileManager("/upload"),
                    session_storage=storage or MemorySessionStorage(),
                )
            )
    finally:
        Runtime._instance = before


def session() -> AppSession:
    """A session as the server makes one, on the event loop."""
    return AppSession(
        script_data=ScriptData(str(PAGE)),
        uploaded_file_manager=MemoryUploadedFileManager("/upload"),
        script_cache=ScriptCache(),
        message_enqueued_callback=None,
        user_info={},
    )


async def run_script(found: AppSession) -> list[str]:
    """Run the session's script, to the end of its thread; the kinds of what it sends."""
    found.request_rerun(None)
    async with asyncio.timeout(SECONDS):
        while found._scriptrunner is not None:
            await asyncio.sleep(0)
    return [str(message.WhichOneof("type")) for message in found.flush_browser_queue()]

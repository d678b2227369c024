"""A preset engine with code directory and boot file."""

from __future__ import annotations

from dashboard.migration import rules
from dashboard.migration.decisions import OF_ONE
from dashboard.migration.draft import Draft
from dashboard.migration.engines import EngineChoice, EngineQuestion, engine_by_id
from dashboard.migration.folders import CONFIG, common_folder, lies_inside
from dashboard.migration.reasons import Suggestion
from dashboard.migration.statements import Basis


def engine_subject(draft: Draft) -> str:
    """Return the subject of decisions about the engine."""
    version, name = draft.record.text("engine_version"), draft.record.text("engine_name")
    return version or name or f"{OF_ONE}{draft.record.name}"


def put_preset(draft: Draft, decided: str | None) -> None:
    """Put in the engine that was found, or `decided` on by its id, and the code."""
    if draft.record.text("user_command") is not None:
        draft.because(
            "command-without-image", "There is a start command, and no image to run it.", "user_command"
        )
        draft.drop(rules.GONE_COMMAND, "user_command")
    _put_engine(draft, decided)
    if draft.record.has_details:
        _put_code(draft)


def _put_engine(draft: Draft, decided: str | None) -> None:
    version, subject = draft.record.text("engine_version"), engine_subject(draft)
    if decided is not None:
        _, confirmed = engine_by_id(decided, draft.offers)
        draft.put(f"{CONFIG}.engine.engine_id", decided, rules.ENGINE_CHOSEN, "engine_version")
        draft.drop(rules.GONE_ENGINE_READ, "engine_name")
        if confirmed is False:
            message = f"The connection does not offer the engine {decided}, which was chosen."
            draft.because("engine-not-offered", message, "engine_version", subject)
        return
    if version is None:
        draft.drop(rules.GONE_UNDECIDED, "engine_name")
        _ask_without_version(draft, subject)
        return
    found = draft.lookups.engine(version)
    draft.drop(rules.GONE_ENGINE_READ, "engine_name")
    if isinstance(found, EngineQuestion):
        draft.drop(rules.GONE_UNDECIDED, "engine_version")
        _ask_for_engine(draft, found, version)
    else:
        _put_found_engine(draft, found)


def _ask_without_version(draft: Draft, subject: str) -> None:
    name = draft.record.text("engine_name")
    if name is None:
        draft.because("engine-missing", "It names neither an engine nor an image.", "engine_version", subject)
    else:
        draft.because("engine-unread", f"It names {name} without a version.", "engine_version", subject)


def _ask_for_engine(draft: Draft, found: EngineQuestion, version: str) -> None:
    if not found.readable:
        draft.because("engine-unread", f"The version {version} cannot be read.", "engine_version", version)
    elif found.suggestions:
        message = f"v2 has no engine that is the same as {version}."
        draft.because("engine-successor", message, "engine_version", version, found.suggestions)
    else:
        message = f"Nothing in v2 succeeds {version}, and there is no image."
        draft.because("engine-without-successor", message, "engine_version", version)


def _put_found_engine(draft: Draft, found: EngineChoice) -> None:
    engine = found.engine
    draft.put(f"{CONFIG}.engine.engine_id", engine.engine_id, found.rule, "engine_version")
    if found.confirmed is None:
        message = f"Whether the connection offers {engine.engine_id} was not asked."
        draft.because("engine-not-confirmed", message, "engine_version")
    if engine.v1_compatible:
        draft.because(
            "engine-compatible", f"{engine.engine_id} is v1's engine, kept in v2.", "engine_version"
        )


def _put_code(draft: Draft) -> None:
    code, boot = draft.record.text("app_url"), draft.record.text("boot_file_url")
    decided = draft.decided("code", boot or f"{OF_ONE}{draft.record.name}")
    if decided is not None:
        draft.put(f"{CONFIG}.code_dir", decided["code_dir"], rules.CODE_CHOSEN, "app_url")
        boot = decided.get("boot_file", boot)
        rule = rules.CODE_CHOSEN if "boot_file" in decided else rules.BOOT_FILE
        if boot is not None:
            draft.put(f"{CONFIG}.boot_file", boot, rule, "boot_file_url")
        return
    if code is not None:
        draft.put(f"{CONFIG}.code_dir", code, rules.CODE_DIR, "app_url")
    if boot is not None:
        draft.put(f"{CONFIG}.boot_file", boot, rules.BOOT_FILE, "boot_file_url")
    if code is None or boot is None:
        message = f"There is no {'code directory' if code is None else 'boot file'}."
        draft.because("code-missing", message, "app_url", boot or f"{OF_ONE}{draft.record.name}")
    elif not lies_inside(boot, code):
        message = f"The boot file {boot} lies outside of the code directory {code}."
        draft.because("boot-file-outside", message, "boot_file_url", boot, _folder_of_both(boot, code))


def _folder_of_both(boot: str, code: str) -> tuple[Suggestion, ...]:
    folder = common_folder(boot, code)
    if folder is None:
        return ()
    return (Suggestion({"code_dir": folder}, f"{folder} holds both", Basis.JUDGEMENT, "ours"),)

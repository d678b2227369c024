"""An image of one's own: where it is, its start command, and the code that is put beside it."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Mapping
from typing import Final

from dashboard.migration import rules
from dashboard.migration.commands import JOB_DIR, Question, Rewritten
from dashboard.migration.decisions import OF_ONE
from dashboard.migration.draft import Draft
from dashboard.migration.folders import CONFIG, last_folder, lies_inside
from dashboard.migration.reasons import Suggestion
from dashboard.migration.statements import Basis
from dashboard.parsing import ImageReference

_SWR: Final = ("swr.", "swr-")
_SWR_DOMAINS: Final = (".myhuaweicloud.com", ".myhuaweicloud.eu", ".otc.t-systems.com")


def put_image(draft: Draft, image: str) -> Rewritten | None:
    """Put in an image of one's own; return its start command, rewritten."""
    _put_image_url(draft, image)
    draft.drop(rules.GONE_ENGINE, "engine_name", "engine_version")
    draft.because("image-contract", "The image was made for v1.", "user_image_url")
    command = _put_command(draft)
    _put_code_dir(draft, command)
    draft.drop(rules.GONE_BOOT_FILE, "boot_file_url")
    return command


def _put_image_url(draft: Draft, text: str) -> None:
    image = draft.lookups.image(text)
    decided = draft.decided("image", text)
    if decided is not None:
        draft.put(f"{CONFIG}.engine.image_url", decided, rules.IMAGE_CHOSEN, "user_image_url")
        return
    if image is None:
        draft.because("image-unread", f"{text} is no image reference.", "user_image_url", text)
        draft.drop(rules.GONE_UNDECIDED, "user_image_url")
        return
    if image.digest is not None:
        draft.because("image-digest", f"{image.short} is named by its digest.", "user_image_url")
    path = text if image.registry is None else text.removeprefix(f"{image.registry}/")
    rule = rules.IMAGE
    if image.registry is not None:
        registry = draft.decided("registry", image.registry)
        rule = rules.IMAGE_WITHOUT_HOST if registry is None else rules.IMAGE_CHOSEN
        path = f"{registry.rstrip('/')}/{path}" if registry else path
        if registry is None and not _is_swr(image):
            _ask_for_registry(draft, image)
    draft.put(f"{CONFIG}.engine.image_url", path, rule, "user_image_url")


def _is_swr(image: ImageReference) -> bool:
    host = (image.registry_host or "").lower()
    return host.startswith(_SWR) and host.endswith(_SWR_DOMAINS)


def _ask_for_registry(draft: Draft, image: ImageReference) -> None:
    if image.registry_is_ip:
        message = f"{image.registry} is an address inside of a cluster of v1."
        text = "the image is in SWR under the same path; v1's own sample names SWR by such an address"
        suggestion = Suggestion("", text, Basis.JUDGEMENT, "ours")
    else:
        message = f"The registry {image.registry} is not SWR, where v2 takes images from."
        suggestion = Suggestion(
            "", "the image has been copied to SWR, under the same path", Basis.JUDGEMENT, "ours"
        )
    draft.because("image-registry", message, "user_image_url", image.registry, (suggestion,))


def put_chosen_image(draft: Draft, decided: Mapping[str, str]) -> Rewritten | None:
    """Put in an image that the team chose in place of an engine that has no successor."""
    draft.put(f"{CONFIG}.engine.image_url", decided["image_url"], rules.IMAGE_CHOSEN, "engine_version")
    draft.drop(rules.GONE_ENGINE, "engine_name")
    _put_code_dir(draft, None)
    command = decided.get("command") or _boot_command(draft)
    if command is None:
        _ask_for_command(draft, "The image has no start command, and there is no boot file to run.")
        return None
    rule = rules.COMMAND_CHOSEN if "command" in decided else rules.COMMAND_FROM_BOOT
    fields = ("boot_file_url",) if rule is rules.COMMAND_FROM_BOOT else ()
    draft.put(f"{CONFIG}.command", command, rule, *fields)
    draft.drop(rules.GONE_BOOT_FILE, "boot_file_url")
    return Rewritten(command, appends=True)


def command_subject(command: str) -> str:
    """Return the subject of decisions about a start command: the same for all that are typed alike."""
    return f"command:{hashlib.sha256(command.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def _put_command(draft: Draft) -> Rewritten | None:
    text = draft.record.text("user_command")
    if text is None:
        _ask_for_command(draft, "The image has no start command.")
        return None
    decided = draft.decided("command", command_subject(text))
    if decided is not None:
        draft.put(f"{CONFIG}.command", decided, rules.COMMAND_CHOSEN, "user_command")
        return draft.lookups.command(decided)
    command = draft.lookups.command(text)
    for question in command.questions:
        _ask(draft, question, command_subject(text))
    for code, found in command.leftovers:
        draft.because(code, f"The command has {found}.", "user_command")
    if command.questions:
        draft.drop(rules.GONE_UNDECIDED, "user_command")
        return command
    if command.ran_through_run_train:
        draft.because("run-train-dropped", "The command no longer goes through run_train.sh.", "user_command")
    rule = rules.COMMAND_REWRITTEN if command.changes else rules.COMMAND
    draft.put(f"{CONFIG}.command", command.text, rule, "user_command")
    draft.changes = command.changes
    return command


def _ask(draft: Draft, question: Question, subject: str) -> None:
    suggestions: tuple[Suggestion, ...] = ()
    if question.code == "command-missing" and (boot := _boot_command(draft)) is not None:
        suggestions = (Suggestion(boot, "run the boot file", Basis.JUDGEMENT, "ours"),)
    draft.because(
        question.code, f"The start command: {question.message}", "user_command", subject, suggestions
    )


def _ask_for_command(draft: Draft, message: str) -> None:
    boot = _boot_command(draft)
    suggestions = () if boot is None else (Suggestion(boot, "run the boot file", Basis.JUDGEMENT, "ours"),)
    draft.because("command-missing", message, "user_command", f"{OF_ONE}{draft.record.name}", suggestions)


def _boot_command(draft: Draft) -> str | None:
    """Return a command that runs the boot file where v2 puts the code; None without one in the directory."""
    code, boot = draft.record.text("app_url"), draft.record.text("boot_file_url")
    if code is None or boot is None or not lies_inside(boot, code):
        return None
    folder = last_folder(code)
    path = shlex.quote(f"{folder}/{boot[len(code.rstrip('/')) :].lstrip('/')}")
    return f"python {JOB_DIR}/{path}"


def _put_code_dir(draft: Draft, command: Rewritten | None) -> None:
    """Put in the code directory of an image, if it has one."""
    code = draft.record.text("app_url")
    from_command = None if command is None else command.code_url
    decided = draft.decided("code", code or f"{OF_ONE}{draft.record.name}")
    if decided is not None:
        draft.put(f"{CONFIG}.code_dir", decided["code_dir"], rules.CODE_CHOSEN, "app_url")
        return
    if code is None and from_command is not None:
        path = "/" + from_command.partition("://")[2].strip("/") + "/"
        draft.put(f"{CONFIG}.code_dir", path, rules.CODE_FROM_COMMAND, "user_command")
    elif code is not None:
        draft.put(f"{CONFIG}.code_dir", code, rules.CODE_DIR, "app_url")
        if from_command is not None and from_command.partition("://")[2].strip("/") != code.strip("/"):
            message = f"The command takes the code from {from_command}, the configuration says {code}."
            draft.because("code-differs", message, "app_url", code)
    _compare_folders(draft, command)


def _compare_folders(draft: Draft, command: Rewritten | None) -> None:
    code = draft.get(f"{CONFIG}.code_dir")
    if command is None or code is None or not command.folders:
        return
    others = [folder for folder in command.folders if folder != last_folder(code)]
    if others:
        message = f"The command looks for the code in {others[0]}, v2 puts it into {last_folder(code)}."
        draft.because("code-path", message, "user_command")

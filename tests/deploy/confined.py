"""Run a command as systemd would confine it: `confined.py CALL,CALL,… COMMAND…`.

No memory is both written and executed (MemoryDenyWriteExecute), and other system calls than those named fail
with EPERM (SystemCallFilter, SystemCallErrorNumber). Needs the library libseccomp, which systemd brings.
"""

import ctypes
import errno
import os
import sys

PR_SET_NO_NEW_PRIVS = 38
PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN = 65, 1
SCMP_ACT_ALLOW = 0x7FFF0000
SCMP_ACT_EPERM = 0x00050000 | errno.EPERM
UNKNOWN = -1
"""Of another architecture, or too new for this library."""


def main() -> None:
    """Confine this process and become the command."""
    calls, *command = sys.argv[1:]
    libc = ctypes.CDLL(None, use_errno=True)
    _require(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "no new privileges")
    _require(libc.prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) == 0, "no writable code")
    seccomp = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    seccomp.seccomp_init.restype = ctypes.c_void_p
    rules = ctypes.c_void_p(seccomp.seccomp_init(ctypes.c_uint32(SCMP_ACT_EPERM)))
    for call in calls.split(","):
        number = seccomp.seccomp_syscall_resolve_name(call.encode())
        if number != UNKNOWN:
            added = seccomp.seccomp_rule_add(rules, ctypes.c_uint32(SCMP_ACT_ALLOW), number, 0)
            _require(added == 0, call)
    _require(seccomp.seccomp_load(rules) == 0, "the filter")
    os.execv(command[0], command)


def _require(done: bool, what: str) -> None:
    if not done:
        sys.exit(f"cannot confine: {what}: {os.strerror(ctypes.get_errno())}")


if __name__ == "__main__":
    main()

"""Become a command under limits: ``python -I -S limits.py CPU_SECONDS MEMORY FILE_SIZE COMMAND…``.

The child sets its own limits and then becomes the command, so that nothing of ours runs between a
fork and an exec.
"""

import contextlib
import ctypes
import os
import resource
import signal
import sys

_PR_SET_PDEATHSIG = 1
_OPEN_FILES = 128
_GRACE_SECONDS = 5


def main(cpu_seconds: int, memory: int, file_size: int, command: list[str]) -> None:
    """Limit this process, and become ``command``."""
    limits = {
        # The first is told by SIGXCPU, so that SIGKILL is always somebody else's.
        resource.RLIMIT_CPU: (cpu_seconds, cpu_seconds + _GRACE_SECONDS),
        resource.RLIMIT_FSIZE: (file_size, file_size),
        resource.RLIMIT_NOFILE: (_OPEN_FILES, _OPEN_FILES),
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_AS: (memory, memory),
    }
    for limit, bounds in limits.items():
        # macOS bounds no address space; time and file sizes are bounded everywhere.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, bounds)
    os.nice(10)
    if sys.platform == "linux":
        # Whatever becomes of the worker, its child does not outlive it.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.execv(command[0], command)  # noqa: S606  the command is ours, no shell is in between


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])

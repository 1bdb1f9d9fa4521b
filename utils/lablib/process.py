# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Start processes, remember them, end exactly those.

The child writes its own record before it becomes the program, so there is no
moment at which it runs unrecorded. A record names pid, start time and boot:
a later process that got the same pid is never mistaken for it.
"""

import os
import signal
import subprocess

from .errors import LabError
from .wait import until

_children = {}    # ours to reap, by pid
MARK = "N64_LAB"  # in the environment of all that a lab starts


def _stat(pid):
    """(state, process group, start time) of a pid, or None."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii",
                  errors="replace") as src:
            text = src.read()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # the command in (...) may hold blanks and brackets
    fields = text[text.rindex(")") + 2:].split()
    return fields[0], int(fields[2]), int(fields[19])


def _boot():
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as src:
        return src.read().strip()


def _record_path(plan, name):
    return plan.path("run", name + ".pid")


def in_space(space, argv, resolv=None):
    """argv as run inside a namespace, there with its own resolv.conf.

    ip-netns gives the command a mount space of its own; the bind mount lives
    and dies with it.
    """
    cmd = ["ip", "netns", "exec", space]
    if resolv:
        cmd += ["sh", "-c",
                'mount --bind "$0" "$(realpath /etc/resolv.conf)" && '
                'exec "$@"', resolv]
    return cmd + list(argv)


def start(plan, name, argv, space=None, resolv=None, env=None):
    """Start argv in the background; output goes to log/NAME.log."""
    if space:
        argv = in_space(plan.space(space), argv, resolv)
    record = _record_path(plan, name)
    boot = _boot()

    def remember():
        pid = os.getpid()
        with open(record, "w", encoding="ascii") as out:
            out.write(f"{pid} {_stat(pid)[2]} {boot}\n")

    with open(plan.path("log", name + ".log"), "ab") as log:
        try:
            child = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                cwd=plan.dir, start_new_session=True, preexec_fn=remember,
                env={**os.environ, **(env or {}), MARK: plan.dir})
        except OSError as err:
            raise LabError(f"can't start {argv[0]}: {err}") from None
    # Our own child stays a zombie until reaped: let Popen do it when polled.
    _children[child.pid] = child
    return child.pid


def _reap():
    for pid, child in list(_children.items()):
        if child.poll() is not None:
            del _children[pid]


def _read(plan, name):
    try:
        with open(_record_path(plan, name), encoding="ascii") as src:
            pid, born, boot = src.read().split()
    except (FileNotFoundError, ValueError):
        return None
    if boot != _boot():
        return None
    return int(pid), int(born)


def names(plan):
    """Names of all recorded processes, newest last."""
    folder = plan.path("run")
    if not os.path.isdir(folder):
        return []
    found = [n for n in os.listdir(folder) if n.endswith(".pid")]
    found.sort(key=lambda n: os.stat(os.path.join(folder, n)).st_mtime_ns)
    return [n[:-4] for n in found]


def pid_of(plan, name):
    """The pid if that very process still runs, else None."""
    _reap()
    rec = _read(plan, name)
    if not rec:
        return None
    now = _stat(rec[0])
    if not now or now[0] in "ZX" or now[2] != rec[1]:
        return None
    return rec[0]


def must_live(plan, name):
    """Raise with the end of its log if the process is gone."""
    if pid_of(plan, name):
        return
    tail = ""
    try:
        with open(plan.path("log", name + ".log"), encoding="utf-8",
                  errors="replace") as src:
            tail = "".join(src.readlines()[-8:])
    except FileNotFoundError:
        pass
    raise LabError(f"{name} ended; its log says:\n{tail}")


def _marked(plan, pid):
    """Was this process started for this lab (its environment says so)?"""
    try:
        with open(f"/proc/{pid}/environ", "rb") as src:
            return f"{MARK}={plan.dir}".encode() in src.read().split(b"\0")
    except OSError:
        return False


def _group(plan, name):
    """Members of its process group, the process itself or orphans of it.

    Whoever has the recorded pid but was born at another time is a stranger,
    and so is its group.
    """
    rec = _read(plan, name)
    leader = rec and _stat(rec[0])
    if not rec or leader and leader[2] != rec[1]:
        return []
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        pid, now = int(entry), _stat(int(entry))
        if now and now[0] not in "ZX" and now[1] == rec[0] \
                and (pid == rec[0] or _marked(plan, pid)):
            found.append(pid)
    return found


def _signal(pids, sig):
    for pid in pids:
        try:
            os.kill(pid, sig)
        except ProcessLookupError:
            pass


def kill(plan, name, seconds=5.0):
    """SIGKILL to a recorded process and all that it started, and forget it."""
    group = _group(plan, name)
    if not group:
        raise LabError(f"{name} is not running")
    _signal(group, signal.SIGKILL)
    stop(plan, name, seconds)


def stop(plan, name, seconds=5.0):
    """End a recorded process and what it started; forget it. Repeatable."""
    def gone():
        _reap()
        return not _group(plan, name)

    leader = pid_of(plan, name)
    _signal([leader] if leader else _group(plan, name), signal.SIGTERM)
    try:
        until(gone, f"the end of {name}", seconds)
    except LabError:
        _signal(_group(plan, name), signal.SIGKILL)
        until(gone, f"the end of {name}", seconds)
    try:
        os.unlink(_record_path(plan, name))
    except FileNotFoundError:
        pass


def run(argv, space=None, check=True):
    """Run a command to its end; its output, or LabError with its words."""
    if space:
        argv = in_space(space, argv)
    try:
        done = subprocess.run(argv, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False)
    except OSError as err:
        raise LabError(f"can't run {argv[0]}: {err}") from None
    if check and done.returncode:
        raise LabError(f"{' '.join(argv)}: {done.stderr.strip()}")
    return done.stdout

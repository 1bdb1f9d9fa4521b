# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The verdicts of 'nat64sip explain' are those of the module: scenarios run with
a real Kamailio, which writes down each message and the module's decisions, and
the tool is asked about the same messages.

'make test' takes a selection of the scenarios, 'make test-full' all.
N64_RECORDED=DIR: those that N64_RECORD=DIR has kept, without running any."""
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import recorded
from tooling import ROOT

SELECTION = ["test_learn_calls.py", "test_notify.py", "test_forks.py",
             "test_twobox_learn.py", "test_manage_websocket.py",
             "test_register.py"]
FULL = os.environ.get("N64_FULL", "") not in ("", "0")

# Where a verdict hangs on what no capture shows
RELOADED = "the pools are read anew while it runs, or are in a database"
RESTARTED = "who is registered was read from a database at the start"
HIDES = "topoh writes what it hides anew, on the wire and in the record"
TIMER = "tm lets go of a call at a tick of its own; not each time"
EXCEPTIONS = {
    "test_reload_while_a_call_is_up": RELOADED,
    "test_failed_reload_keeps_the_old_set": RELOADED,
    "test_reload_after_the_pause": RELOADED,
    "test_table": RELOADED,
    "test_table_of_another_name": RELOADED,
    "test_restart_then_pjsip_registers": RESTARTED,
    "test_restart_with_a_database": RESTARTED,
    "test_dmq": "the other node registered the phone",
    "test_rule_of_a_binding": "ul.add, an RPC, registered the phone",
    "test_call_with_topoh": HIDES,
    "test_late_200": TIMER,
    "test_late_200_with_rtpengine": TIMER,
    "test_the_same_address_of_record":
        "the registrar unescapes, and takes realm_prefix off",
    "test_mhomed": "the script set $du to a name",
    "test_msg_apply_changes_after_without_record_route":
        "the script takes the Routes off the message in between",
    "test_request_of_the_proxy": "the proxy itself began it",
}


def record(folder):
    """Run scenarios; those about the log itself may fail, with its debug lines"""
    where = ROOT / "test" / "scenarios"
    paths = [where] if FULL else [where / name for name in SELECTION]
    done = subprocess.run(
        [sys.executable, "-B", "-m", "pytest", "-p", "xdist.plugin", "-q",
         "-p", "no:cacheprovider", "--tb=no", "-n", "2", "--dist", "load",
         "--ignore", where / "test_soak.py", "--basetemp", folder / "tmp",
         *paths],
        env=dict(os.environ, N64_RECORD=str(folder / "runs"),
                 PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"),
        cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return folder / "runs", done.stdout.splitlines()[-1]


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory, tool):
    folder = os.environ.get("N64_RECORDED")
    if not folder:
        folder, said = record(tmp_path_factory.mktemp("record"))
        if not folder.is_dir():
            pytest.skip(f"no scenario could be run here: {said}")
    return (*recorded.judge_all(folder, tool.path), folder)


def name_of(run):
    return re.search(r"([^/]*)\.py::(\w+)", run.test)[2]


def show(fault):
    run, handled, lines, want = fault
    return "\n".join([f"{run.test}, message {handled.n}:",
                      *(f"    module  {x}" for x in lines),
                      *(f"    explain {x}" for x in want)])


def test_verdicts_equal_the_modules(verdicts, capsys):
    counts, faults, _ = verdicts
    known = Counter(name_of(f[0]) for f in faults if name_of(f[0])
                    in EXCEPTIONS)
    with capsys.disabled():
        print(f"\n{counts['runs']} runs, {counts['messages']} messages came, "
              f"{counts['decided']} decided by the module, "
              f"{counts['verdicts']} verdicts equal, "
              f"{sum(known.values())} known to differ")
    unknown = [f for f in faults if name_of(f[0]) not in EXCEPTIONS]
    assert not unknown, "\n".join(show(f) for f in unknown[:20])
    assert counts["verdicts"] > (15000 if FULL else 300)


def test_each_exception_is_needed(verdicts):
    """One that is not is to be taken off the list; of the tests that ran"""
    _, faults, folder = verdicts
    ran = {name_of(recorded.Run(p.parent))
           for p in Path(folder).glob("*/run.json")}
    needed = {name for name, why in EXCEPTIONS.items() if why != TIMER}
    assert not (needed & ran) - {name_of(f[0]) for f in faults}


def test_a_wrong_verdict_is_found(verdicts, tool):
    """The judge sees it when one word differs"""
    folder = next(Path(verdicts[2]).glob("test_learn_calls.py-*"))
    counts, run = Counter(), recorded.Run(folder)
    said = run.explained(tool.path)
    assert not recorded.compare(run, said, counts) and counts["verdicts"]
    decided = next(h.n for h in run.handled if h.lines)
    for one in said:
        if one["n"] == decided:
            one["verdict"] = one["verdict"].replace("source", "source not")
    assert len(recorded.compare(run, said, Counter())) == 1

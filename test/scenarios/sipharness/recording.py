# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""With N64_RECORD=DIR, each run of a Kamailio is kept there: every message that
came and went, in order, nat64sip's debug lines, its configuration. It is what
'nat64sip explain' is compared with."""
import json
import os
import re
import shutil
import tempfile

DIR = os.environ.get("N64_RECORD")
BUILD = os.environ.get("N64_BUILD") or os.path.join(
    os.path.dirname(__file__), "../../../build")
SMALL = 1 << 18  # octets; no log, no database


def options():
    """What Kamailio is started with for it"""
    if not DIR:
        return []
    record = os.path.abspath(os.path.join(BUILD, "modules", "record.so"))
    return [f"--loadmodule={record}"]


def begin(folder):
    """A place for this run, with the configuration as it is now"""
    if not DIR:
        return None
    os.makedirs(DIR, exist_ok=True)
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
    name = re.sub(r"[^\w.-]+", "-", test.rpartition("/")[2])[:120]
    out = tempfile.mkdtemp(prefix=name + "-", dir=DIR)
    copy(folder, out)
    # a box of several has a folder within its lab's
    up = os.path.dirname(folder)
    if os.path.basename(up).startswith("test_"):
        os.mkdir(os.path.join(out, "up"))
        copy(up, os.path.join(out, "up"))
    return out


def copy(folder, out):
    for file in os.scandir(folder):
        if file.is_file() and file.stat().st_size < SMALL \
                and not file.name.endswith((".log", ".cert", ".key")):
            shutil.copy(file.path, out)


def keep(proxy, out):
    """After it has ended"""
    if not out:
        return
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
    shutil.copy(proxy.log_path, os.path.join(out, "kamailio.log"))
    with open(os.path.join(out, "run.json"), "w") as f:
        json.dump({"test": test, "folder": os.path.dirname(proxy.log_path),
                   "argv": proxy.argv}, f)

# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Pools: as parameters, a file, a table in SQLite; and asking for them."""
import os
import re
import sqlite3
import subprocess

from .kamailio import ROOT
from .lab import HERE
from .script import Script

CFG = os.path.join(HERE, "cfg", "pool.cfg")
SCHEMA = os.path.join(ROOT, "etc", "sql", "nat64sip-sqlite.sql")


def parameters(*pools):
    """Defines of pool.cfg"""
    return [f'POOL{n + 1 if n else ""}="{p}"' for n, p in enumerate(pools)]


class File:
    """A pool file in the test's folder"""

    def __init__(self, lab, text):
        self.path = os.path.join(lab.folder, "pools.txt")
        self.defines = [f'POOL_FILE="{self.path}"']
        self.write(text)

    def write(self, text):
        with open(self.path, "wb") as f:
            f.write(text.encode("latin-1"))


class Table:
    """A database with the schema that is shipped"""

    def __init__(self, lab, *rows, schema=None):
        self.path = os.path.join(lab.folder, "pools.sqlite")
        self.url = f"sqlite:///{self.path}"
        self.defines = [f'DB_URL="{self.url}"']
        with open(SCHEMA) as f:
            text = f.read()
        self.execute(schema(text) if schema else text)
        self.write(*rows)

    def execute(self, text):
        with sqlite3.connect(self.path) as db:
            db.executescript(text)
        db.close()

    def write(self, *rows):
        """These rows and no others"""
        with sqlite3.connect(self.path) as db:
            db.execute("DELETE FROM nat64sip_pool")
            db.executemany("INSERT INTO nat64sip_pool (network, pref64)"
                           " VALUES (?, ?)", rows)
        db.close()


class Pools(Script):
    """A proxy with pools that can be asked; logged: what the core may log"""

    def __init__(self, lab, *defines, logged=None, **options):
        ctl = os.path.join(lab.folder, "ctl")
        super().__init__(lab, f'CTL="unix:{ctl}"', *defines, cfg=CFG,
                         **options)
        self.logged = logged

    def rpc(self, method):
        """What kamcmd prints"""
        out = subprocess.run(["kamcmd", "-s", f"unix:{self.ctl}", method],
                             capture_output=True, text=True, timeout=10)
        return (out.stdout + out.stderr).strip()

    def listed(self):
        """The active set, as (network, prefix, from)"""
        text = self.rpc("nat64sip.pools")
        assert "error" not in text, text
        return re.findall(r"network: (\S+)\s+pref64: (\S+)\s+from: (.*)", text)

    def logged_lines(self):
        """What nat64sip itself said at the level of an error; from now on it
        counts as expected"""
        lines = messages(self.proxy.log(self.proxy.mark))
        self.proxy.mark = os.path.getsize(self.proxy.log_path)
        return lines


def messages(log):
    """Lines of nat64sip at the level of an error, without what the core puts
    before them"""
    return [m[1] for m in re.finditer(
        r"(?:ERROR|CRITICAL): nat64sip \[[^]]*\]: \w+\(\): (.*)", log)]

# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The allocations that test/modules/faults.c counts and lets fail: its table,
and where in nat64sip's sources each is called from."""
import mmap
import os
import re
import struct
import subprocess
from dataclasses import dataclass

from sipharness.kamailio import module_dir

HEAD = struct.Struct("=5I")  # lock, all, armed, pass, n
POINT = struct.Struct("=5I40s40s")
POINTS = 2048
SIZE = HEAD.size + POINTS * POINT.size
MODULE = os.path.join(module_dir(), "modules", "faults.so")


@dataclass(frozen=True)
class Point:
    """One place in nat64sip, and the allocation that it came to"""
    number: int  # its place in the table, from 1
    call: int
    where: str   # "n64_body.c:177"
    kind: str    # "pkg" or "shm"
    site: str    # "data_lump.c:122 del_lump"

    def __str__(self):
        return f"{self.where} ({self.kind}, {self.site})"


def lines(calls):
    """For each octet behind a call in nat64sip.so the source's file:line; of
    what is inlined from a header, of who uses it"""
    calls = sorted(calls)
    if not calls:
        return {}
    out = subprocess.run(
        ["addr2line", "-a", "-i", "-e",
         os.path.join(module_dir(), "nat64sip.so"),
         *(hex(call - 1) for call in calls)],
        capture_output=True, text=True, check=True).stdout
    groups = re.split(r"(?m)^0x[0-9a-f]+\n", out)[1:]
    return dict(zip(calls, map(line_of, groups)))


def line_of(frames):
    """The innermost of the module's own"""
    names = [re.sub(r".*/([^/ ]+)( .*)?$", r"\1", line)
             for line in frames.split("\n") if line]
    return next((n for n in names if re.match(r"(n64_|nat64sip)\w*\.c:", n)),
                names[0])


class Table:
    """The file that all processes of a proxy share; its environment names it
    before that is started"""

    def __init__(self, folder):
        self.path = os.path.join(folder, "faults")
        with open(self.path, "wb") as f:
            f.truncate(SIZE)
        with open(self.path, "r+b") as f:
            self.map = mmap.mmap(f.fileno(), SIZE)
        os.environ["N64_FAULTS"] = self.path
        self._lines = {}

    def _rows(self):
        n = HEAD.unpack_from(self.map)[4]
        return [POINT.unpack_from(self.map, HEAD.size + i * POINT.size)
                for i in range(n)]

    def points(self):
        """All that were seen so far"""
        rows = self._rows()
        new = {row[0] for row in rows} - set(self._lines)
        self._lines.update(lines(new))
        return [Point(i + 1, row[0], self._lines[row[0]],
                      {"p": "pkg", "s": "shm"}[chr(row[2])],
                      f"{text(row[5])}:{row[1]} {text(row[6])}")
                for i, row in enumerate(rows)]

    def failed(self):
        """Those that have failed"""
        return [p for p, row in zip(self.points(), self._rows()) if row[4]]

    def seen(self):
        """How often each was passed, in order"""
        return [row[3] for row in self._rows()]

    def arm(self, number, after=0):
        """Let it fail once, when it has been passed so often; 0 for none"""
        struct.pack_into("=2I", self.map, 8, number, after)

    def armed(self):
        """Has it not been reached yet?"""
        return HEAD.unpack_from(self.map)[2] != 0

    def all(self, on):
        """Let each fail, for as long as that is on"""
        struct.pack_into("=I", self.map, 4, on)


def passes(table, act):
    """(point, how often it is come by while that is done)"""
    before = table.seen()
    act()
    after = table.seen()
    before += [0] * (len(after) - len(before))
    return [(p, after[p.number - 1] - before[p.number - 1])
            for p in table.points()
            if after[p.number - 1] > before[p.number - 1]]


def text(field):
    return field.split(b"\0")[0].decode()


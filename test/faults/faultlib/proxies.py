# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A proxy whose allocations can fail, and how much it has allocated."""
import os
import re
import time

from sipharness import versions
from sipharness.ctl import Ctl, Fault
from sipharness.texts import Texts

from .points import MODULE, Table
from .rounds import Judge, Round, Stop

LEFT = 30.0  # s for the timers of tm
# short, for a round that ended early leaves transactions behind
TIMERS = (("tm", "fr_timer", 900), ("tm", "fr_inv_timer", 900),
          ("tm", "wt_timer", 100))


def configuration(lab, base, extra="", first=f'loadmodule "{MODULE}"',
                  timers=TIMERS):
    """That one with the faults before all others, short timers, and a socket
    for kamcmd"""
    path, door = (os.path.join(lab.folder, f) for f in ("faulty.cfg", "ctl"))
    with open(base) as f:
        kex = "" if '"kex.so"' in f.read() else 'loadmodule "kex.so"\n'
    with open(path, "w") as f:
        f.write(f'{first}\nloadmodule "ctl.so"\n{kex}'
                'loadmodule "counters.so"\n'
                f'modparam("ctl", "binrpc", "unix:{door}")\n'
                f'include_file "{base}"\nlog_stderror=yes\n{extra}\n'
                + versions.large_messages())
        for module, name, value in timers:
            f.write(f'modparam("{module}", "{name}", {value})\n')
    return path, Ctl(door)


class Faulty(Texts):
    """A scene's proxy"""

    def __init__(self, lab, scene):
        self.scene, self.n, self.due = scene, 0, 0
        self.table = Table(lab.folder)
        path, self.ask = configuration(lab, scene.base, scene.extra)
        try:
            super().__init__(lab, *scene.defines, cfg=path)
        finally:
            os.environ.pop("N64_FAULTS", None)

    def done(self):
        """Each round has been judged"""
        self.proxy.settle()

    def round(self):
        return self._play(self.scene.play)

    def _play(self, play):
        self.n += 1
        time.sleep(max(0, self.due - time.monotonic()))
        self.due = time.monotonic() + self.scene.pause
        names = self.scene.names(self.n)
        for addr in names.values():
            self.phone(addr)
        r = Round(self, names, self.n)
        try:
            play(r)
        except Stop as e:
            r.play.ended = str(e)
        r.take()
        for key in [k for k in self.phones if k[1] not in names.values()]:
            self.phones.pop(key).sock.close()
        return r.play

    def set_up(self):
        done = self._play(self.scene.set_up)
        assert not done.ended, f"{done}\n{self.proxy.log()}"

    def learn(self):
        """The judge of this scene: rounds without a fault"""
        self.set_up()
        self.round()
        on = self.round()
        assert not on.ended, f"{on}\n{self.proxy.log()}"
        self.ask.mode("off")
        off = self.round()
        self.ask.mode("on")
        judge = Judge(on, off, self.scene)
        self.round()
        fault = judge.same(self.round())
        assert not fault, fault
        return judge

    def drained(self):
        """tm has let go of the last transaction"""
        end = time.monotonic() + LEFT
        while True:
            tm = dict(re.findall(r"(\w+): (\d+)", self.ask.ask("tm.stats")))
            if tm["created"] == tm["freed"]:
                return
            assert time.monotonic() < end, tm
            time.sleep(0.02)

    def lost(self, before):
        """What is used now and was not before; a dialog goes after a while"""
        end = time.monotonic() + LEFT
        while True:
            now = self.used()
            if now == before or time.monotonic() > end:
                return {key: (before.get(key), now[key]) for key in now
                        if now[key] != before.get(key)}
            time.sleep(0.1)

    def forget(self):
        """A binding takes as much as the longest of its texts took before"""
        for aor in self.scene.forget:
            try:
                self.ask.ask("ul.rm", "location", aor)
            except Fault:
                pass  # it is gone

    def owners(self):
        """Octets of shared memory, by who took them"""
        text = self.ask.ask("mod.stats", "all", "shm")
        return "\n".join(line for line in text.splitlines()
                         if not line.strip().endswith(": 0"))

    def used(self):
        """Octets of shared memory, and of each process's own"""
        self.drained()
        self.forget()
        shared = dict(re.findall(r"(\w+): (\d+)", self.ask.ask("core.shmmem")))
        rows = [dict(re.findall(r"(?m)^\s*(\w+): (.*)$", row))
                for row in self.ask.ask("pkg.stats").split("{")[1:]]
        return {"shared": int(shared["used"]),
                **{(row["pid"], row["desc"]): int(row["used"])
                   for row in rows}}

# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What an operator asks a running proxy, through kamcmd."""
import os
import re
import subprocess

CFG = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cfg",
                   "rpc.cfg")
GROUP = "nat64sip"
TIMEOUT = 10  # s


class Fault(Exception):
    """The proxy refused; the text is its reason"""


class Ctl:
    def __init__(self, path):
        self.path = path

    def ask(self, command, *args):
        """The answer's text"""
        out = subprocess.run(
            ["kamcmd", "-s", f"unix:{self.path}", command, *map(str, args)],
            capture_output=True, text=True, timeout=TIMEOUT, check=False)
        fault = re.match(r"error: (.*)", out.stdout + out.stderr)
        if fault:
            raise Fault(fault[1])
        assert out.returncode == 0, out.stdout + out.stderr
        return out.stdout

    def fields(self, command, *args):
        """The answer's members, those of a struct in it too"""
        return dict(re.findall(r"(?m)^\s*(\w+): ?(.*?)\s*$",
                               self.ask(f"{GROUP}.{command}", *args)))

    def flows(self, *args):
        """(flows, next)"""
        text = self.ask(f"{GROUP}.flows", *args)
        rows = [dict(re.findall(r"(?m)^\s*(\w+): ?(.*?)\s*$", row))
                for row in text.split("{")[2:]]
        rows = [row for row in rows if "flow" in row]
        return rows, int(re.search(r"next: (\d+)", text)[1])

    def mode(self, *args):
        return self.fields("mode", *args)["mode"]

    def stats(self, prefix=""):
        """All statistics of that beginning that are not 0"""
        rows = re.findall(r"(?m)^\s*(\w+): (\d+)$",
                          self.ask("cnt.grp_get_all", GROUP))
        return {name: int(n) for name, n in rows
                if int(n) and name.startswith(prefix)}


def proxy(lab, *defines, **options):
    """Start the small proxy; (it, how to ask it)"""
    path = os.path.join(lab.folder, "ctl")
    running = lab.proxy(CFG, defines=[f'CTL="unix:{path}"', *defines],
                        **options)
    return running, Ctl(path)

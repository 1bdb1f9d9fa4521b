# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Phones: one SIPp process for each phone and Call-ID of a call file."""
import os
import re
import signal
import subprocess
import time

from . import netns
from .compare import KINDS, PLACEHOLDER
from .patience import patience

HEAD = '<?xml version="1.0" encoding="ISO-8859-1"?>\n<scenario name="{}">\n'
WAIT = int(patience(3.0) * 1000)  # ms that a phone waits for one message
START = 5.0  # s until a phone must have its socket
# POSIX extended forms of the kinds that a phone may have to echo
ERE = {"branch": "z9hG4bK[0-9A-Za-z.]+", "tag": "[0-9A-Za-z.-]+",
       "conn": "[0-9a-f]+", "port": "[0-9]+", "did": "[0-9a-f]+[.][0-9a-f]+",
       "any": '[^ ;,<>"\r\n]+'}


def ere_quote(text):
    return re.sub(r"[][.*^$+?(){}|\\]", lambda m: "[" + m[0] + "]"
                  if m[0] not in "^\\" else "\\" + m[0], text)


def xml_quote(text):
    return (text.replace("&", "&amp;").replace("<", "&lt;")
            .replace('"', "&quot;").replace("\r", "&#13;")
            .replace("\n", "&#10;"))


def variable(name):
    return "v" + name.replace("-", "")


class Scenario:
    """The XML of one part of a call"""

    def __init__(self, blocks, name):
        self.echoed = {m[1] + m[2] for b in blocks if not b.by_proxy
                       for m in PLACEHOLDER.finditer(b.text) if m[1] in KINDS}
        self.bound = set()
        self.wholes = 0
        body = "".join(self._recv(b) if b.by_proxy else self._send(b)
                       for b in blocks)
        names = [variable(n) for n in sorted(self.bound)]
        names += [f"w{i}" for i in range(self.wholes)]
        refs = f'<Reference variables="{",".join(names)}"/>\n' if names else ""
        self.xml = HEAD.format(name) + body + refs + "</scenario>\n"

    def _send(self, block):
        def fill(m):
            if m[1] not in KINDS:
                return m[0]
            name = m[1] + m[2]
            if name not in self.bound:
                raise ValueError(f"{{{name}}} is echoed before it was seen")
            return f"[${variable(name)}]"
        parts, pos = [], 0
        for m in PLACEHOLDER.finditer(block.text):
            parts += [self._literal(block.text[pos:m.start()]), fill(m)]
            pos = m.end()
        parts.append(self._literal(block.text[pos:]))
        return f"<send><![CDATA[{''.join(parts)}]]></send>\n"

    @staticmethod
    def _literal(text):
        if "]]>" in text or "\\" in text:
            raise ValueError("not for a SIPp scenario")
        text = text.replace("[", "\\x5B").replace("]", "\\x5D")
        # SIPp takes the white space of a folded line away
        return re.sub(r"(?m)^[ \t]", lambda m: f"\\x{ord(m[0]):02X}", text)

    def _recv(self, block):
        what = (f'request="{block.method}"' if block.method
                else f'response="{block.status}"')
        actions = ""
        for line in block.text.split("\n"):
            actions += self._capture(line)
        return (f'<recv {what} timeout="{WAIT}">'
                + (f"<action>{actions}</action>" if actions else "")
                + "</recv>\n")

    def _capture(self, line):
        out = ""
        for m in PLACEHOLDER.finditer(line):
            name = m[1] + m[2]
            if name not in self.echoed or name in self.bound:
                continue
            before = PLACEHOLDER.split(line[:m.start()])[-1]
            regex = f"{ere_quote(before)}({ERE[m[1]]})"
            out += (f'<ereg regexp="{xml_quote(regex)}" search_in="msg" '
                    f'check_it="false" assign_to="w{self.wholes},'
                    f'{variable(name)}"/>')
            self.wholes += 1
            self.bound.add(name)
        return out


class Phone:
    """A running SIPp"""

    def __init__(self, blocks, folder, name):
        first = blocks[0]
        self.name, self.folder = name, folder
        self.addr, self.proto = first.phone_addr, first.proto
        self.waits = first.by_proxy
        path = os.path.join(folder, f"{name}.xml")
        with open(path, "w") as f:
            f.write(Scenario(blocks, name).xml)
        remote = first.src if first.by_proxy else first.dst
        host = f"[{remote[0]}]" if ":" in remote[0] else remote[0]
        argv = ["sipp", f"{host}:{remote[1]}", "-sf", path,
                "-i", self.addr[0], "-p", str(self.addr[1]),
                "-t", {"udp": "u1", "tcp": "t1"}[self.proto],
                "-cid_str", first.call_id, "-m", "1", "-nostdin", "-nd",
                "-timeout", "15s", "-timeout_error", "-trace_err",
                "-error_file", os.path.join(folder, f"{name}.err")]
        self.out = open(os.path.join(folder, f"{name}.out"), "wb")
        self.proc = subprocess.Popen(
            argv, cwd=folder, stdin=subprocess.DEVNULL, stdout=self.out,
            stderr=subprocess.STDOUT, start_new_session=True)
        if self.waits:
            self._ready()

    def _ready(self):
        end = time.monotonic() + START
        while not netns.bound(self.proto, *self.addr):
            if self.proc.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{self.name} has no socket: "
                                   + self.complaint())
            time.sleep(0.005)

    def finished(self, seconds):
        try:
            self.proc.wait(seconds)
            return True
        except subprocess.TimeoutExpired:
            return False

    def wait(self, seconds=25):
        """None if the phone went through its part, else what stopped it"""
        try:
            rc = self.proc.wait(seconds)
        except subprocess.TimeoutExpired:
            self.stop()
            return f"{self.name}: still running"
        self.out.close()
        return f"{self.name}: {self.complaint()}" if rc else None

    def stop(self):
        if self.proc.poll() is None:
            os.killpg(self.proc.pid, signal.SIGKILL)
            self.proc.wait()
        self.out.close()

    def complaint(self):
        for ext in ("err", "out"):
            path = os.path.join(self.folder, f"{self.name}.{ext}")
            if os.path.exists(path) and os.path.getsize(path):
                with open(path, errors="replace") as f:
                    return f.read()[-1500:].strip()
        return "no output"

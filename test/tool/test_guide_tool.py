# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Each nat64sip line of guide.md and its neighbours runs as it is written
there, with a name server, a configuration and captures in place of the page's.
Where the page shows an answer, that is what comes back. (kamcmd's lines:
test/scenarios/test_guide.py.)"""
import os
import re
import shlex
import sys

import pytest

from test_check import KAMAILIO, SHIPPED
from test_discover import aaaa, servers  # noqa: F401
from tooling import BUILD, ROOT

for folder in ("harness", "tool/ladder"):
    sys.path.append(str(ROOT / "test" / folder))

import capturing  # noqa: E402
import making  # noqa: E402
import pages  # noqa: E402

CFG = "/etc/kamailio/kamailio.cfg"
CALL_ID = "a84b4c76e66710"  # of the page
LISTEN = ("-l", "udp:127.0.0.1:5060")


@pytest.fixture
def run(tool, servers, tmp_path):  # noqa: F811
    """A line, to (status, what is said)"""
    def words_of(line):
        name, *words = shlex.split(line)[1:]
        if not words and name != "discover":
            return [name, "--help"]
        return [name, *{"discover": discover, "check": check,
                        "ladder": ladder}.get(name, list)(words)]

    def discover(words):
        here = servers.start(aaaa("2001:db8:64::c000:aa",
                                  "2001:db8:64::c000:ab"))
        if "--server" not in words:
            return ["--server", here, *words]
        words[words.index("--server") + 1] = here
        return words

    def check(words):
        assert CFG in words
        if "-l" not in words:
            words = [*LISTEN, *words]
        return ["--kamailio", KAMAILIO, "--libdir",
                f"{BUILD}:{making.search_path()}",
                *(str(ROOT / SHIPPED) if w == CFG else
                  w.replace("192.0.2.10", "127.0.0.1") for w in words)]

    def ladder(words):
        call_id = re.search(r"Call-ID: (\S+)", captured(tmp_path))[1]
        return [str(tmp_path / w) if w.endswith((".pcap", ".html")) else
                call_id if w == CALL_ID else w for w in words]

    def said(line):
        done = tool(*words_of(line))
        return done.status, "\n".join([*done.out, *done.err])
    return said


def captured(folder):
    """Writes a call, as both sides of the NAT64 saw it; the proxy's SIP"""
    phone, core = capturing.call_with_media()
    capturing.pcap.write(folder / "ue.pcap", phone)
    capturing.pcap.write(folder / "proxy.pcap", core)
    return b"".join(p.data for p in core).decode(errors="replace")


def is_ladder(line):
    return line.startswith("nat64sip ladder")


def wrong(run, found):
    return [f"{page}: {line}: {why}" for page, line, shown in found
            for why in [pages.problem(run(line), shown)] if why]


def test_each_line_runs(run):
    if not os.access(KAMAILIO, os.X_OK):
        pytest.skip(f"{KAMAILIO} is not installed")
    found = [f for f in pages.lines_of("nat64sip") if not is_ladder(f[1])]
    assert not wrong(run, found)
    assert {line.split()[1] for _, line, _ in found} == {
        "synth", "extract", "infer", "discover", "check"}


def test_each_ladder_is_drawn(run):
    if not os.path.isdir(capturing.CAPTURES):
        pytest.skip(f"NO CAPTURES HERE: {capturing.CAPTURES}")
    found = [f for f in pages.lines_of("nat64sip") if is_ladder(f[1])]
    assert len(found) > 2
    assert not wrong(run, found)


@pytest.mark.parametrize("line,shown", [
    ("nat64sip mars", ""),
    ("nat64sip infer --mars 2001:db8:64::c000:20a 192.0.2.10", ""),
    ("nat64sip infer 2001:db8:64::c000:20a 192.0.2.10", "64:ff9b::/96"),
    ("nat64sip discover", "64:ff9b::/96"),
    (f"nat64sip check --mars {CFG}", ""),
    (f"nat64sip check -A WITH_MARS -l mars {CFG}", "")])
def test_what_does_not_run_is_found(run, line, shown):
    assert wrong(run, [("guide.md", line, shown)])

# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Each example of an RPC command and of a statistic in the module's reference,
asked of the configuration that is shipped after the call that the text tells
of: the answer is the one that is printed."""
import os
import re
import shlex

import pytest

from sipharness.branches import ua4, ue6
from sipharness.called import DUAL
from sipharness.ctl import GROUP
from sipharness.examples import Example, cases, of
from sipharness.texts import values

POOLS = "/etc/kamailio/pools.txt"
# what is not the same each time
TIMES = re.compile(r"(?m)^((?:version|age|idle|expires):) [\d.]+$")


class Told(Example):
    """One phone behind NAT64, which registered, showed its PREF64, registered
    again, called UA4 and hung up"""

    def __init__(self, lab):
        self.pools = os.path.join(lab.folder, "pools.txt")
        with open(self.pools, "w") as f:
            f.writelines(re.findall(r"(?m)^# (\d.*\n)",
                                    of("p")["pool_file"][0]))
        super().__init__(lab, of("p")["pool_file"][0], known=False,
                         places={POOLS: self.pools})
        one, two = ue6(self, 39859), ua4(self).register("bob", 102)
        self.asked(one)
        one.register("alice", 150)
        got = self.call(one, two)
        assert values(got.invite) == values(got.ok) == DUAL

    def answer(self, command):
        words = shlex.split(command)
        assert words[0] == "kamcmd"
        return self.rpc.ask(*words[1:]).replace(self.pools, POOLS)


def commands(text):
    """[(command, the answer that is printed)]"""
    text = text.replace("...\n", "").replace("\\\n", "")
    found = re.findall(r"(?m)^(kamcmd .*)\n((?:(?!kamcmd ).*\n)*)", text)
    assert found and "".join(c + "\n" + a for c, a in found) == text, text
    return found


def shape(text):
    """Without what differs each time"""
    text = "".join(line.strip() + "\n" for line in text.strip().splitlines())
    return TIMES.sub(r"\1 N", text)


@pytest.mark.parametrize("kind", ["rpc", "stat"])
def test_answers(lab, kind):
    """All of them, in their order, of one proxy"""
    with Told(lab) as s:
        asked = 0
        for name, n in cases(kind):
            for command, printed in commands(of(kind)[name][n]):
                assert shape(s.answer(command)) == shape(printed), command
                asked += 1
        assert asked >= len(of(kind)) > 5


def documented():
    """Of each group, the names that its examples print"""
    lines = "".join("".join(found) for found in of("stat").values())
    return re.findall(rf"(?m)^\t({GROUP}(?:_flows)?)\.(\w+): \d+$", lines)


def test_each_statistic(lab):
    """What is documented is what is registered, and each can be fetched"""
    with Told(lab) as s:
        there = [(group, name) for group in (GROUP, f"{GROUP}_flows")
                 for name in re.findall(r"(?m)^\s*(\w+): \d+$",
                                        s.rpc.ask("cnt.grp_get_all", group))]
        assert sorted(documented()) == sorted(there)
        for group, name in there:
            got = s.rpc.ask("stats.fetch", f"{group}.{name}")
            assert re.search(rf"\t{group}\.{name}: \d+\n", got), got

# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The same messages through the configuration that is shipped: as it stands,
and where it is responsible for every name in them and knows every user."""
import os
import re
from dataclasses import replace

import pytest

from sipharness.lab import SHIPPED
from torturelib import inputs, verdicts
from torturelib.cases import BUILDS, cases
from torturelib.runs import SINK, Run

URI = re.compile(rb"(?i)\bsips?:(?:([^@\s<>\"]+)@)?(\[[0-9a-f:.]+\]|[\w.-]+)")
REGISTER = """REGISTER sip:{host} SIP/2.0
Via: SIP/2.0/UDP 192.0.2.30:5060;branch=z9hG4bKreg{n}
Max-Forwards: 70
From: <sip:{user}@{host}>;tag=r{n}
To: <sip:{user}@{host}>
Call-ID: reg{n}
CSeq: 1 REGISTER
Contact: <sip:sink{n}@192.0.2.30:5060>;expires=3600
Content-Length: 0

"""
DOMAIN = "sip.example.test"
NAME = re.compile(r"[\w.-]*[A-Za-z][\w.-]*")


def names(sources):
    """Host names, and users, of all URIs in them"""
    found = [m.groups() for s in sources for m in URI.finditer(s.data)]
    hosts = {host.decode("latin-1") for _, host in found}
    users = {(user or b"").decode("latin-1") for user, _ in found}
    return (sorted(h for h in hosts if NAME.fullmatch(h)),
            sorted(u for u in users if re.fullmatch(r"[\w.+-]{1,60}", u)))


def configuration(lab, hosts):
    path = os.path.join(lab.folder, "shipped.cfg")
    with open(path, "w") as f:
        f.writelines(f'alias="{host}"\n' for host in hosts)
        f.write(f'include_file "{SHIPPED}"\n'
                + "".join(f'modparam("tm", "{name}", {n})\n' for name, n in (
                    ("retr_timer1", 60000), ("retr_timer2", 60000),
                    ("fr_timer", 600000), ("fr_inv_timer", 600000)))
                + 'modparam("nathelper", "natping_interval", 0)\n')
    return path


def register(run, host, users):
    for n, user in enumerate(users):
        text = REGISTER.format(n=n, user=user, host=host)
        got = run.feed(text.replace("\n", "\r\n").encode(), SINK)
        assert got[0].data.startswith(b"SIP/2.0 200 "), got[0].data


def through(lab, build, cfg, users, todo):
    """(what the process shows, what came of each input)"""
    bare = build.name == "bare"
    with Run(lab, build, cfg, [
            'NAT64_PREF64="2001:db8:64::/96"', f'SIP_DOMAIN="{DOMAIN}"',
            *(["fix_nat64_register=fix_nated_register"] if bare else [])]
            ) as run:
        register(run, DOMAIN, users)
        out = [play(run, given.bare if bare else given.data)
               for given, play in todo]
        return verdicts.Process(run), out


def as_the_script_says(messages):
    """A phone behind NAT64 that nothing leads to is not there: the script says
    480 where tm says 478"""
    return [replace(m, data=m.data.replace(
        b"SIP/2.0 478 Unresolvable destination (478/TM)\r\n",
        b"SIP/2.0 480 Temporarily Unavailable\r\n")) for m in messages]


@pytest.mark.parametrize("place", ["q", "f", "r"])
@pytest.mark.parametrize("known", [False, True], ids=["as-is", "known"])
def test_shipped(lab, vectors, build, known, place, record_property):
    hosts, users = names(inputs.sources(vectors)) if known else ([], [])
    users = sorted({*users, "bob"})
    cfg = configuration(lab, hosts)
    todo = cases(vectors, place)
    bare, wanted = through(lab, BUILDS["bare"], cfg, users, todo)
    process, got = through(lab, build, cfg, users, todo)
    judge = verdicts.Judge((verdicts.OWN_ROUTE,))
    for (given, _), want, have in zip(todo, wanted, got):
        if given.acts:
            want, have = as_the_script_says(want), as_the_script_says(have)
        judge.see(given, want, have)
    judge.faults += process.trouble(bare)
    # as it is, it refuses each request
    judge.end(record_property, must_change=known or place == "r")

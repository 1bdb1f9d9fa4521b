# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Arguments that only JSON-RPC can send; the others are in test_rpc.py."""
import json
import os
import socket

import pytest

from sipharness import shapes
from sipharness.lab import SMALL

NO_TEXT = [None, {}, [], {"mode": "on"}]
METHODS = {  # arguments before it that are right, the name of the next
    "nat64sip.mode": ([], "mode"),
    "nat64sip.lookup": ([], "address"),
    "nat64sip.lookup transport": (["192.0.2.1:5060"], "transport"),
    "nat64sip.flows": ([], "limit"),
    "nat64sip.flows cursor": (["10"], "cursor"),
    "nat64sip.status": ([], "argument"),
    "nat64sip.pools": ([], "argument"),
    "nat64sip.reload": ([], "argument"),
}


def listen(lab):
    """A proxy that takes JSON-RPC in datagrams; where"""
    door = os.path.join(lab.folder, "door")
    path = os.path.join(lab.folder, "json.cfg")
    with open(path, "w") as f:
        f.write(f'include_file "{SMALL}"\nloadmodule "jsonrpcs.so"\n'
                'modparam("jsonrpcs", "transport", 4)\n'
                f'modparam("jsonrpcs", "dgram_socket", "{door}")\n')
    return lab.proxy(path, defines=[shapes.STATIC]), door


def ask(lab, door, method, params):
    mine = os.path.join(lab.folder, "mine")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        s.bind(mine)
        s.settimeout(10)
        s.sendto(json.dumps({"jsonrpc": "2.0", "method": method, "id": 1,
                             "params": params}).encode(), door)
        answer = json.loads(s.recv(65535).rstrip(b"\0"))
    os.unlink(mine)
    return answer


@pytest.mark.parametrize("case", METHODS)
def test_argument_that_is_no_text(lab, case):
    before, name = METHODS[case]
    proxy, door = listen(lab)
    for value in NO_TEXT:
        answer = ask(lab, door, case.split()[0], [*before, value])
        assert answer.get("error", {}).get("message") == \
            f"{name}: must be a text", (value, answer)
    assert "result" in ask(lab, door, "nat64sip.mode", [])
    proxy.settle()

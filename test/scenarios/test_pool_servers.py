# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Pools from a table of MySQL (MariaDB) and of PostgreSQL: the schemas that are
shipped, on servers of the test's own; what SQLite shows is in test_pool.py."""
import os
import subprocess

import pytest

from sipharness import databases, kamailio, shapes
from sipharness.pools import CFG, Pools, messages

PREF = "2001:db8:64::/96"
OTHER = "2001:db8:65::/96"
NET = "192.0.2.0/24"
# the longest of each that there are
LONGEST = ("198.51.100.128/25", "2001:db8:aaaa:bbbb:cc:dddd::/96")
NAME = 'parameter "db_table", value "nat64sip_pool": '
ROW = "table nat64sip_pool, row {}, column {}, value {}: "


@pytest.fixture(params=databases.ENGINES)
def server(request, lab, monkeypatch):
    try:
        own = databases.ENGINES[request.param](lab.folder)
    except databases.Missing as e:
        pytest.skip(str(e))
    for name, value in own.environment().items():
        monkeypatch.setenv(name, value)
    try:
        yield own
    finally:
        own.stop()


def shown(rows):
    """As nat64sip.pools lists them: in order, and where each is from"""
    return [(network, prefix, f"table nat64sip_pool, row {n + 1}")
            for n, (network, prefix) in enumerate(sorted(rows))]


def refused(lab, server, password=databases.PASSWORD):
    lines = messages(lab.refused(CFG, defines=[
        shapes.STATIC, *server.defines(password)]))
    assert len(lines) == 1, lines
    return lines[0]


BAD = {  # rows beside a good one, which of all is wrong, and why
    "length-33": ([("192.0.2.0/33", PREF)], ROW.format(
        2, "network", '"192.0.2.0/33"')
        + "the length of the network must be 0 to 32"),
    "host-bits": ([("192.0.2.1/24", PREF)], ROW.format(
        2, "network", '"192.0.2.1/24"') + "a bit is set after the network"),
    "ipv6": ([("2001:db8::/32", PREF)], ROW.format(
        2, "network", '"2001:db8::/32"') + "this is not an IPv4 network"),
    "prefix-length": ([(NET, "2001:db8::/95")], ROW.format(
        2, "pref64", '"2001:db8::/95"')
        + "the length must be 32, 40, 48, 56, 64 or 96"),
    "prefix-empty": ([(NET, "")], ROW.format(2, "pref64", '""')
                     + "it must be an IPv6 address, a slash and a length"),
    # two spellings, which no unique index sees
    "twice": ([("192.0.2.1", PREF), ("192.0.2.1/32", OTHER)], ROW.format(
        3, "pref64", f'"{OTHER}"') + f"that network has {PREF} already, from "
        "table nat64sip_pool, row 2"),
}


def refuses_by_itself(server):
    """What the database can see: a network twice, a column left out"""
    for row in (f"(network, pref64) VALUES ('{LONGEST[0]}', '{OTHER}')",
                f"(pref64) VALUES ('{PREF}')",
                f"(network) VALUES ('{NET}')"):
        out = subprocess.run(
            server.client("kamailio"), env=server.env(), text=True,
            input=f"INSERT INTO nat64sip_pool {row};", capture_output=True)
        assert out.returncode and "ERROR" in out.stderr, out


def test_pools_and_reload(lab, server):
    """Beside Kamailio's own tables, as an operator has them"""
    own = kamailio.shared(server.name, "standard-create.sql")
    if os.path.exists(own):
        with open(own) as f:
            server.execute(f.read())
    server.load()
    rows = [("10.0.0.0/8", PREF), LONGEST]
    server.write(*rows)
    refuses_by_itself(server)
    with Pools(lab, shapes.STATIC, *server.defines()) as s:
        assert s.listed() == shown(rows)
        for case, (bad, why) in BAD.items():
            server.write(("10.0.0.0/8", PREF), *bad)
            assert s.rpc("nat64sip.reload") == f"error: 500 - {why}", case
            assert s.logged_lines() == [f"the pools stay as they are: {why}"]
        assert s.listed() == shown(rows)
        rows[0] = ("10.0.0.0/8", OTHER)
        server.write(*rows, (NET, PREF))
        assert s.rpc("nat64sip.reload") == "{\n\tpools: 3\n}"
        assert s.listed() == shown([*rows, (NET, PREF)])
        assert databases.PASSWORD not in s.proxy.log()


def test_server_that_went_away(lab, server):
    server.load()
    server.write((NET, PREF))
    why = (f'parameter "db_url", value "{server.shown()}": cannot connect to '
           "that database")
    with Pools(lab, shapes.STATIC, *server.defines()) as s:
        server.stop()
        assert s.rpc("nat64sip.reload") == f"error: 500 - {why}"
        assert s.logged_lines() == [f"the pools stay as they are: {why}"]
        assert s.listed() == shown([(NET, PREF)])


def test_refused_at_start(lab, server):
    server.load()
    assert refused(lab, server, "other") == (
        f'parameter "db_url", value "{server.shown()}": cannot connect to that'
        " database")
    server.nullable()
    server.write((None, PREF))
    assert refused(lab, server) == ROW.format(1, "network", "NULL") + \
        "must be a text"
    server.write((NET, PREF))
    server.change_type("INTEGER")
    server.execute("UPDATE nat64sip_pool SET pref64 = 96;")
    assert refused(lab, server) == ROW.format(
        1, "pref64", "of another type") + "must be a text"
    server.change_type("TEXT")
    server.execute(f"UPDATE nat64sip_pool SET pref64 = '{PREF}';")
    proxy = lab.proxy(CFG, defines=[shapes.STATIC, *server.defines()])
    proxy.stop()
    lab.running.remove(proxy)
    server.execute("UPDATE version SET table_version = 7 WHERE table_name = "
                   "'nat64sip_pool';")
    assert refused(lab, server) == NAME + "must have version 1, has 7"
    server.execute("DROP TABLE nat64sip_pool;")
    server.execute("UPDATE version SET table_version = 1 WHERE table_name = "
                   "'nat64sip_pool';")
    assert refused(lab, server) == \
        NAME + "its columns network and pref64 cannot be read"

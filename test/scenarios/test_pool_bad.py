# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Pools that are wrong: each stops the start with one line, whose text is
compared as a whole; the same text answers a reload."""
import os

import pytest

from sipharness import shapes
from sipharness.pools import CFG, File, Pools, Table, messages, parameters

PREF = "2001:db8:64::/96"
OTHER = "2001:db8:65::/96"
NET = "192.0.2.0/24"
LENGTH = "the length of the network must be 0 to 32"
NO_NET = "this is not an IPv4 network"
BITS = "a bit is set after the network"
NO_ENTRY = 'it must be a network, "=" and a prefix'
PREF_LENGTH = "the length must be 32, 40, 48, 56, 64 or 96"
PREF_FORM = "it must be an IPv6 address, a slash and a length"
NO_PREF = "this is not an IPv6 address"

ENTRIES = {  # what is wrong with a parameter, and with a line of a file
    "no-equals": (f"{NET} {PREF}", NO_ENTRY),
    "network-only": (NET, NO_ENTRY),
    "no-network": (f"={PREF}", NO_NET),
    "a-name": (f"example.test={PREF}", NO_NET),
    "ipv6-network": (f"2001:db8::/32={PREF}", NO_NET),
    "address-of-three": (f"192.0.2={PREF}", NO_NET),
    "octet-of-256": (f"192.0.2.256/32={PREF}", NO_NET),
    "length-33": (f"192.0.2.0/33={PREF}", LENGTH),
    "length-negative": (f"192.0.2.0/-1={PREF}", LENGTH),
    "length-empty": (f"192.0.2.0/={PREF}", LENGTH),
    "length-mask": (f"192.0.2.0/255.255.255.0={PREF}", LENGTH),
    "host-bits": (f"192.0.2.1/24={PREF}", BITS),
    "prefix-length": (f"{NET}=2001:db8:64::/95", PREF_LENGTH),
    "two-entries": (f"{NET}={PREF},{NET}={PREF}", PREF_LENGTH),
    "prefix-empty": (f"{NET}=", PREF_FORM),
    "prefix-ipv4": (f"{NET}=192.0.2.0/24", NO_PREF),
    "prefix-host-bits": (f"{NET}=2001:db8:64::1/96",
                         "a bit is set after the prefix"),
    "prefix-wkp-length": (f"{NET}=64:ff9b::/64",
                          "64:ff9b:: may be used with length 96 only"),
}


def refused(lab, *defines):
    """The one line that nat64sip writes when it refuses to start"""
    lines = messages(lab.refused(CFG, defines=[shapes.STATIC, *defines]))
    assert len(lines) == 1, lines
    return lines[0]


@pytest.mark.parametrize("case", ENTRIES)
def test_bad_parameter(lab, case):
    value, why = ENTRIES[case]
    assert refused(lab, *parameters(value)) == \
        f'parameter "pool", value "{value}": {why}'


@pytest.mark.parametrize("case", ENTRIES)
def test_bad_line(lab, case):
    value, why = ENTRIES[case]
    pools = File(lab, f"# west\n10.0.0.0/8={PREF}\n{value}\nnever read\n")
    assert refused(lab, *pools.defines) == \
        f'{pools.path}:3, value "{value}": {why}'


LINES = {  # (line, as it is shown, why)
    "control-octets": ("a\tb\x1b[1m\xff", "a?b?[1m?", NO_ENTRY),
    "nul": (f"192.0.2.0\0/24={PREF}", f"192.0.2.0?/24={PREF}", NO_NET),
    "long": ("x" * 300, "x" * 76 + "...", NO_ENTRY),
    "comment-behind": (f"{NET} # {PREF}", f"{NET} # {PREF}", NO_ENTRY),
    "byte-order-mark": (f"\xef\xbb\xbf{NET}={PREF}", f"???{NET}={PREF}",
                        NO_NET),
    "crlf": (f"{NET}\r", NET, NO_ENTRY),
}


@pytest.mark.parametrize("case", LINES)
def test_bad_line_is_shown_in_print(lab, case):
    line, shown, why = LINES[case]
    pools = File(lab, line + "\n")
    assert refused(lab, *pools.defines) == \
        f'{pools.path}:1, value "{shown}": {why}'


FILES = {
    "missing": ("{folder}/none.txt", "No such file or directory"),
    "folder": ("{folder}", "Is a directory"),
}


@pytest.mark.parametrize("case", FILES)
def test_file_that_cannot_be_read(lab, case):
    path, why = FILES[case]
    path = path.format(folder=lab.folder)
    assert refused(lab, f'POOL_FILE="{path}"') == \
        f'parameter "pool_file", value "{path}": cannot be read: {why}'


ROWS = {  # (network, prefix, column, value, why)
    "network-null": (None, PREF, "network", "NULL", "must be a text"),
    "pref64-null": (NET, None, "pref64", "NULL", "must be a text"),
    "network-empty": ("", PREF, "network", '""', NO_NET),
    "length-33": ("192.0.2.0/33", PREF, "network", '"192.0.2.0/33"', LENGTH),
    "host-bits": ("192.0.2.1/24", PREF, "network", '"192.0.2.1/24"', BITS),
    "ipv6": ("2001:db8::/32", PREF, "network", '"2001:db8::/32"', NO_NET),
    "blank": (f"{NET} ", PREF, "network", f'"{NET} "', LENGTH),
    "pref64-empty": (NET, "", "pref64", '""', PREF_FORM),
    "pref64-length": (NET, "2001:db8::/95", "pref64", '"2001:db8::/95"',
                      PREF_LENGTH),
    "pref64-control": (NET, "2001:db8::\n/96", "pref64",
                       '"2001:db8::?/96"', NO_PREF),
    "pref64-long": (NET, "x" * 100, "pref64", f'"{"x" * 76}..."',
                    PREF_FORM),
}


def nullable(text):
    """The schema that is shipped lets no NULL in; an operator's may"""
    changed = text.replace("(18) NOT NULL", "(18)").replace(
        "(48) NOT NULL", "(48)")
    assert changed.count("NOT NULL") == text.count("NOT NULL") - 2
    return changed


@pytest.mark.parametrize("case", ROWS)
def test_bad_row(lab, case):
    """The second row where it has a network: they come in its order"""
    network, prefix, column, value, why = ROWS[case]
    table = Table(lab, (network, prefix), ("10.0.0.0/8", PREF),
                  schema=nullable)
    row = 2 if network else 1
    assert refused(lab, *table.defines) == (
        f"table nat64sip_pool, row {row}, column {column}, value {value}: "
        f"{why}")


def test_column_of_numbers(lab):
    table = Table(lab, schema=lambda t: t.replace(
        "pref64 VARCHAR(48)", "pref64 INTEGER"))
    table.write((NET, 64))
    assert refused(lab, *table.defines) == (
        "table nat64sip_pool, row 1, column pref64, value of another type: "
        "must be a text")


CONFLICTS = {
    "network-twice": (f"{NET}={OTHER}", [f"{NET}={PREF}"]),
    "third-of-three": (f"{NET}={OTHER}", [f"10.0.0.0/8={PREF}",
                                          f"{NET}={PREF}"]),
}


@pytest.mark.parametrize("case", CONFLICTS)
def test_parameters_that_contradict(lab, case):
    bad, good = CONFLICTS[case]
    assert refused(lab, *parameters(*good, bad)) == (
        f'parameter "pool", value "{bad}": that network has {PREF} already, '
        'from parameter "pool"')


def test_lines_that_contradict(lab):
    pools = File(lab, f"{NET}={PREF}\n\n{NET}={OTHER}\n")
    assert refused(lab, *pools.defines) == (
        f'{pools.path}:3, value "{NET}={OTHER}": that network has {PREF} '
        f"already, from {pools.path}:1")


def test_row_that_contradicts_a_parameter(lab):
    table = Table(lab, ("10.0.0.0/8", PREF), (NET, OTHER))
    assert refused(lab, *table.defines, *parameters(f"{NET}={PREF}")) == (
        f'table nat64sip_pool, row 2, column pref64, value "{OTHER}": that '
        f'network has {PREF} already, from parameter "pool"')


def test_file_and_table(lab):
    table, pools = Table(lab), File(lab, "")
    assert refused(lab, *table.defines, *pools.defines) == (
        f'parameter "pool_file", value "{pools.path}": cannot be used '
        "together with db_url")


@pytest.mark.parametrize("name", ["", "a b", "pool;drop"])
def test_name_of_the_table(lab, name):
    table = Table(lab)
    assert refused(lab, *table.defines, f'DB_TABLE="{name}"') == (
        f'parameter "db_table", value "{name}": must be the name of a table')


VERSIONS = {
    "none": ("DELETE FROM version",
             'the table "version" has no row for it'),
    "other": ("UPDATE version SET table_version = 7",
              "must have version 1, has 7"),
    "no-versions": ("DROP TABLE version",
                    'the table "version" cannot be read'),
    "no-table": ("DROP TABLE nat64sip_pool",
                 "its columns network and pref64 cannot be read"),
    "no-column": ("ALTER TABLE nat64sip_pool DROP COLUMN pref64",
                  "its columns network and pref64 cannot be read"),
}


@pytest.mark.parametrize("case", VERSIONS)
def test_table_that_does_not_fit(lab, case):
    statement, why = VERSIONS[case]
    table = Table(lab)
    table.execute(statement)
    assert refused(lab, *table.defines) == \
        f'parameter "db_table", value "nat64sip_pool": {why}'


URLS = {  # shown without the password, which no log shall hold
    "other-module": "mysql://kamailio:se@cr:et@db.example.test/kamailio",
    "no-url": "kamailio",
}


@pytest.mark.parametrize("case", URLS)
def test_database_module_not_loaded(lab, case):
    shown = URLS[case].replace("kamailio:se@cr:et@", "...@")
    assert refused(lab, f'DB_URL="{URLS[case]}"', "NO_DB_MODULE") == (
        f'parameter "db_url", value "{shown}": the database module that it '
        "names must be loaded before nat64sip")


def test_database_that_cannot_be_opened(lab):
    url = f"sqlite:///{lab.folder}/none/pools.sqlite"
    assert refused(lab, f'DB_URL="{url}"') == (
        f'parameter "db_url", value "{url}": cannot connect to that database')


def test_one_parameter_too_many(lab):
    """256 fit"""
    many = os.path.join(lab.folder, "many.cfg")
    value = f"10.1.0.0={PREF}"
    with open(many, "w") as f:
        f.write(f'include_file "{CFG}"\n')
        for n in range(256):
            f.write(f'modparam("nat64sip", "pool", "10.0.0.{n}={PREF}")\n')
        f.write(f'#!ifdef MORE\nmodparam("nat64sip", "pool", "{value}")\n'
                "#!endif\n")
    log = lab.refused(many, defines=[shapes.STATIC, "MORE"])
    assert messages(log) == [f'parameter "pool", value "{value}": is one too '
                             "many, use parameter pool_file"]
    lab.proxy(many, defines=[shapes.STATIC]).settle()


RELOADS = {  # (statement, why)
    "gone": ("DROP TABLE nat64sip_pool",
             'parameter "db_table", value "nat64sip_pool": its columns '
             "network and pref64 cannot be read"),
    "null": ("UPDATE nat64sip_pool SET network = NULL",
             "table nat64sip_pool, row 1, column network, value NULL: must be "
             "a text"),
    "version": ("UPDATE version SET table_version = 2",
                'parameter "db_table", value "nat64sip_pool": must have '
                "version 1, has 2"),
}


@pytest.mark.parametrize("case", RELOADS)
def test_reload_says_the_same(lab, case):
    statement, why = RELOADS[case]
    table = Table(lab, (NET, PREF), schema=nullable)
    with Pools(lab, shapes.STATIC, *table.defines) as s:
        table.execute(statement)
        assert s.rpc("nat64sip.reload") == f"error: 500 - {why}"
        assert s.logged_lines() == [f"the pools stay as they are: {why}"]
        assert [p[:2] for p in s.listed()] == [(NET, PREF)]

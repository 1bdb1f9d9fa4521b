# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""From profiles to what is printed. Numbers are per call."""
from .callgrind import Shares

MODULE = "nat64sip.so"
# The module's source files, by what they are for. What their functions call in
# the core, Kamailio and libc counts with them; what they call in another of
# these files counts there.
PARTS = {
    "alias": ("n64_alias.c",),
    "Record-Route": ("n64_rr.c", "n64_rr_plan.c"),
    "notify header": ("n64_notify.c",),
    "SDP": ("n64_body.c",),
    "Routes, own values in them": ("n64_legs.c", "n64_routes.c"),
    "own address?": ("n64_self.c",),
    "next hop": ("n64_hop.c",),
    "evidence and decision": ("n64_view.c", "n64_view_last.c",
                              "n64_decided.c"),
    "transaction's context": ("n64_tm.c",),
    "which part when": ("n64_manage.c", "nat64sip_mod.c"),
    "flow cache": ("n64_cache.c",),
    "pool": ("n64_pool.c",),
    "User-Agent": ("n64_ua.c",),
    "learning from replies": ("n64_learn.c",),
    "mending of replies": ("n64_mend.c",),
    "probes": ("n64_probe.c", "n64_keepalive.c"),
}
# Of a file, but for another purpose
FUNCTIONS = {"remove_untrusted": "notify header of strangers",
             "remove_received": "notify header of strangers",
             "body64_scan": "SDP: families read"}
PART_OF_FILE = {file: part for part, files in PARTS.items() for file in files}
ALLOCATE = ("malloc", "mallocxz", "realloc", "reallocxf")
REST = "the module, the rest"
# Instructions that no look-up gets along with
CHEAP = 100


def inside(function):
    return function[0] == MODULE


def part_of(function):
    if not inside(function):
        return None
    return FUNCTIONS.get(function[1]) or PART_OF_FILE.get(function[2])


def allocations(profile, manager, calls):
    """(private, shared): how often others call the memory manager. In shared
    memory it has functions of its own, which lock and call the private ones."""
    def count(prefix):
        names = {f"{prefix}_{name}" for name in ALLOCATE}
        return sum(n for (who, to), n in profile.calls.items()
                   if to[1] in names
                   and not who[1].startswith(f"{manager}_")) / calls

    return count(manager), count(f"{manager}_shm")


def ratio(value, base):
    return value / base if base else 0.0


def shares(with_module, bare):
    """[(part, instructions)] of what one call costs more than another, the
    largest first; the last one is what Kamailio itself does more"""
    parts = Shares(with_module.whole, part_of).entered(inside)
    rows = {part or REST: n / with_module.calls for part, n in parts.items()}
    more = with_module.per_call() - bare.per_call()
    found = sorted((row for row in rows.items() if abs(row[1]) >= 0.5),
                   key=lambda row: -row[1])
    return [*found, ("Kamailio's own, less that of the bare proxy",
                     more - sum(rows.values()))]


def functions(measured, limit):
    """[(calls, inclusive, own, name)] of the module, the largest first"""
    profile, n = measured.whole, measured.calls
    rows = []
    for function in profile.functions():
        if inside(function):
            calls = sum(c for (_, to), c in profile.calls.items()
                        if to == function)
            rows.append((calls / n, profile.inclusive(function) / n,
                         profile.own[function] / n, function[1]))
    return sorted(rows, key=lambda row: -row[1])[:limit]


def own_more(measured, bare, limit):
    """[(instructions, object, name)]: where they are spent, not for whom"""
    more = measured.whole.minus(bare.whole).own
    rows = [(n / measured.calls, *function[:2])
            for function, n in more.items()]
    return sorted(rows, key=lambda row: -row[0])[:limit]


def look_ups(measured):
    """(look-ups of the flow cache per call, instructions of one)"""
    pairs = [(n, measured.whole.spent[pair]) for pair, n
             in measured.whole.calls.items()
             if part_of(pair[1]) == "flow cache" != part_of(pair[0])
             and measured.whole.spent[pair] > CHEAP * n]
    calls = sum(n for n, _ in pairs)
    return calls / measured.calls, ratio(sum(cost for _, cost in pairs), calls)


def added(rows, name):
    """What a variant costs more than its bare proxy: {manager: ratio - 1}"""
    return {r["manager"]: r["ratio"] - 1 for r in rows if r["name"] == name}


def wanted(rows):
    """Lines: what is to be reached, and what is"""
    for name, want in (("nat64", 1.05), ("ipv4", 1.01)):
        for manager, more in added(rows, name).items():
            yield (f"{name}, {manager}: {1 + more:.3f} x bare; wanted: "
                   f"{want:.2f}")
    stock = added(rows, "stock")
    for manager, more in added(rows, "nat64").items():
        if stock.get(manager):
            yield (f"nat64, {manager}: adds {more / stock[manager]:.2f} of what "
                   "stock modules add; wanted: at most half")


def table(head, rows, formats):
    """Lines, with columns as wide as they need to be"""
    text = [[f.format(cell) if cell is not None else ""
             for f, cell in zip(formats, row)] for row in rows]
    widths = [max(len(line[i]) for line in [head, *text])
              for i in range(len(head))]
    left = [f == "{}" for f in formats]
    for line in [head, *text]:
        yield "  ".join(
            cell.ljust(w) if l else cell.rjust(w)
            for cell, w, l in zip(line, widths, left)).rstrip()

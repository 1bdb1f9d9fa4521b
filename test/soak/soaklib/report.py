# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What came of the calls, and whether that is good enough."""
import collections
import re

from benchlib import memory, tables

from .modes import TOO_SOON

OUTCOMES = ("ok", "failed", "lost", "not judged")
HEAD = ("calls", "ok", "failed", "lost", "not judged",
        "on IPv4", "ok", "failed", "lost")
NOTES = """
failed: a call that lost no datagram on purpose; lost: one that failed and did.
not judged: begun, or answered, while the mode was not on, or by way of a
registration that was, or with a re-INVITE under way when it was switched; such
a call only has to be answered."""
# What the core says of calls that are not judged: with the module off, it is
# left with a phone's IPv6 address
UNREACHED = re.compile(r"could not resolve hostname|bad host name|"
                       r"failed to resolve|failure to add branches|"
                       r"delayed stateful reply|failed to reply stateful")
# A doubled request that another worker handles at the same time: tm knows of it
# and leaves the answer to the first (t_reply.c, t_retransmit_reply())
DOUBLED = "no resolved dst to retransmit"
# What makes a run mean something
FEW = 10        # judged calls of a flow
JUDGED = 0.2    # of the calls behind NAT64
LOSSY = 0.005   # that lost a datagram may fail more often than those on IPv4
PER_CALL = 1.0  # octets of shared memory at rest: less than one a call ...
FLAT = 32768    # ... or than this in all, whichever is more: each reload of the
                # pools gets chunks that the allocator cuts as it likes
OWN = 1024      # of a process's own
RISE = 0.1      # of the mean, of memory with calls up, over the whole run
SETTLED = 20    # s until transactions go as they come
POINTS = 60     # seconds from which on that slope says something


def told(players):
    """One answer of all players"""
    out = {"counts": collections.Counter(), "failures": []}
    for answer in players.ask("tell"):
        out["counts"].update(answer.pop("counts"))
        out["failures"] += answer.pop("failures")
        for name, n in answer.items():
            out[name] = out.get(name, 0) + n
    return out


def total(counts, kind, *outcomes, by="flow"):
    return sum(n for key, n in counts.items()
               if key[0] == by and key[2] == kind and key[3] in outcomes)


def progress(players):
    counts = told(players)["counts"]
    return "  ".join(
        f"{kind}: " + ", ".join(f"{total(counts, kind, what):,} {what}"
                                for what in OUTCOMES
                                if what != "not judged" or kind == "nat64")
        for kind in ("nat64", "plain"))


def rows(counts, by):
    names = sorted({key[1] for key in counts if key[0] == by})
    for name in names:
        cells = [name]
        for kind, outcomes in (("nat64", OUTCOMES), ("plain", OUTCOMES[:3])):
            n = [counts[by, name, kind, what] for what in outcomes]
            cells += [sum(n), *n]
        yield cells


def print_table(title, counts, by):
    print("\n" + "\n".join(tables.table(
        (title, *HEAD), list(rows(counts, by)), ("{}",) + ("{:,}",) * 9)))


def share(part, whole):
    return part / whole if whole else 0.0


def calls_faults(counts):
    """What is wrong with the calls"""
    for kind, name in (("nat64", "behind NAT64"), ("plain", "on IPv4")):
        if total(counts, kind, "failed"):
            yield (f"{total(counts, kind, 'failed'):,} calls {name} failed "
                   "that lost nothing")
        if not total(counts, kind, "ok"):
            yield f"no call {name} succeeded"
    lossy = {kind: share(counts["lossy", "", kind, "lost"],
                         total(counts, kind, "ok", "lost", by="lossy"))
             for kind in ("nat64", "plain")}
    if lossy["nat64"] > lossy["plain"] + LOSSY:
        yield (f"of the calls that lost a datagram, {lossy['nat64']:.2%} "
               f"failed behind NAT64, {lossy['plain']:.2%} on IPv4")
    every = total(counts, "nat64", *OUTCOMES)
    judged = every - total(counts, "nat64", "not judged")
    if share(judged, every) < JUDGED:
        yield f"only {share(judged, every):.0%} of the calls could be judged"
    for name, *n in rows(counts, "flow"):
        if n[0] - n[4] >= FEW and not n[1]:
            yield f"{name}: none of {n[0]} calls succeeded"


def memory_faults(start, end, points, calls):
    """What is wrong with the memory

    @param points  [(second, octets shared with calls up)]
    """
    for what, n in end.grown(start):
        limit = max(FLAT, PER_CALL * calls) if what == memory.SHARED else OWN
        if n > limit:
            yield f"{what} grew by {n:,} octets in {calls:,} calls"
    rise = memory.rise(points[SETTLED:])
    if len(points) - SETTLED >= POINTS and rise > RISE:
        yield f"shared memory with calls up rises: {rise:.1%} over the run"


def complaints(proxy):
    """{line without its numbers: how often}, how many of UNREACHED"""
    said, unreached = collections.Counter(), 0
    for line in proxy.complaints():
        if UNREACHED.search(line):
            unreached += 1
        elif TOO_SOON not in line and DOUBLED not in line:
            said[re.sub(r"\d+", "N", line.partition("]: ")[2] or line)] += 1
    return said, unreached


def dropped():
    """Datagrams that no socket of this namespace had room for"""
    with open("/proc/thread-self/net/snmp", encoding="ascii") as f:
        names, values = (line.split() for line in f
                         if line.startswith("Udp:"))
    return int(dict(zip(names, values))["RcvbufErrors"])


def print_calls(answer, soak):
    counts = answer["counts"]
    print_table("flow", counts, "flow")
    print_table("shape", counts, "shape")
    print(NOTES)
    lossy = sum(n for key, n in counts.items() if key[0] == "lossy")
    print(f"\nDatagrams: {answer['lost']:,} lost, {answer['doubled']:,} "
          f"doubled, {answer['late']:,} late on purpose; {lossy:,} calls lost "
          f"one or more.\n{answer['registrations']:,} registrations, "
          f"{soak.operator.switches:,} switches of the mode, "
          f"{soak.operator.reloads:,} reloads and {soak.operator.refused:,} "
          "refused (one in 5 s is allowed).")
    if dropped():
        print(f"{dropped():,} datagrams found a full socket: this machine is too "
              "slow for such a load.")
    if answer["held_back"]:
        print(f"{answer['held_back']:,} calls were not begun, because too many "
              "were open: this machine got slower.")
    for key, n in sorted(counts.items()):
        if key[0] == "reason" and n:
            print(f"{n:,} x {key[1]} ({key[2]}, {key[3]})")


def print_memory(soak, calls):
    print("\nMemory at rest:")
    for name, there in (("start", soak.start), ("warm", soak.warm),
                        ("end", soak.end)):
        print(f"  {name:6} {there}")
    grown = soak.end.grown(soak.warm)
    print("  growth since warm: " + (", ".join(
        f"{what} {n:+,}" for what, n in grown) or "none") +
        f", in {calls:,} calls")
    rise = memory.rise(soak.points[SETTLED:])
    print(f"  with calls up: {memory.slope(soak.points[SETTLED:]):+,.0f} "
          f"octets/s, {rise:+.1%} of the mean over the run" + (
              "" if len(soak.points) - SETTLED >= POINTS else
              ": too short to judge"))


def write_details(path, failures, proxy):
    path.mkdir(parents=True, exist_ok=True)
    (path / "kamailio.log").write_text(proxy.log(), encoding="utf-8")
    with open(path / "failures.txt", "w", encoding="utf-8") as f:
        for title, faults, log in failures:
            f.write(f"{title}: {'; '.join(faults)}\n")
            f.writelines(f"    {who.decode()} got {first.decode()} "
                         f"({method})\n" for who, first, method in log)


def judge(soak, folder):
    """The exit status"""
    answer = told(soak.players)
    counts = answer["counts"]
    calls = sum(total(counts, kind, *OUTCOMES) for kind in ("nat64", "plain"))
    print_calls(answer, soak)
    print_memory(soak, calls)
    faults = [*calls_faults(counts),
              *memory_faults(soak.warm, soak.end, soak.points, calls)]
    said, unreached = complaints(soak.proxy)
    print(f"\nThe proxy complained {unreached:,} times of phones that it cannot "
          "reach while the mode is not on.")
    faults += [f"the proxy says, {n} times: {line}"
               for line, n in said.most_common(20)]
    if answer["unregistered"]:
        faults.append(f"{answer['unregistered']} registrations failed")
    if faults:
        write_details(folder, answer["failures"], soak.proxy)
        print(f"\nWhat the phones of some failed calls got, and the proxy's "
              f"log: {folder}")
    print("\n" + ("\n".join(f"FAILED: {fault}" for fault in faults)
                  or f"All of {calls:,} calls are as they should be."))
    return 1 if faults else 0

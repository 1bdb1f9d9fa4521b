# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What the proxy uses: shared memory and each process's own, with calls and at
rest, and whether it grows."""
import re
import time

DRAIN = 140.0  # s: tm's longest timer, of an INVITE that nobody answered

SHARED = "shared memory"


def shared(ctl):
    return int(re.search(r"\bused: (\d+)", ctl.ask("core.shmmem"))[1])


def private(ctl):
    """{(pid, what it is): octets of pkg memory}"""
    rows = [dict(re.findall(r"(?m)^\s*(\w+): (.*)$", row))
            for row in ctl.ask("pkg.stats").split("{")[1:]]
    return {(row["pid"], row["desc"]): int(row["used"]) for row in rows}


def drained(ctl):
    """Returns when tm has let go of the last transaction"""
    end = time.monotonic() + DRAIN
    while True:
        tm = dict(re.findall(r"(\w+): (\d+)", ctl.ask("tm.stats")))
        if tm["created"] == tm["freed"]:
            return
        if time.monotonic() > end:
            raise RuntimeError(f"transactions are left: {tm}")
        time.sleep(0.1)


class AtRest:
    """Without a call, without a transaction"""

    def __init__(self, ctl):
        drained(ctl)
        self.shared, self.private = shared(ctl), private(ctl)

    def grown(self, before):
        """[(what, octets)] that are more than before"""
        rows = [(SHARED, self.shared - before.shared)]
        rows += [(f"{what} ({pid})", n - before.private[pid, what])
                 for (pid, what), n in self.private.items()]
        return [(what, n) for what, n in rows if n]

    def __str__(self):
        own = self.private.values()
        return (f"{self.shared:,} octets shared, {sum(own):,} in "
                f"{len(own)} processes")


def slope(points):
    """Least squares: octets per second of [(seconds, octets)]"""
    n = len(points)
    if n < 2:
        return 0.0
    mx = sum(x for x, _ in points) / n
    my = sum(y for _, y in points) / n
    over = sum((x - mx) ** 2 for x, _ in points)
    return sum((x - mx) * (y - my) for x, y in points) / over if over else 0.0


def rise(points):
    """From first to last, as a share of the mean"""
    if len(points) < 2:
        return 0.0
    mean = sum(y for _, y in points) / len(points)
    return slope(points) * (points[-1][0] - points[0][0]) / mean

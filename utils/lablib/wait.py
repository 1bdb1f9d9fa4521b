# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Wait for a condition, with a deadline."""

import time

from .errors import LabError


def until(condition, what, seconds=10.0, step=0.05, alive=None):
    """Poll condition() until it gives something true, and return that.

    alive, if given, is called too: it raises when waiting has no sense any
    more (the process in question is gone).
    """
    end = time.monotonic() + seconds
    while True:
        got = condition()
        if got:
            return got
        if alive:
            alive()
        if time.monotonic() > end:
            raise LabError(f"waited {seconds:g} s in vain for {what}")
        time.sleep(step)

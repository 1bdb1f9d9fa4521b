# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What the person at the terminal reads: a ladder, then the proofs."""

import sys

from . import ladder, proofs


def show(case, heading, say=print):
    """Print ladder and proofs; the proofs."""
    colour = sys.stdout.isatty() and say is print
    say("")
    say(heading)
    for line in ladder.draw(case, colour):
        say(line)
    say("")
    found = proofs.judge(case)
    for proof in found:
        say(proof.line(colour))
    return found

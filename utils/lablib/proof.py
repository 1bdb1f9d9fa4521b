# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""One proof: a name, a verdict and a figure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Proof:
    key: str    # for tests and scripts
    name: str   # for people
    ok: bool
    figure: str

    def line(self, colour=False):
        word = "PASS" if self.ok else "FAIL"
        if colour:
            word = f"\033[{32 if self.ok else 31}m{word}\033[0m"
        return f"{word}  {self.name}: {self.figure}"

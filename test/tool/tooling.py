# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""nat64sip, the command-line tool, as it was built."""
import os
import subprocess
from collections import namedtuple
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ.get("N64_BUILD") or ROOT / "build")

Said = namedtuple("Said", "status out err")


class Tool:
    """Runs it; what it has said, as lines"""
    path = BUILD / "nat64sip"

    def __call__(self, *words, stdin="", env=None, before=()):
        done = subprocess.run(
            [*map(str, before), str(self.path), *map(str, words)],
            input=stdin, text=True, capture_output=True, timeout=60,
            env=dict(os.environ, LC_ALL="C.UTF-8", **(env or {})),
            check=False)
        return Said(done.returncode, done.stdout.splitlines(),
                    done.stderr.splitlines())

    def yes(self, *words, **more):
        said = self(*words, **more)
        assert (said.status, said.err) == (0, []), said
        return said.out

    def refuses(self, status, *words, **more):
        """Nothing but one line on stderr, which is returned"""
        said = self(*words, **more)
        assert said.status == status, said
        assert not said.out and len(said.err) == 1, said
        assert said.err[0].startswith("nat64sip: "), said
        return said.err[0]

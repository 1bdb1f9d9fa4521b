# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What has failed in this run, of all tests together."""
FAILED = set()   # "n64_body.c:177"
POINTS = set()   # (where, kind, site)


def note(table):
    """Keep what a table knows"""
    for p in table.failed():
        FAILED.add(p.where)
        POINTS.add((p.where, p.kind, p.site))

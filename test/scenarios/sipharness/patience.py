# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""How long a message is waited for. N64_WAIT is for a run in which most do not
come, because the module does nothing ('make test-negative')."""
import os


def patience(seconds):
    """Seconds for one message: so many, unless N64_WAIT is less"""
    return min(seconds, float(os.environ.get("N64_WAIT") or seconds))

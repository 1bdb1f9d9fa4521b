# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The one exception whose text is meant for the person at the terminal."""


class LabError(Exception):
    """Something that the operator of the lab can read and act upon."""

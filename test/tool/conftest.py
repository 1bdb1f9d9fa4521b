# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""nat64sip, the command-line tool, as it was built."""
import pytest

from tooling import Tool


@pytest.fixture(scope="session")
def tool():
    assert Tool.path.is_file(), f"{Tool.path} is not built: run 'make'"
    return Tool()

# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""SIPp phones around a real Kamailio: play a call file, judge each octet."""

# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The lab: an IPv6-only phone behind a real NAT64, on one machine."""

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# usage: matrix-counts.sh KAMAILIO BUILD [KAMAILIO BUILD]...
#
# One line with what test/run.py counted for each version, from
# BUILD/test/matrix.txt. Fails when one of them has a failure, or no counts.

set -eu
bad=no
line=
while [ $# -gt 1 ]; do
	version=$("$1" -v 2>/dev/null | awk 'NR == 1 { print $3 }') || true
	counts=$(cat "$2/test/matrix.txt" 2>/dev/null) || counts="not run"
	case $counts in
	*", 0 failed, "*) ;;
	*) bad=yes ;;
	esac
	line="$line${line:+; }${version:-$1}: $counts"
	shift 2
done
echo "$line"
[ $bad = no ]

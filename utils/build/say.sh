# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
# shellcheck shell=sh

# Sourced by the build scripts: one line for the operator, then the end.

fail() {
	echo "make: $*" >&2
	exit 1
}

# Keep a file's time when its text stays: what depends on it is not rebuilt
replace_if_changed() {
	if cmp -s "$1" "$2"; then
		rm -f "$1"
	else
		mv -f "$1" "$2"
	fi
}

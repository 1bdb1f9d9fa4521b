# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
# shellcheck shell=sh

# Sourced by the tests of what is shipped, deb-test.sh and export-test.sh: they
# count. What a check says goes to the file check_log; check_of may be what it
# is of.

check_log=
check_of=
passed=0
failed=0

# check NAME COMMAND...
check() {
	check_name=$check_of$1
	shift
	if "$@" >"$check_log" 2>&1; then
		passed=$((passed + 1))
		echo "  ok       $check_name"
	else
		failed=$((failed + 1))
		echo "  FAILED   $check_name"
		tail -n 25 "$check_log"
	fi
}

# The last line, and the status. What is missing fails: nothing is skipped.
counts() {
	echo "$passed passed, $failed failed, 0 skipped"
	[ "$failed" -eq 0 ]
}

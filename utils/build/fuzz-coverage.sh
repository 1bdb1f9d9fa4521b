#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# usage: fuzz-coverage.sh BUILD FLOOR DRIVER...
#
# Lets each driver, made with clang's coverage, read what is in test/fuzz/seeds,
# what seeds.py wrote, and what 'make fuzz' found here. Prints which part of the
# lines of each file of the core that reaches; fails below FLOOR percent of all.

set -eu
here=$(dirname "$0")
# shellcheck source=utils/build/say.sh
. "$here/say.sh"

build=$1
floor=$2
shift 2
cover=$build/fuzz/cover
rm -f "$cover"/*.profraw
objects=
for driver; do
	what=${driver##*/fuzz_}
	# the first one without an option
	objects="$objects${objects:+ -object} $driver"
	mkdir -p "$cover/none"
	set -- "$cover/none"
	for seeds in "test/fuzz/seeds/$what" "$build/fuzz/seeds/$what" \
			"$build/fuzz/fuzz_$what.corpus"; do
		[ ! -d "$seeds" ] || set -- "$@" "$seeds"
	done
	LLVM_PROFILE_FILE=$cover/$what.profraw "$driver" -runs=0 "$@" \
			>"$cover/$what.log" 2>&1 ||
		fail "$driver failed, see $cover/$what.log"
done
llvm-profdata merge -o "$cover/all.profdata" "$cover"/*.profraw
# shellcheck disable=SC2086 # a list of words
llvm-cov report $objects -instr-profile="$cover/all.profdata" nat64sip/*.c \
	>"$cover/report.txt"
# file, regions (4), functions (3 more), lines: all, missed, part
awk '/\.[ch] |^TOTAL / { printf "%-16s %5d lines %7s\n", $1, $8, $10 }' \
	"$cover/report.txt"
awk -v floor="$floor" '/^TOTAL / { part = $10 + 0 }
	END { exit !(part >= floor) }' "$cover/report.txt" ||
	fail "less than $floor % of the core's lines, see $cover/report.txt"

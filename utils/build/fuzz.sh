#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# usage: fuzz.sh SECONDS DRIVER
#
# Runs one libFuzzer driver and prints one line, or what it found. With
# FUZZ_RUNS it ends after so many inputs, not by time, and prints libFuzzer's
# final statistics, too; with FUZZ_SEED the inputs are the same each time, where
# the corpus is, and 150,000 at most. New inputs are kept beside the driver, in
# NAME.corpus, for the next run; first ones are in test/fuzz/seeds, and in seeds
# beside the driver (test/fuzz/seeds.py).

set -eu
seconds=$1
driver=$2
name=${driver##*/}
what=${name#fuzz_}
limit=-max_total_time=$seconds
[ -z "${FUZZ_RUNS-}" ] || limit=-runs=$FUZZ_RUNS

mkdir -p "$driver.corpus"
set -- "$driver.corpus"
for seeds in "test/fuzz/seeds/$what" "${driver%/*}/seeds/$what"; do
	[ ! -d "$seeds" ] || set -- "$@" "$seeds"
done
# A whole message takes most of its time in what looks at it otherwise
if [ "$what" = module ]; then
	set -- -entropic=0 "$@"
	export ASAN_OPTIONS=malloc_context_size=4
fi
[ -z "${FUZZ_SEED-}" ] || set -- "-seed=$FUZZ_SEED" -runs=150000 "$@"
start=$(date +%s)
if ! "$driver" "$limit" -timeout=10 -rss_limit_mb=2048 \
		-print_final_stats=1 -artifact_prefix="$driver-" "$@" \
		>"$driver.log" 2>&1; then
	tail -n 40 "$driver.log"
	echo "make: $name failed, the input is $driver-*, the log $driver.log" >&2
	# 255 would make xargs drop what has not started yet
	exit 1
fi
runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$driver.log")
reached=$(sed -n 's/^.*DONE .*\(cov: [0-9]*\).*\(corp: [^ ]*\).*/\1, \2/p' \
	"$driver.log")
echo "$name: $(($(date +%s) - start)) s, ${runs:-no} inputs, $reached," \
	"nothing found"
# of a long run, for test/fuzz/RESULTS.md
[ -z "${FUZZ_RUNS-}" ] || grep '^stat::' "$driver.log"
[ "${runs:-0}" -gt 0 ]

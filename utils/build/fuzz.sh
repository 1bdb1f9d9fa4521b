#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# usage: fuzz.sh SECONDS DRIVER
#
# Runs one libFuzzer driver and prints one line, or what it found. New inputs
# are kept beside the driver, in NAME.corpus, for the next run.

set -eu
seconds=$1
driver=$2
name=${driver##*/}
seeds=test/fuzz/seeds/${name#fuzz_}
[ -d "$seeds" ] || seeds=test/fuzz/seeds/$name

mkdir -p "$driver.corpus"
set -- "$driver.corpus"
[ ! -d "$seeds" ] || set -- "$@" "$seeds"
if ! "$driver" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
		-print_final_stats=1 -artifact_prefix="$driver-" "$@" \
		>"$driver.log" 2>&1; then
	tail -n 40 "$driver.log"
	echo "make: $name failed, the input is $driver-*, the log $driver.log" >&2
	# 255 would make xargs drop what has not started yet
	exit 1
fi
runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$driver.log")
echo "$name: $seconds s, ${runs:-no} inputs, nothing found"
[ "${runs:-0}" -gt 0 ]

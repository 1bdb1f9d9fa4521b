#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# usage: fuzz-merge.sh DRIVER [OCTETS [INPUTS]]
#
# Brings what a fuzz driver found beside it, in DRIVER.corpus, into the kept
# corpus, test/fuzz/seeds, unless it is made of an RFC's message: what reaches
# something that neither the kept one nor what seeds.py writes does, the smallest
# first, and no more than OCTETS or INPUTS in all.

set -eu
driver=$1
octets=${2:-6000}
inputs=${3:-40}
what=${driver##*/fuzz_}
kept=test/fuzz/seeds/$what
new=$driver.merged

rm -rf "$new"
mkdir -p "$new" "$kept" "$driver.corpus"
set -- "$new" "$kept" "$driver.corpus"
# first what is there anyway, so that it is not taken again
if [ -d "${driver%/*}/seeds/$what" ]; then
	mkdir -p "$new.before"
	"$driver" -merge=1 -artifact_prefix="$driver-" "$new.before" \
		"${driver%/*}/seeds/$what" "$kept" >"$driver.merge.log" 2>&1
	cp "$new.before"/* "$new"
fi
"$driver" -merge=1 -artifact_prefix="$driver-" "$@" >>"$driver.merge.log" 2>&1
python3 -B test/fuzz/seeds.py --unquoted "$new"
sum=$(cat "$kept"/* | wc -c)
find "$new" -type f -printf '%s %p\n' | sort -n | while read -r size path; do
	name=${path##*/}
	[ ! -f "$new.before/$name" ] || continue
	sum=$((sum + size))
	[ "$sum" -le "$octets" ] || break
	[ "$(find "$kept" -type f | wc -l)" -lt "$inputs" ] || break
	cp "$path" "$kept/$(printf '%.16s' "$name")"
done
rm -rf "$new" "$new.before"
echo "$what: $(find "$kept" -type f | wc -l) inputs," \
	"$(cat "$kept"/* | wc -c) octets"

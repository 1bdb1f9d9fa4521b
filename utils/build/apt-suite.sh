#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# usage: apt-suite.sh DIR RELEASE
#
# Turns the source entries that apt-sources.sh wrote to DIR into those of
# another Debian release, on the same archives: bookworm-updates becomes
# RELEASE-updates. What does not name this machine's release goes: a newest
# version could come from there. Fails when nothing is left.

set -eu
dir=$1
to=$2
own=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
# An entry may also name the release by its standing
names="${own:-none}|oldstable|stable|testing"

# deb-src [options] ADDRESS SUITE COMPONENT...
awk -v names="$names" -v to="$to" '
{
	line = $0
	sub(/^deb-src[ \t]+(\[[^]]*\][ \t]+)?[^ \t]+[ \t]+/, "", line)
	head = substr($0, 1, length($0) - length(line))
	suite = line
	sub(/[ \t].*/, "", suite)
	rest = substr(line, length(suite) + 1)
	if (sub("^(" names ")", to, suite) && suite ~ ("^" to "(-|/|$)") &&
			!seen[head suite rest]++)
		print head suite rest
}' "$dir/sources.list" >"$dir/sources.new"
mv -f "$dir/sources.new" "$dir/sources.list"

# Stanzas of "Name: value", continued on lines that start with a blank
deb822() {
	awk -v names="$names" -v to="$to" '
	function flush() {
		if (suites != "")
			printf "%sSuites:%s\n\n", text, suites
		text = suites = field = ""
	}
	/^[ \t]*$/ { flush(); next }
	/^[^ \t]/ { field = tolower($0); sub(/:.*/, "", field) }
	field != "suites" { text = text $0 "\n"; next }
	{
		sub(/^[^ \t][^:]*:/, "")
		n = split($0, word, /[ \t]+/)
		for (i = 1; i <= n; i++)
			if (sub("^(" names ")", to, word[i]) &&
					word[i] ~ ("^" to "(-|/|$)"))
				suites = suites " " word[i]
	}
	END { flush() }' "$1"
}

for file in "$dir"/parts/*.sources; do
	[ -f "$file" ] || continue
	deb822 "$file" >"$file.new"
	mv -f "$file.new" "$file"
	[ -s "$file" ] || rm -f "$file"
done
[ -s "$dir/sources.list" ] || [ -n "$(ls -A "$dir/parts")" ]

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# usage: apt-sources.sh DIR [PACKAGE]
#
# Writes DIR/sources.list and DIR/parts/NAME.sources: this machine's own apt
# sources, in both of their styles, turned into source entries (deb-src) with
# all their options. With PACKAGE only the entries of archives that have it.
# Fails when nothing is left. Reads the machine's configuration, writes DIR only.

set -eu
dir=$1
package=${2-}

eval "$(apt-config shell list Dir::Etc::sourcelist/f \
	parts Dir::Etc::sourceparts/d)"
list=${list:-/etc/apt/sources.list}
parts=${parts:-/etc/apt/sources.list.d/}

# The archives' addresses, one a line; nothing: take every entry
archives=
if [ -n "$package" ]; then
	archives=$(apt-cache madison "$package" 2>/dev/null |
		awk -F ' *[|] *' '{ split($3, a, " "); print a[1] }' | sort -u)
	[ -n "$archives" ] || exit 1
fi

# deb [options] ADDRESS SUITE COMPONENT...
one_line() {
	awk -v archives="$archives" '
	BEGIN { n = split(archives, want, "\n") }
	function wanted(text,   i) {
		if (n == 0)
			return 1
		for (i = 1; i <= n; i++)
			if (index(text " ", want[i] " ") ||
					index(text " ", want[i] "/ "))
				return 1
		return 0
	}
	{ sub(/[ \t]*#.*/, "") }
	$1 == "deb" || $1 == "deb-src" {
		sub(/^[ \t]*deb(-src)?[ \t]/, "deb-src ")
		if (wanted($0) && !seen[$0]++)
			print
	}'
}

# Stanzas of "Name: value" (deb822), continued on lines that start with a blank
deb822() {
	awk -v archives="$archives" '
	BEGIN { n = split(archives, want, "\n") }
	function flush(   i, found) {
		found = n == 0
		for (i = 1; i <= n; i++)
			if (index(uris " ", " " want[i] " ") ||
					index(uris " ", " " want[i] "/ "))
				found = 1
		if (text != "" && enabled && found)
			printf "Types: deb-src\n%s\n", text
		text = uris = field = ""
		enabled = 1
	}
	BEGIN { enabled = 1 }
	/^#/ { next }
	/^[ \t]*$/ { flush(); next }
	/^[^ \t]/ { field = tolower($0); sub(/:.*/, "", field) }
	field == "types" { next }
	{
		value = $0
		sub(/^[^ \t][^:]*:/, "", value)
		gsub(/[ \t\r]+/, " ", value)
	}
	field == "enabled" && tolower(value) ~ /^ ?(no|false|0|off|without|disable) ?$/ {
		enabled = 0
	}
	field == "uris" { uris = uris " " value }
	{ text = text $0 "\n" }
	END { flush() }' "$1"
}

for file in "$list" "$parts"*.list; do
	[ ! -f "$file" ] || awk 1 "$file"
done | one_line >"$dir/sources.list"
for file in "$parts"*.sources; do
	[ -f "$file" ] || continue
	deb822 "$file" >"$dir/parts/${file##*/}"
	[ -s "$dir/parts/${file##*/}" ] || rm -f "$dir/parts/${file##*/}"
done
[ -s "$dir/sources.list" ] || [ -n "$(ls -A "$dir/parts")" ]

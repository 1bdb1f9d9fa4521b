#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# usage: install.sh install|uninstall MODULE.so
#
# From the environment: DESTDIR, MODULES_DIR, DOCDIR, BINDIR, MANDIR,
# COMPLETIONDIR, and the files TOOL, DOCS and EXAMPLES. What 'install' makes,
# folders too, it writes down in the file DOCDIR/installed, without DESTDIR;
# 'uninstall' takes away that and nothing else. The examples' folder, say, may
# have got files of the operator's.

set -eu
here=$(dirname "$0")
# shellcheck source=utils/build/say.sh
. "$here/say.sh"

umask 022
what=$1
module=$2
root=${DESTDIR-}
record=$DOCDIR/installed

# Makes a folder and those above it, prints the names of those that it made.
# "/" is DESTDIR itself.
folder() {
	[ ! -d "$root$1" ] || return 0
	case $1 in
	/ | '') mkdir -p "$root/" && echo / ;;
	*) folder "$(dirname "$1")" && mkdir "$root$1" && echo "$1" ;;
	esac
}

# "FROM TO" a line
files() {
	echo "$module $MODULES_DIR/${module##*/}"
	echo "$TOOL $BINDIR/nat64sip"
	echo "utils/tool/nat64sip.1 $MANDIR/man1/nat64sip.1"
	echo "utils/tool/nat64sip.bash $COMPLETIONDIR/nat64sip"
	for file in ${DOCS-}; do
		echo "$file $DOCDIR/${file##*/}"
	done
	for file in ${EXAMPLES-}; do
		case $file in
		# folders of their own: their files name each other, and those above
		*/fleet/* | */prometheus/* | */grafana/*)
			echo "$file $DOCDIR/examples/${file#etc/}" ;;
		*) echo "$file $DOCDIR/examples/${file##*/}" ;;
		esac
	done
}

do_install() {
	for dir in "$DOCDIR/examples/fleet" "$DOCDIR/examples/prometheus" \
		"$DOCDIR/examples/grafana" "$MODULES_DIR" "$BINDIR" \
		"$MANDIR/man1" "$COMPLETIONDIR"; do
		new=$(folder "$dir") || fail "cannot make the folder $root$dir"
		[ -z "$new" ] || made="${made-}$new
"
	done
	{
		cat "$root$record" 2>/dev/null || true
		printf '%s' "${made-}"
		echo "$record"
		files | cut -d ' ' -f 2-
	} | sort -u >"$root$record.new"
	mv -f "$root$record.new" "$root$record"
	files | while read -r from to; do
		echo "install $root$to"
		case $to in
		*.sh | "$BINDIR"/*) mode=755 ;;
		*) mode=644 ;;
		esac
		install -m "$mode" "$from" "$root$to" </dev/null
	done
}

# The names of this version too: an earlier one wrote nothing down. Backwards:
# what is in a folder comes before it.
do_uninstall() {
	names=$({
		cat "$root$record" 2>/dev/null || true
		files | cut -d ' ' -f 2-
	} | sort -ru)
	echo "$names" | while read -r name; do
		if [ -d "$root$name" ]; then
			rmdir "$root$name" 2>/dev/null || true
		elif [ -e "$root$name" ] || [ -L "$root$name" ]; then
			echo "remove $root$name"
			rm -f "$root$name"
		fi
	done
}

case $what in
install) do_install ;;
uninstall) do_uninstall ;;
*) fail "install.sh: no such action: $what" ;;
esac

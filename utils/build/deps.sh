#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# usage: deps.sh TARGET STAGE...
#
# Installs the Debian packages of utils/deps/STAGE.list that are missing, and
# sees to it that no service of theirs gets started or enabled. TARGET is the
# make target to name when that takes root. Nothing missing: does nothing.

set -eu
here=$(dirname "$0")
lists=$here/../deps
# shellcheck source=utils/build/say.sh
. "$here/say.sh"
# shellcheck source=utils/build/services.sh
. "$here/services.sh"

target=$1
shift

wanted() {
	for stage; do
		sed -e 's/#.*//' "$lists/$stage.list"
	done | tr -s ' \t' '\n' | sort -u | grep . |
		# With a tree of one's own, Debian's kamailio is not needed
		if [ -n "${KAMAILIO_SRC-}" ]; then
			grep -vx 'kamailio\|dpkg-dev'
		else
			cat
		fi
}

missing() {
	for package in $(wanted "$@"); do
		status=$(dpkg-query -W -f '${db:Status-Status}' "$package" \
			2>/dev/null) || true
		[ "$status" = installed ] || printf '%s ' "$package"
	done
}

apt_get() {
	DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 LC_ALL=C \
		apt-get -q -y -o DPkg::Lock::Timeout=300 "$@"
}

# Never removes a package; installs without the recommended ones
install_with() {
	# shellcheck disable=SC2086 # a list of words
	apt_get "$@" install --no-install-recommends --no-remove $packages
}

plan() {
	install_with -s >"$work/plan" 2>&1
}

no_plan() {
	grep -h '^[EW]:' "$log" "$work/plan" | head -n 3 >&2
	fail "cannot install $list: is there a network, and do apt's sources" \
		"have Debian's main?"
}

# Also where it was interrupted: what is installed by then is not enabled
tidy_up() {
	trap '' INT TERM HUP
	if [ -f "$work/before" ]; then
		awk '$1 == "Inst" && $3 !~ /^\[/ { print $2 }' "$work/plan" \
			>"$work/new"
		disable_new_services "$work" >>"$log" 2>&1 || true
	fi
	allow_services
	rm -rf "$work"
}

if ! command -v dpkg-query >/dev/null; then
	[ -z "${KAMAILIO_SRC-}" ] || exit 0
	fail "this is no Debian system: give KAMAILIO_SRC=DIR"
fi
packages=$(missing "$@")
[ -n "$packages" ] || exit 0
list=$(echo "$packages" | sed -e 's/ *$//' -e 's/ /, /g')
are=$(case $list in *,*) echo are ;; *) echo is ;; esac)
[ "$(id -u)" -eq 0 ] ||
	fail "$list $are not installed: run 'sudo make $target'"

# One at a time, also where two builds run at once
exec 9<"$lists"
flock 9
packages=$(missing "$@")
[ -n "$packages" ] || exit 0

work=$(mktemp -d)
log=$work/log
trap tidy_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

echo "installing $list"
if ! plan; then
	apt_get update >"$log" 2>&1 || true
	plan || no_plan
fi
remember_services "$work"
forbid_services
# An index that is out of date names files that are gone: try with a new one
install_with >"$log" 2>&1 ||
	{ apt_get update && install_with; } >>"$log" 2>&1 || failed=yes
[ -z "${failed-}" ] || {
	tail -n 5 "$log" >&2
	fail "cannot install $list: see apt's messages above"
}

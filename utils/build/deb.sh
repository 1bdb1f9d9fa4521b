#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# usage: deb.sh BUILD KAMAILIO_SRC
#
# Builds the Debian packages for the installed Kamailio in BUILD/deb, with the
# configured source of that one, and has lintian look at them. Nothing is
# written beside that, and nothing is fetched. Their version has Kamailio's: with
# a new Kamailio come new packages. DEBEMAIL and DEBFULLNAME name the maintainer
# of those that are given away.

set -eu
here=$(dirname "$0")
# shellcheck source=utils/build/say.sh
. "$here/say.sh"

top=$(cd "$here/../.." && pwd)
out=$1/deb
KAMAILIO_SRC=$(cd "$2" && pwd)
export KAMAILIO_SRC
own=$(sed -n 's/^#define N64_VERSION "\(.*\)"$/\1/p' \
	"$top/modules/nat64sip/n64_version.h")
kamailio=$(dpkg-query -W -f '${Version}' kamailio 2>/dev/null) ||
	fail "Debian's kamailio is not installed: run 'sudo make deps'"
# A hyphen would begin Debian's revision
version=$own+kamailio$(echo "$kamailio" | sed -e 's/^.*://' -e 's/-/./g')
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$top" log -1 --format=%ct \
	2>/dev/null || stat -c %Y "$top/modules/nat64sip/n64_version.h")}
export SOURCE_DATE_EPOCH

rm -rf "$out"
mkdir -p "$out"
out=$(cd "$out" && pwd)
src=$out/nat64sip-$own
mkdir "$src"
(cd "$top" && tar -c --exclude=__pycache__ --exclude='*.pyc' \
	Makefile README.md COPYING mk modules nat64sip etc utils) |
	tar -x -C "$src"
cp -R "$top/utils/debian" "$src/debian"
# Only where there is a tool
if [ -d "$src/utils/tool" ]; then
	cat "$src/debian/nat64sip-tools.control" >>"$src/debian/control"
fi
maintainer=$(sed -n 's/^Maintainer: //p' "$src/debian/control")
[ -z "${DEBEMAIL-}" ] ||
	maintainer="${DEBFULLNAME:-${maintainer% <*}} <$DEBEMAIL>"
sed -i "s|^Maintainer: .*|Maintainer: $maintainer|" "$src/debian/control"
date=$(LC_ALL=C date -R -d "@$SOURCE_DATE_EPOCH")
cat >"$src/debian/changelog" <<END
nat64sip ($version) unstable; urgency=medium

  * nat64sip $own for kamailio $kamailio.

 -- $maintainer  $date
END

echo "building the packages of nat64sip $version"
(cd "$src" && env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u MAKEOVERRIDES \
	dpkg-buildpackage -b -us -uc) >"$out/log" 2>&1 || {
	grep -iE 'error|\*\*\*' "$out/log" | head -n 5 >&2
	fail "cannot build the packages (see $out/log)"
}
rm -rf "$src"
lintian --allow-root --fail-on error,warning \
	--tag-display-limit 0 "$out"/*.changes ||
	fail "lintian has something against the packages"
for deb in "$out"/*.deb; do
	echo "$deb"
done

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# usage: export.sh DIR
#
# Writes the module as one folder in the form that Kamailio's tree asks for, to
# be put there as src/modules/nat64sip: the portable core's files beside the
# module's, all formatted as that tree is, with a Makefile and a CMakeLists.txt.
# DIR/test has a unit for kamailio-tests, INSTALL.md says what to do with it all.
# DIR is made, or has to be empty, or is
# an earlier export, which is replaced.

set -eu
here=$(dirname "$0")
# shellcheck source=utils/build/say.sh
. "$here/say.sh"

format=${CLANG_FORMAT:-clang-format}
dir=$1
mark=nat64sip.map
top=$here/../..
module=$top/modules/nat64sip

command -v "$format" >/dev/null || fail "clang-format is not installed"
if [ -e "$dir" ] && [ ! -d "$dir" ]; then
	fail "$dir is no folder"
elif [ -d "$dir" ] && [ -n "$(ls -A "$dir")" ] && [ ! -f "$dir/$mark" ]; then
	fail "$dir is not empty, and no earlier export: give DIR=FOLDER"
fi

# Done beside it, so that it is there as a whole or not at all
mkdir -p "$(dirname "$dir")"
new=$(mktemp -d "$(dirname "$dir")/.export.XXXXXX")
trap 'rm -rf "$new"' EXIT
chmod 755 "$new"

cp "$module"/*.c "$module"/*.h "$module/README" "$new"
for file in "$top"/nat64sip/*.[ch]; do
	[ ! -e "$new/${file##*/}" ] ||
		fail "${file##*/} is in nat64sip/ and in modules/nat64sip/"
	cp "$file" "$new"
done
sed -i 's|^#include "\.\./\.\./nat64sip/|#include "|' "$new"/*.[ch]
# As there; the module's own has one column less
sed 's/^\(ColumnLimit: *\).*/\180/' "$module/.clang-format" >"$new/.clang-format"
"$format" -i "$new"/*.[ch]
rm "$new/.clang-format"

mkdir "$new/doc"
cp "$module"/doc/* "$new/doc"
cp "$here/module.map" "$new/$mark"
cp "$top"/utils/export/Makefile "$top"/utils/export/CMakeLists.txt "$new"
version=$(sed -n 's/^#define N64_VERSION "\(.*\)"$/\1/p' "$new/n64_version.h")
sed "s/@VERSION@/$version/" "$top/utils/export/INSTALL.md" >"$new/INSTALL.md"
mkdir "$new/test"
cp -R "$top"/utils/export/tn64xx0001 "$new/test"

rm -rf "$dir"
mv "$new" "$dir"
trap - EXIT
echo "$dir is ready: copy it to KAMAILIO/src/modules/nat64sip"

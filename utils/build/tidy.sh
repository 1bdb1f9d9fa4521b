#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# usage: tidy.sh CLANG-TIDY SOURCE FLAGS [OPTION...]
#
# Runs clang-tidy on one source of the module, with the compiler's options that
# stand in the file FLAGS, one a line.

set -eu
tidy=$1
source=$2
flags=$3
shift 3
while IFS= read -r flag; do
	set -- "$@" "$flag"
done <"$flags"
exec "$tidy" --quiet --warnings-as-errors='*' "$source" -- "$@" \
	-Wno-unused-command-line-argument

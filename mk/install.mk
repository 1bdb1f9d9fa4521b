# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# MODULES_DIR: where the installed Kamailio has its modules
PREFIX ?= /usr
DOCDIR ?= $(PREFIX)/share/doc/nat64sip
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
COMPLETIONDIR ?= $(PREFIX)/share/bash-completion/completions
MODULES_DIR ?= $(shell dpkg -L kamailio 2>/dev/null | \
	sed -n 's|/tm\.so$$||p' | head -n 1)

DOCS := $(wildcard README.md COPYING modules/nat64sip/README \
	$(addprefix modules/nat64sip/doc/,security.md guide.md comparison.md \
	deviations.md architecture.md architecture.svg))
EXAMPLES := $(sort $(wildcard etc/*.* etc/sql/*.sql etc/fleet/*.* \
	etc/systemd/*.service etc/prometheus/*.* etc/grafana/*.*))
INSTALL = env DESTDIR="$(DESTDIR)" MODULES_DIR="$(MODULES_DIR)" \
	DOCDIR="$(DOCDIR)" DOCS="$(DOCS)" EXAMPLES="$(EXAMPLES)" \
	BINDIR="$(BINDIR)" MANDIR="$(MANDIR)" \
	COMPLETIONDIR="$(COMPLETIONDIR)" TOOL="$(TOOL)" \
	utils/build/install.sh

modules-dir:
	@[ -n "$(MODULES_DIR)" ] || { echo "make: no Kamailio modules folder" \
		"found: give MODULES_DIR=DIR" >&2; exit 1; }

install: all modules-dir ## install module, tool, documents, examples (DESTDIR, MODULES_DIR)
	@$(INSTALL) install $(BUILD)/nat64sip.so

uninstall: modules-dir ## remove what 'make install' installed
	@$(INSTALL) uninstall $(BUILD)/nat64sip.so

.PHONY: modules-dir install uninstall

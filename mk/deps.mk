# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# What each stage needs from Debian stands in utils/deps/STAGE.list

deps: build-deps ## install what 'make' needs (as root; does nothing when it is there)

build-deps:
	@utils/build/deps.sh deps build

test-deps: ## install what the tests and the lab need (as root)
	@utils/build/deps.sh test-deps build test lab

fuzz-deps:
	@utils/build/deps.sh fuzz-deps build fuzz

lint-deps:
	@utils/build/deps.sh lint-deps build test lint

bench-deps:
	@utils/build/deps.sh bench-deps build bench

soak-deps:
	@utils/build/deps.sh soak-deps build soak

demo-deps:
	@utils/build/deps.sh demo-deps build lab

.PHONY: deps build-deps test-deps fuzz-deps lint-deps \
	demo-deps bench-deps soak-deps

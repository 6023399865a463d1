# SPDX-License-Identifier: Apache-2.0
# Every target does its own set-up; the work is in scripts/, one script per target.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help build package check test conformance demo docs fuzz bench evaluate clean

help: ## print this table
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build the release executables into bin/
	@scripts/build

package: build ## pack the host's tool as bin/packages/*.deb and *.rpm
	@scripts/package

check: ## check format, licence headers, shell and Python scripts
	@scripts/check

test: ## build and run all tests; a skipped test is a failure
	@scripts/test

conformance: ## run the public conformance suite of The Update Framework on tuf-client
	@scripts/conformance

demo: build ## patch a running nginx against HollowByte, by hand and by a service
	@scripts/setup demo
	@Demo/run

docs: ## write the reference (docs/api), man pages and completions
	@scripts/document

fuzz: ## fuzz every parser for 60 seconds
	@Fuzz/run.sh

bench: build ## run the benchmarks, as root
	@for benchmark in Matching Pause RandomKills Server SymbolTable Watch; do "Benchmarks/$$benchmark/run.sh" || exit 1; done

evaluate: build ## run the kernel's own livepatch selftests beside a live patch, in a virtual machine
	@Benchmarks/KernelSelftests/run.sh

clean: ## remove what was built; downloads stay in the cache
	@scripts/clean

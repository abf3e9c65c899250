# Everything starts here. `make run` and `make test` are all the set-up there is on Debian 12.
SHELL := /bin/bash
BUILD := build/release
JOBS ?= $(shell nproc)
PORT ?= 8080
DATA ?= cinnabar-data

.PHONY: help run build test asan tsan bench soak clean packages test-packages

help:
	@echo "make run    installs packages, builds, starts Cinnabar with demo data (PORT=$(PORT), DATA=$(DATA))"
	@echo "make test   installs what tests need, builds, runs everything that CI runs"
	@echo "make build  builds $(BUILD)/bin/cinnabar"
	@echo "make bench  measures against the limit and against peers; make soak: long fault and load runs"

packages:
	@.ci/packages build

test-packages:
	@.ci/packages build test

build: $(BUILD)/build.ninja
	@cmake --build $(BUILD) -j $(JOBS)

# Without the tests, as `run`: what they need is not installed by `make packages`.
$(BUILD)/build.ninja: CMakePresets.json
	@cmake --preset release -DCINNABAR_TESTS=OFF

# Without the tests: the first start on a fresh machine compiles only what it needs.
run: packages
	@cmake --preset release -DCINNABAR_TESTS=OFF >/dev/null
	@cmake --build $(BUILD) -j $(JOBS)
	@exec $(BUILD)/bin/cinnabar demo --serve --port $(PORT) --data $(DATA)

test: test-packages
	@.ci/run-tests

asan tsan:
	@.ci/run-tests $@

bench: test-packages
	@.ci/run-bench

soak: test-packages
	@.ci/run-soak

clean:
	@rm -rf build

# Everything there is to do. `make serve` to use it, `make test` to know that it works; both set up what they need.

SHELL := /bin/bash
export PATH := $(CURDIR)/tools/bin:$(CURDIR)/node_modules/.bin:$(HOME)/.cargo/bin:$(PATH)
export CARGO_TERM_COLOR ?= auto
WASM := wasm32-unknown-unknown
PORT ?= 8080
FUZZ_SECONDS ?= 600
# No input is worth ten seconds or a gigabyte, and the page has a megabyte of stack.
FUZZ_FLAGS := -timeout=10 -rss_limit_mb=1024 -max_len=65536
FUZZ_STACK := 1024

.PHONY: serve build test setup fmt lint test-native test-web test-e2e bench bench-page fuzz shots size

## Build the page, serve it and rebuild on every change.
serve: setup
	@echo "Podlapse will be at http://127.0.0.1:$(PORT)/ as soon as it is built"
	trunk serve --offline --port $(PORT)

## The static site, in dist/: copy it anywhere.
build: setup
	trunk build --offline

## What CI runs.
test: setup
	$(MAKE) --no-print-directory lint
	$(MAKE) --no-print-directory test-native
	$(MAKE) --no-print-directory test-web
	trunk build --offline
	$(MAKE) --no-print-directory test-e2e

## Tools and packages; does nothing when all is there.
setup:
	@tools/setup

fmt:
	cargo fmt

lint: generated/editor.js
	cargo fmt --check
	cargo clippy --locked --no-default-features --all-targets -- -D warnings
	cargo clippy --locked --target $(WASM) --lib --bin page --test web -- -D warnings

## Native tests: the engine and everything around it.
test-native:
	cargo test --locked --no-default-features

## Tests of the bridge and the components, in headless Chromium.
test-web: generated/editor.js
	CHROMEDRIVER=$$(command -v chromedriver) cargo test --locked --target $(WASM) --test web

## The built page in headless Chromium, driven from outside.
test-e2e:
	node tests/e2e/run.mjs

generated/editor.js: $(wildcard editor/*.js style/*.css) package-lock.json
	npm run --silent bundle

## How fast the engine is.
bench:
	cargo bench --no-default-features

## How fast the built page is: start, key press to paint, frames while playing.
bench-page: build
	node tests/e2e/bench.mjs

## Fuzzing: each target for FUZZ_SECONDS, from the scripts and manifests of the tests; then the property tests with many more cases.
## Stable Rust will do: the flags that cargo-fuzz needs are unlocked for its builds alone.
fuzz:
	@command -v cargo-fuzz >/dev/null || cargo install --locked cargo-fuzz
	node tools/fuzz-seeds.mjs
	set -e; for target in script document; do \
	  RUSTC_BOOTSTRAP=1 cargo fuzz build --sanitizer none $$target; \
	  (ulimit -s $(FUZZ_STACK); RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none $$target -- -max_total_time=$(FUZZ_SECONDS) $(FUZZ_FLAGS) \
	    $$(test -f fuzz/$$target.dict && echo -dict=fuzz/$$target.dict)); \
	done
	PROPTEST_CASES=$${CASES:-20000} cargo test --locked --release --no-default-features -- proptest fuzz hostile panics any_ every_run nobody_notices

## Screenshots of the built page in test-results/shots, and those of the README in docs/.
shots: build
	node tests/e2e/shots.mjs

## What the first visit downloads, as brotli.
size:
	@node tools/size.mjs

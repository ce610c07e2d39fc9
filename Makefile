# `make help` lists what can be done. Needs Go, Node with npm, and bash.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

export GO ?= go
LOAD ?= --stored 20000
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
MANIFEST := templates/assets/manifest.json

.PHONY: help run demo assets build test race postgres storage browser picture fuzz bench lint golden vuln check clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "%-10s%s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: assets ## a development server with its data in data/
	$(GO) run ./cmd/moothall serve --development --data data

demo: assets ## three councils on this machine that share communities
	$(GO) run ./cmd/moothall demo

assets: $(MANIFEST) ## build the style sheet and script into templates/assets

node_modules/.package-lock.json: package.json package-lock.json .npmrc
	npm ci --ignore-scripts
	@touch $@

$(MANIFEST): node_modules/.package-lock.json templates/build-assets.mjs LICENSE templates/src $(wildcard templates/src/*)
	node templates/build-assets.mjs

build: assets ## the program, as bin/moothall
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o bin/moothall ./cmd/moothall

test: assets ## everything: lint, tests, race, PostgreSQL, S3 and Azure, browser
	scripts/test

check: test ## the same as test: run it before sending

lint: ## gofmt, go vet, staticcheck
	scripts/test lint

race: assets ## go test -race on the packages with goroutines or locks
	scripts/test race

postgres: assets ## the tests that use a database, on a PostgreSQL of their own
	scripts/test postgres

storage: assets ## the tests that store files, on an S3 server and an Azure one of their own
	scripts/test storage

browser: assets ## the tests that use Chromium
	scripts/test browser

picture: assets ## three councils side by side, for the README
	TEST_CHROMIUM=$${TEST_CHROMIUM:-$$(command -v chromium || command -v chromium-browser)} \
		$(GO) test -count=1 -run TestThreeCouncils ./web/browser -picture

fuzz: assets ## each fuzz target for FUZZTIME (30s)
	scripts/fuzz

HOT := ./federation/inbox ./federation/delivery ./federation/sign ./federation/serve ./federation/node ./store ./blobs

bench: assets ## benchmarks of the hot paths, then a node under load; docs/performance.md
	$(GO) test -run '^$$' -bench . -benchtime 300ms -benchmem $(HOT)
	$(GO) run ./cmd/moothall-load $(LOAD)

golden: assets ## rewrite the expected pages and documents of tests that have them
	$(GO) test $$(grep -rlE --include='*_test.go' 'flag\.Bool\("update"' --exclude-dir=node_modules . | xargs -r -n1 dirname | sort -u) -update

vuln: ## known weaknesses in what we depend on
	$(GO) tool govulncheck ./...
	npm audit
	npm audit --prefix scripts/azurite

clean: ## remove what the other targets made, but no data
	rm -rf bin test-output node_modules
	find templates/assets -type f -not -name .gitkeep -delete

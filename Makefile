# Raccordo. The targets install what they need (installer/dev/prepare) and say so.
#   make demo    the doctor's morning: a window with a display, else by itself
#   make test    everything: Go with -race, extension, end to end in Chromium and Firefox
#   make bench   measurements, build/bench.json
#   make soak    ten thousand logins and two hundred insertions: nothing may grow
#   make chaos   ten thousand prescriptions, two hundred agents killed: each is at the region once
#   make nightly what takes longer than a test may: a million lives of the outbox, chaos
#   make check   what the tests do not see: formatting, vet, staticcheck, generated files
#   make build   raccordo, raccordo-host, raccordo-render, raccordo-sim and the extension under build/
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build

export PATH := $(CURDIR)/build/tools/go/bin:$(CURDIR)/build/tools/node/bin:$(PATH)
export npm_config_update_notifier := false

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo 0.1.0)
LDFLAGS := -s -w -X main.version=$(VERSION)
GOBUILD := go build -trimpath -ldflags '$(LDFLAGS)'
DISPLAYED := $(if $(filter headless,$(DEMO)),,$(or $(DISPLAY),$(WAYLAND_DISPLAY)))

.PHONY: build demo test test-go test-extension test-e2e bench soak chaos nightly check generate prepare clean

prepare:
	@installer/dev/prepare

build: prepare build/extension/.stamp
	@mkdir -p build
	@CGO_ENABLED=1 $(GOBUILD) -o build/raccordo ./host/cmd/raccordo
	@CGO_ENABLED=0 $(GOBUILD) -o build/raccordo-host ./host/cmd/raccordo-host
	@CGO_ENABLED=0 $(GOBUILD) -o build/raccordo-render ./host/cmd/raccordo-render
	@CGO_ENABLED=1 $(GOBUILD) -o build/raccordo-sim ./host/cmd/raccordo-sim

extension/node_modules/.stamp: extension/package-lock.json | prepare
	@cd extension && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

build/extension/.stamp: extension/node_modules/.stamp $(shell find extension/src extension/scripts extension/icons manifests -type f 2>/dev/null)
	@cd extension && npm run --silent build
	@touch $@

demo: build
	@build/raccordo-sim demo $(if $(DISPLAYED),--window)

test: build
	@$(MAKE) --no-print-directory test-go test-extension test-e2e

# The end-to-end tests need the browser for themselves: they run last.
# An OpenID provider that nobody here wrote, for the tests of the cloud login.
build/op/.stamp: host/internal/sim/op/package.json host/internal/sim/op/package-lock.json | prepare
	@mkdir -p build/op && cp host/internal/sim/op/package.json host/internal/sim/op/package-lock.json build/op/
	@cd build/op && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

test-go: build/op/.stamp
	@go vet ./...
# No -shuffle here: it would keep go from remembering what passed already.
	@go test -race $$(go list ./... | grep -v /sim/morning)
	@CGO_ENABLED=0 go build ./...
# Memory means nothing under the race detector: it is looked at without.
	@go test -run TestNothingGrows ./host/internal/sim/soak
# The same suite over the card back end without cgo, which is that of macOS.
	@CGO_ENABLED=0 go test ./host/internal/card/...
	@for arch in arm64 amd64; do CGO_ENABLED=0 GOOS=darwin GOARCH=$$arch go vet ./host/internal/card/... ./host/internal/printing/... ./host/cmd/raccordo ./host/cmd/raccordo-host ./host/cmd/raccordo-render; done

test-extension: extension/node_modules/.stamp
	@cd extension && npm run --silent check && npm test --silent && npm run --silent lint

test-e2e:
	@go test -count=1 -timeout 30m -v ./host/internal/sim/morning

bench: build
	@CGO_ENABLED=0 $(GOBUILD) -o build/bench/minimal ./host/internal/sim/bench/minimal
	@build/raccordo-sim bench --out build/bench.json

soak: build
	@build/raccordo-sim soak

# SEED=… repeats a run, as far as real processes can be repeated.
chaos: build
	@build/raccordo-sim chaos --table build/chaos.md $(if $(SEED),--seed $(SEED))

# Another million lives of the outbox each night, every wrong variant of it, the
# return of 5 000 connectors, chaos: two hours.
nightly: build
	@go test ./host/internal/outbox/lives -count=1 -timeout 120m -v -run '^TestLives$$' -lives 1000000 -lives.first $$(date +%Y%m%d)0000000
	@go test ./host/internal/outbox/lives -count=1 -timeout 60m -v -run '^TestPlanted$$' -planted
	@go test ./host/internal/outbox/lives -count=1 -timeout 60m -v -run '^TestOutage$$' -connectors 5000
	@go test ./host/internal/printing/queue -count=1 -timeout 60m -v -run '^TestPlanted$$' -planted
	@$(MAKE) --no-print-directory chaos

check: build generate
	@test -z "$$(gofmt -l host manifests)" || { gofmt -l host manifests; exit 1; }
	@git diff --exit-code -- manifests extension/src docs/errors.md
	@go vet ./...
	@go test -shuffle=on ./host/internal/engine ./host/internal/session ./host/internal/outbox ./host/internal/region/... ./host/internal/card/...
	@go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...
	@CGO_ENABLED=0 go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./host/internal/card/...

generate: extension/node_modules/.stamp
	@go generate ./...
	@cd extension && npm run --silent gen

clean:
	rm -rf build extension/node_modules

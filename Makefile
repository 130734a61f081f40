# Everything that a developer of msgen does has a target here; `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash

GOLANGCI_VERSION := v2.15.0
BIN              := $(CURDIR)/bin
GOLANGCI         := $(BIN)/golangci-lint-$(GOLANGCI_VERSION)
CORPUS_N         ?= 200
CORPUS_SEED      ?= 1
CORPUS_DIR       ?= $(CURDIR)/.corpus
FUZZTIME         ?= 30s
SUITE            ?= $(CURDIR)/generator/compile/testdata/json-schema-test-suite

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z][a-z-]*:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  %-14s %s\n", $$1, $$2}'

.PHONY: demo
demo: build ## the main job, end to end: generate a service, start it, call it, stop it
	@go run ./examples/demo

.PHONY: test
test: ## all tests
	go test -timeout 30m ./...

.PHONY: build
build: ## build bin/msgen
	@mkdir -p $(BIN)
	go build -o $(BIN)/msgen ./cmd/msgen

.PHONY: check
check: format vet lint generated examples ## what must hold before a commit lands

.PHONY: format
format: ## fail on files that gofmt would change
	@out=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$out" ]; then echo "run gofmt -w on:"; echo "$$out"; exit 1; fi

.PHONY: vet
vet: ## go vet
	go vet ./...

.PHONY: lint
lint: $(GOLANGCI) ## the pinned golangci-lint
	$(GOLANGCI) run ./...

$(GOLANGCI):
	@mkdir -p $(BIN)
	GOFLAGS= GOBIN=$(BIN) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	@mv $(BIN)/golangci-lint $@

$(BIN):
	@mkdir -p $(BIN)

.PHONY: generate
generate: build ## write the files that are generated from others
	go generate ./...

.PHONY: generated
generated: ## fail when a generated file is out of date
	@.ci/generated

.PHONY: examples
examples: build ## bring the examples up to date, build them and run their tests
	@.ci/examples

.PHONY: corpus
corpus: build ## generate services from CORPUS_N real contracts (all: every one) and print a table
	@go run ./generator/corpus -dir $(CORPUS_DIR) -n $(CORPUS_N) -seed $(CORPUS_SEED)

.PHONY: suite
suite: | $(BIN) ## the JSON Schema test suite at SUITE through the compiled validators
	@SUITE=$(abspath $(SUITE)) go test -count=1 -v -run TestSuite ./generator/compile/suite >$(BIN)/suite.txt 2>&1; status=$$?; \
	sed -nE 's/^ *suite_test.go:[0-9]+: //p' $(BIN)/suite.txt | grep -v ' pass (' || true; \
	echo; sed -nE 's/^ *suite_test.go:[0-9]+: (.* pass \(.*)/\1/p' $(BIN)/suite.txt | sort; \
	[ $$status -eq 0 ] || { grep -vE '^( *suite_test.go|=== )' $(BIN)/suite.txt; exit $$status; }

.PHONY: images
images: ## build the images of the shop's services and run what is in them
	@.ci/images

.PHONY: browser
browser: build ## open the pages that msgen makes in a browser
	@.ci/browser

.PHONY: soak
soak: ## half a minute of SIGTERM under load, and the hostile cases ten times over
	HOSTILE_SOAK=30s go test -count 1 -timeout 30m -v -run 'Term|Leaks|Overload|Forgery' ./examples/hostile

SCHEMAS ?= 1000
VALUES  ?= 1000
SEED    ?= 1

.PHONY: differential
differential: ## SCHEMAS schemas made at random from SEED, VALUES values each: the compiled validators beside an interpreter
	@SCHEMAS=$(SCHEMAS) VALUES=$(VALUES) SEED=$(SEED) go test -count=1 -v -timeout 0 -run TestCompiledAgrees ./generator/compile/differential

.PHONY: bench
bench: ## benchmarks, beside other generators, in one run
	@.ci/bench

.PHONY: load
load: ## the search of products under 50 clients, beside oapi-codegen (LOOPBACK=1 installs wrk)
	@.ci/load

.PHONY: bench-compat
bench-compat: build ## check-compat beside oasdiff, in one run
	@.ci/bench-compat

.PHONY: fuzz
fuzz: ## every fuzz target for FUZZTIME
	@.ci/fuzz $(FUZZTIME)

.PHONY: cover
cover: ## test coverage as coverage.html
	go test -coverprofile=/tmp/msgen.cover ./... && go tool cover -html=/tmp/msgen.cover -o coverage.html

.PHONY: clean
clean: ## remove what the targets made
	rm -rf $(BIN) $(CORPUS_DIR) coverage.html

# One entry point for every habit. `make help` lists them.
.PHONY: help build test race integration lint fuzz attack soak bench docs generate

help: ## list the targets
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "%-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build the program into bin/
	go build -o bin/evenkeel ./cmd/evenkeel

test: ## the tests that need Go and gcc, nothing else
	go test ./...

race: ## the same under the race detector
	go test -race ./...

integration: ## the tests that need PyTorch and Fashion-MNIST (see .ci/run for the packages)
	go test -tags integration ./...

lint: ## gofmt, go vet, golangci-lint
	@test -z "$$(gofmt -l .)" || { gofmt -l .; exit 1; }
	go vet ./...
	golangci-lint run

fuzz: ## every fuzz target for fifteen seconds, or FUZZTIME
	bench/fuzz.sh

attack: ## attack the built program for long: kills, full disks, hostile trainers (as root, or after unshare -rm)
	go run ./bench/attack -long

soak: ## five thousand tiny trials: memory, handles, time per trial
	go run ./bench/attack -soak tiny -limit 30m

bench: ## benchmarks of the hot paths
	go test -run '^$$' -bench . -benchmem ./objective/... ./search/... ./runs/...

docs: ## remake the terminal captures in README and docs from real runs
	go test -tags integration ./cmd/evenkeel -run TestCaptures -args -update

generate: ## remake the embedded sample from Debian's dataset-fashion-mnist
	go generate ./objective/data/...

# Every build uses the same flags, so that SQLite's C is compiled once, and once more for -race.
GO    ?= go
TOOL  := $(GO) tool -modfile=tools/go.mod
TEST  := $(GO) test -timeout 20m
# A browser's test that failed runs once more, and the run ends with a list of those: ADR 16.
TWICE := $(TOOL) gotestsum --format pkgname-and-test-fails --rerun-fails=1 --rerun-fails-max-failures=3 \
	--rerun-fails-run-root-test --packages ./e2e -- -timeout 40m

.PHONY: run build static reproducible image deb deb-install sbom model vulnerabilities generate fmt formatted widths lint generated quick test e2e faults abuse bench bench-compare screenshots tour check outdated needs

run: build ## build it and serve the demo
	bin/itemshare serve --demo

build: ## make bin/itemshare
	$(GO) build -o bin/itemshare .

static: ## make bin/itemshare-static, which needs no library: the same bytes from the same sources
	CGO_ENABLED=1 $(GO) build -trimpath -buildvcs=false -tags netgo,osusergo,sqlite_omit_load_extension \
		-ldflags '-s -w -buildid= -linkmode external -extldflags "-static -Wl,--build-id=none"' \
		-o bin/itemshare-static .

reproducible: ## two builds in two places give the same bytes; takes minutes
	scripts/reproducible

image: static ## the container image, built and run with buildah: its size and memory; needs root
	scripts/image

deb: static ## bin/itemshare_*.deb: the Debian package, and a check of what is in it
	NFPM='$(GO) run $(NFPM)' scripts/deb

deb-install: deb ## installs, updates and removes the package in a Debian of its own; needs root and a network
	scripts/deb-install

# Pinned here and not in tools/go.mod, whose list they would double. They need a network.
CYCLONEDX := github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.9.0
NFPM := github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.45.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.1.4

sbom: build ## bin/itemshare.cdx.json (CycloneDX) and bin/licences.txt: what the program is made of
	$(GO) run $(CYCLONEDX) bin -json -noserial -output bin/itemshare.cdx.json bin/itemshare
	scripts/licences >bin/licences.txt

model: ## the claim of a view, checked by spin with each guard and without
	scripts/model

vulnerabilities: ## known ones that the program can reach
	$(GO) run $(GOVULNCHECK) ./...

generate: ## templates to Go, and the scripts and style sheets that pages load
	$(TOOL) templ generate -log-level warn
	cd tools && $(GO) run ./bundle

fmt: ## format Go and templates, and wrap long lines of Go
	$(TOOL) golines --max-len=100 --tab-len=4 --no-reformat-tags --base-formatter=gofmt --write-output \
		$$(git ls-files '*.go' ':!*_templ.go')
	$(TOOL) gofumpt -w .
	$(TOOL) templ fmt -prettier-command '' -log-level warn .

formatted: ## Go and templates are formatted
	@test -z "$$($(TOOL) gofumpt -l .)" || { $(TOOL) gofumpt -d .; echo 'run make fmt'; exit 1; }
	$(TOOL) templ fmt -fail -prettier-command '' -log-level warn .

# A tab counts as four columns.
WIDE := { line = $$0; gsub(/\t/, "    ", line) } \
	length(line) > 120 { print FILENAME ":" FNR ": over 120 columns"; wide = 1 } END { exit wide }

widths: ## no line of Go or templ is over 120 columns
	@git ls-files '*.go' '*.templ' ':!*_templ.go' | xargs awk '$(WIDE)'

lint: formatted widths ## formatting, tidy modules, vet, staticcheck
	$(GO) mod tidy -diff
	cd tools && $(GO) mod tidy -diff
	$(GO) vet ./...
	$(TOOL) staticcheck ./...

generated: generate ## what is generated and committed is up to date
	git diff --exit-code -- $(GENERATED)
	@test -z "$$(git ls-files --others --exclude-standard -- $(GENERATED))" || { echo 'commit the new files'; exit 1; }
GENERATED := '*_templ.go' static/*.js static/*.css

quick: formatted ## formatting, vet and the tests of every room on SQLite: what each commit passes
	$(GO) vet ./...
	$(IN_MEMORY) $(TEST) -short $$($(GO) list ./... | grep -v /e2e)

# These run again on PostgreSQL: db with the race detector, the other rooms that store something, and
# the main flows in the browser.
ROOMS_ON_POSTGRES := ./handlers ./mail ./account ./share ./vault/local
FLOWS_ON_POSTGRES := MainFlow|Drill|RevokeInTheBrowser|PolicyForbids|SharingWithoutScripts
FLOWS_ON_POSTGRES := $(FLOWS_ON_POSTGRES)|SimultaneousOpens|NoOpenAfterRevoke|HoldsAfterARestart|NothingReadableOnDisk|NothingTyped

# The rooms' databases are in memory where there are 4 GiB for them: their tests kill processes, never the
# machine. The browser's stay on the disk.
IN_MEMORY := $(shell df -m --output=avail /dev/shm 2>/dev/null | tail -1 | \
	awk '$$1 > 4096 { print "TMPDIR=/dev/shm GOTMPDIR=" (ENVIRON["TMPDIR"] ? ENVIRON["TMPDIR"] : "/tmp") }')

# Reading exports runs in one goroutine: there is nothing to race, and its hostile archives take seven times
# as long with the detector.
UNRACED := /vault/importer$$

# The browser's tests run after the others: on two cores they would disturb each other's timing.
test: needs build ## every test, on SQLite and on PostgreSQL, the browser's too
	$(IN_MEMORY) $(TEST) -race $$($(GO) list ./... | grep -v -e /e2e$$ -e $(UNRACED))
	$(IN_MEMORY) $(TEST) $$($(GO) list ./... | grep $(UNRACED))
	$(IN_MEMORY) scripts/postgres $(TEST) -race ./db
	$(IN_MEMORY) scripts/postgres $(TEST) $(ROOMS_ON_POSTGRES)
	$(TWICE)
	scripts/postgres $(TWICE) -run '$(FLOWS_ON_POSTGRES)'

e2e: needs build ## only the tests of the built program in a browser
	$(TEST) -count=1 ./e2e

# The whole of docs/faults.md: power that fails, disks that fill, a primary that dies.
FAULTS := Killed|FullDisk|SlowDisk|FailingDisk|CutLog|PostgresCut|Rolling|FailOver|Drain|OutlivesItsLog|Drill|Pgbouncer|Lost|Unknown|MailFaults

faults: needs build ## many minutes of faults on the built program, with their figures
	$(TEST) -count=1 -timeout 2h -v -run '$(FAULTS)' ./e2e -rounds 20 -cluster
	scripts/postgres $(TEST) -count=10 -timeout 1h -v -run 'OneOfTwo|Drill' ./e2e
	$(TEST) -count=1 -run 'Lost|Failed|FullDisk|Commit|Crashed|Interrupted|Silent|ServerDown|Steps?|Clock' \
		./db ./share ./mail ./vault/local

abuse: needs build ## minutes of what strangers try against the built program, and what it does
	$(TEST) -count=1 -v -run 'TestAbuse$$' ./e2e -abuse

# PEER=host:port, PEER_BODY, PEER_BODY_ONCE and PEER_PIDS: another program (bench/peer.go).
BENCH ?=
bench: build ## creating, opening and reading, against what they could cost: a table for docs/performance.md
	$(GO) run ./bench $(BENCH)

# What is watched: the paths that every share takes.
HOT_ROOMS := ./db ./api ./handlers ./share/... ./views
HOT_BENCH ?= Create|Claim|ByLink|Page|Open
FROM ?= HEAD~1
bench-compare: ## time and allocations of hot functions at FROM=COMMIT and here
	scripts/bench-compare $(FROM) '$(HOT_BENCH)' $(HOT_ROOMS)

screenshots: needs build ## a picture of every page and state, in screenshots/
	$(TEST) -count=1 -run TestPages ./e2e -screenshots $(CURDIR)/screenshots

tour: screenshots ## renew the pictures that the documents show
	cd screenshots && cp $(notdir $(wildcard docs/screenshots/*.png)) ../docs/screenshots

check: lint generated test ## everything that a change must pass

outdated: ## the direct dependencies that have a newer version
	@$(GO) list -m -u -f '{{if not .Indirect}}$(NEWER){{end}}' all
	@cd tools && $(GO) list -m -u -f '{{if not .Indirect}}$(NEWER){{end}}' all
	@cd tools && $(GO) list -m -u -f '$(NEWER)' $$($(GO) list -f '{{.Module.Path}}' tool)
NEWER := {{with .Update}}{{$$.Path}} {{$$.Version}} -> {{.Version}}{{end}}

needs:
	@scripts/needs

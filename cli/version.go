package cli

import (
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/mattn/go-sqlite3"
	"golang.org/x/mod/module"
)

type versionCommand struct{}

// Run prints what this program was built from. It opens nothing.
func (versionCommand) Run(p *program) error {
	build := thisBuild()
	sqlite, _, _ := sqlite3.Version()
	_, err := fmt.Fprintf(p.stdout, "version  %s\ncommit   %s\nGo       %s\nSQLite   %s\n",
		releaseOf(build), commitOf(build), orUnknown(build.GoVersion), orUnknown(sqlite))
	return err
}

// thisBuild returns what the program says about itself, if it does.
func thisBuild() *debug.BuildInfo {
	if build, ok := debug.ReadBuildInfo(); ok {
		return build
	}
	return &debug.BuildInfo{}
}

// nextRelease is the release that this source becomes.
const nextRelease = "0.1.0"

// releaseOf returns the version that the go command derived from the newest tag, such as v0.1.0. A
// build between tags is a development build of the next release.
func releaseOf(build *debug.BuildInfo) string {
	version, _, _ := strings.Cut(build.Main.Version, "+")
	if version == "" || version == "(devel)" || module.IsPseudoVersion(version) {
		return nextRelease + "-dev"
	}
	return strings.TrimPrefix(build.Main.Version, "v")
}

// commitOf returns the commit, its time and whether the source had other changes. A program
// that was not built inside a repository has none.
func commitOf(build *debug.BuildInfo) string {
	stamp := map[string]string{}
	for _, s := range build.Settings {
		stamp[s.Key] = s.Value
	}
	commit := stamp["vcs.revision"]
	if commit == "" {
		return "unknown: not built from a repository"
	}
	if at, err := time.Parse(time.RFC3339, stamp["vcs.time"]); err == nil {
		commit += at.UTC().Format(", 2 January 2006, 15:04 UTC")
	}
	if stamp["vcs.modified"] == "true" {
		commit += ", with uncommitted changes"
	}
	return commit
}

func orUnknown(text string) string {
	if text == "" {
		return "unknown"
	}
	return text
}

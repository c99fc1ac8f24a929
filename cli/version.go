package cli

import (
	"fmt"
	"runtime/debug"
	"time"

	"github.com/mattn/go-sqlite3"
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

// releaseOf returns the version that the go command derived from the newest tag.
func releaseOf(build *debug.BuildInfo) string {
	if build.Main.Version == "" || build.Main.Version == "(devel)" {
		return "development build"
	}
	return build.Main.Version
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

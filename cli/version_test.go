package cli

import (
	"os"
	"regexp"
	"runtime/debug"
	"testing"
)

func TestVersion(t *testing.T) {
	data := newData(t)
	got := command(t, data, "", "version")
	lines := regexp.MustCompile(
		`^version  \S.*\ncommit   \S.*\nGo       go1\.\d+.*\nSQLite   3\.\d+\.\d+\n$`,
	)
	if got.code != 0 || got.stderr != "" || !lines.MatchString(got.stdout) {
		t.Errorf("exit %d, printed %q, said %q", got.code, got.stdout, got.stderr)
	}
	if _, err := os.Stat(data); err == nil {
		t.Error("a data folder was created")
	}
}

func TestVersionOfABuild(t *testing.T) {
	stamped := func(version string, settings ...debug.BuildSetting) *debug.BuildInfo {
		return &debug.BuildInfo{Main: debug.Module{Version: version}, Settings: settings}
	}
	commit := debug.BuildSetting{Key: "vcs.revision", Value: "1456d8c"}
	at := debug.BuildSetting{Key: "vcs.time", Value: "2026-11-30T10:55:00+02:00"}
	changed := debug.BuildSetting{Key: "vcs.modified", Value: "true"}
	for _, c := range []struct {
		why             string
		build           *debug.BuildInfo
		release, commit string
	}{
		{"no build info", &debug.BuildInfo{}, "0.1.0-dev", "unknown: not built from a repository"},
		{"no stamp", stamped("(devel)"), "0.1.0-dev", "unknown: not built from a repository"},
		{"a release", stamped("v1.2.0", commit, at), "1.2.0", "1456d8c, 30 November 2026, 08:55 UTC"},
		{
			"changes", stamped("v1.2.0+dirty", commit, at, changed), "1.2.0+dirty",
			"1456d8c, 30 November 2026, 08:55 UTC, with uncommitted changes",
		},
		{
			"after a release", stamped("v1.2.1-0.20261130105500-1456d8c0ffee", commit, at), "0.1.0-dev",
			"1456d8c, 30 November 2026, 08:55 UTC",
		},
		{"no time", stamped("(devel)", commit), "0.1.0-dev", "1456d8c"},
	} {
		if release, commit := releaseOf(c.build), commitOf(c.build); release != c.release ||
			commit != c.commit {
			t.Errorf("%s: %q, %q", c.why, release, commit)
		}
	}
}

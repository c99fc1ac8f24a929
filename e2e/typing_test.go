package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What other people's tools make of the API's description and of the clients: linters, generators
// and type checkers. make test installs them; without a network, and without what an earlier run
// installed, it says so.

const description = "../api/openapi.json"

func TestDescriptionIsLinted(t *testing.T) {
	dependOnFiles(t, "../api")
	t.Run("redocly", func(t *testing.T) {
		runTool(
			t,
			".",
			npm(t, "redocly"),
			"lint",
			"--config=../tools/npm/redocly.yaml",
			description,
		)
	})
	t.Run("spectral", func(t *testing.T) {
		runTool(t, ".", npm(t, "spectral"), "lint", "--fail-severity=hint",
			"--ruleset=../tools/npm/spectral.yaml", description)
	})
}

// TestTypeScriptFromTheDescription generates types and compiles a program that uses them.
func TestTypeScriptFromTheDescription(t *testing.T) {
	folder := t.TempDir()
	copyFile(t, "testdata/programs/generated.mts", filepath.Join(folder, "generated.mts"))
	runTool(
		t,
		".",
		npm(t, "openapi-typescript"),
		description,
		"-o",
		filepath.Join(folder, "api.d.ts"),
	)
	typecheck(t, folder, "generated.mts")
}

// TestGoFromTheDescription generates a Go client and runs a program with it against the server.
func TestGoFromTheDescription(t *testing.T) {
	s := start(t)
	token := s.serviceAccount("--vault", "Team", "--share-items")
	vault, item := s.itemByToken(token)
	folder := t.TempDir()
	for _, name := range []string{"main.go", "go.mod", "go.sum"} {
		copyFile(t, filepath.Join("testdata/programs/go", name), filepath.Join(folder, name))
	}
	if err := os.Mkdir(filepath.Join(folder, "api"), 0o700); err != nil {
		t.Fatal(err)
	}
	runTool(t, "..", "go", "tool", "-modfile=tools/go.mod", "oapi-codegen", "-package=api",
		"-generate=types,client", "-o="+filepath.Join(folder, "api", "api.gen.go"),
		filepath.Join("api", "openapi.json"))
	t.Setenv("ITEMSHARE_URL", s.url)
	t.Setenv("ITEMSHARE_TOKEN", token)
	out := runTool(t, folder, "go", "run", ".", vault, item)
	if !strings.Contains(out, "created with the generated client: active ann@client.example") {
		t.Error(out)
	}
}

// TestTypesOfTheJavaScriptClient compiles a program in strict TypeScript that uses the client.
func TestTypesOfTheJavaScriptClient(t *testing.T) {
	dependOnFiles(t, "../clients/javascript")
	typecheck(t, "testdata/programs", "client.mts")
}

func TestTypesOfThePythonClient(t *testing.T) {
	dependOnFiles(t, "../clients/python")
	t.Run("mypy", func(t *testing.T) {
		runTool(t, "../clients/python", "mypy", "--strict", "--cache-dir="+t.TempDir(),
			"itemshare", "example.py", "example_item.py")
	})
	t.Run("pyright", func(t *testing.T) {
		runTool(t, "../clients/python", npm(t, "pyright"), "--warnings")
	})
}

// TestGoClientFromAnotherModule follows the lines of docs/clients.md in a module of its own, and
// builds the example there.
func TestGoClientFromAnotherModule(t *testing.T) {
	text, err := os.ReadFile("../docs/clients.md")
	if err != nil {
		t.Fatal(err)
	}
	_, lines, ok := strings.Cut(string(text), "From another module")
	_, lines, _ = strings.Cut(lines, "```sh\n")
	lines, _, _ = strings.Cut(lines, "```")
	const checkout = "../itemshare"
	if !ok || !strings.Contains(lines, checkout) {
		t.Fatalf("docs/clients.md does not say how to require the client: %q", lines)
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	copyFile(t, "../client/example/main.go", filepath.Join(folder, "main.go"))
	runTool(t, folder, "go", "mod", "init", "other.example/program")
	t.Setenv("GOPROXY", "off") // the client needs the standard library alone
	runTool(t, folder, "sh", "-ec", strings.ReplaceAll(lines, checkout, root))
	runTool(t, folder, "go", "vet", ".")
}

// typecheck compiles a program in strict TypeScript without output.
func typecheck(t *testing.T, folder, file string) {
	t.Helper()
	runTool(t, folder, npm(t, "tsc"), "--noEmit", "--strict", "--exactOptionalPropertyTypes",
		"--noUncheckedIndexedAccess", "--target", "es2022", "--lib", "es2022,dom,dom.iterable",
		"--module", "nodenext", file)
}

// npm returns the path of a program that scripts/needs installs from tools/npm.
func npm(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs("../tools/npm/node_modules/.bin/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%s is not installed: run scripts/needs once with a network", name)
	}
	return path
}

// runTool runs a command that must succeed within three minutes, and returns what it printed.
func runTool(t *testing.T, folder, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Fatalf("%s is not installed: run scripts/needs once with a network", name)
	}
	cmd := exec.Command(name, args...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "REDOCLY_TELEMETRY=off", "REDOCLY_SUPPRESS_UPDATE_NOTICE=true")
	timer := time.AfterFunc(3*time.Minute, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", filepath.Base(name), err, out)
	}
	return string(out)
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestExampleOfTheGoClient runs the documented example: the four steps and opening the link.
func TestExampleOfTheGoClient(t *testing.T) {
	const example = "../client/example/main.go"
	text, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(text, []byte("\n")); n >= 20 {
		t.Errorf("it has %d lines, and 20 are too many", n)
	}
	s := start(t)
	token := s.serviceAccount("--vault", "Team", "--share-items")
	vault, item := s.itemByToken(token)
	cmd := exec.Command("go", "run", example, vault, item)
	dependOnFiles(t, "../client")
	cmd.Env = append(os.Environ(), "ITEMSHARE_URL="+s.url, "ITEMSHARE_TOKEN="+token)
	typed, stdin := io.Pipe()
	cmd.Stdin = typed
	go func() {
		_, _ = io.WriteString(stdin, s.mailedCode("ann@client.example")+"\n")
		_ = stdin.Close()
	}()
	timer := time.AfterFunc(3*time.Minute, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	out, err := cmd.CombinedOutput()
	if err != nil || !regexp.MustCompile(`/s#[A-Za-z0-9_-]{43} opened as \S`).Match(out) {
		t.Errorf("%v\n%s", err, out)
	}
}

// itemByToken returns the IDs of a login that a service account may read.
func (s *server) itemByToken(token string) (vault, item string) {
	s.t.Helper()
	type overview struct{ ID, VaultID, Category string }
	list := func(path string) []overview {
		req, err := http.NewRequest(http.MethodGet, s.url+"/api/v1"+path, nil)
		if err != nil {
			s.t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		resp, err := wire.Do(req)
		if err != nil {
			s.t.Fatal(err)
		}
		defer resp.Body.Close()
		var page struct{ Items []overview }
		if err := json.NewDecoder(resp.Body).Decode(&page); err != nil {
			s.t.Fatalf("%s: %d, %v", path, resp.StatusCode, err)
		}
		return page.Items
	}
	for _, v := range list("/vaults") {
		for _, i := range list("/vaults/" + v.ID + "/items") {
			if i.Category == "Login" {
				return v.ID, i.ID
			}
		}
	}
	s.t.Fatal("the service account sees no login")
	return "", ""
}

// terminal runs commands with nothing but a URL and a token: no data folder and no key.
type terminal struct {
	t     *testing.T
	env   []string
	token string
}

func (s *server) terminal(token string) terminal {
	return terminal{
		s.t,
		[]string{
			"PATH=" + os.Getenv("PATH"),
			"HOME=" + s.temp,
			"ITEMSHARE_URL=" + s.url,
			"ITEMSHARE_TOKEN=" + token,
		},
		token,
	}
}

func (c terminal) run(stdin io.Reader, args ...string) (stdout, stderr string, code int) {
	c.t.Helper()
	cmd := exec.Command(program, args...)
	var out, said bytes.Buffer
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.Dir = c.env, stdin, &out, &said, c.t.TempDir()
	path, err := os.Getwd()
	if err != nil {
		c.t.Fatal(err)
	}
	cmd.Path = path + "/" + program
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // no terminal to ask on
	_ = runBriefly(cmd)
	if left, _ := os.ReadDir(cmd.Dir); len(left) > 0 {
		c.t.Errorf("%v: left %v behind", args, left)
	}
	if strings.Contains(out.String()+said.String(), c.token) {
		c.t.Errorf("%v: prints the token", args)
	}
	return out.String(), said.String(), cmd.ProcessState.ExitCode()
}

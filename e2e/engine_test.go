package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// engine is a browser other than Chromium, under WebDriver's commands, with one window.
type engine struct {
	send    func(command string, body with) (json.RawMessage, error)
	reports func() []string // errors of pages since the last call, as developer tools show them
	folder  string          // of downloads
	output  *lines
}

// plainHost is a name of this machine which, unlike localhost, no browser takes for a secure origin.
const plainHost = "plain.example"

// startFirefox starts Firefox, and speaks to it as geckodriver does: by Marionette.
func startFirefox(t *testing.T) *engine {
	t.Helper()
	home := tempFolder(t)
	profile, folder := filepath.Join(home, "profile"), filepath.Join(home, "downloads")
	preferences := ""
	for name, value := range map[string]any{
		"marionette.port":                            0, // one that is free
		"network.dns.localDomains":                   plainHost,
		"dom.security.https_first":                   false,
		"browser.download.folderList":                2,
		"browser.download.dir":                       folder,
		"browser.download.alwaysOpenPanel":           false,
		"datareporting.policy.dataSubmissionEnabled": false,
	} {
		preferences += fmt.Sprintf("user_pref(%s, %s);\n", quote(name), asJSON(value))
	}
	if err := errors.Join(
		os.Mkdir(profile, 0o700), os.Mkdir(folder, 0o700),
		os.WriteFile(filepath.Join(profile, "user.js"), []byte(preferences), 0o600),
	); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(
		"firefox-esr", "--headless", "--marionette", "--remote-allow-system-access", "--no-remote",
		"--profile", profile,
	)
	cmd.Env = append(os.Environ(), "HOME="+home, "MOZ_CRASHREPORTER_DISABLE=1")
	output := runBeside(t, cmd)

	var conn net.Conn
	within(t, 60*time.Second, "Firefox", output, func() (err error) {
		port, err := os.ReadFile(filepath.Join(profile, "MarionetteActivePort"))
		if err == nil {
			conn, err = net.Dial("tcp", "127.0.0.1:"+strings.TrimSpace(string(port)))
		}
		return err
	})
	t.Cleanup(func() { _ = conn.Close() })
	m := &marionette{conn: conn, in: bufio.NewReader(conn)}
	if _, err := m.read(); err != nil { // the greeting
		t.Fatal(err)
	}
	e := &engine{send: m.send, reports: m.reports, folder: folder, output: output}
	e.must(t, "NewSession", nil)
	return e
}

// marionette is a connection with Firefox: each message is its length, a colon and JSON.
type marionette struct {
	conn net.Conn
	in   *bufio.Reader
	sent int
}

func (m *marionette) read() ([]byte, error) {
	var length int
	if _, err := fmt.Fscanf(m.in, "%d:", &length); err != nil {
		return nil, err
	}
	message := make([]byte, length)
	_, err := io.ReadFull(m.in, message)
	return message, err
}

func (m *marionette) send(command string, body with) (json.RawMessage, error) {
	return m.call("WebDriver:"+command, body)
}

// reports takes the errors out of Firefox's own console. Those of its windows name no page.
func (m *marionette) reports() (errors []string) {
	var all []string
	_, _ = m.call("Marionette:SetContext", with{"value": "chrome"})
	text, _ := m.send("ExecuteScript", with{"args": []any{}, "script": `
		const all = Services.console.getMessageArray().map((m) => m.message);
		Services.console.reset();
		return all;`})
	_, _ = m.call("Marionette:SetContext", with{"value": "content"})
	if err := json.Unmarshal(text, &all); err != nil {
		return []string{"Firefox's console: " + string(text)}
	}
	for _, text := range all {
		if strings.HasPrefix(text, "[JavaScript Error") && strings.Contains(text, `"http://`) {
			errors = append(errors, text)
		}
	}
	return errors
}

func (m *marionette) call(command string, body with) (json.RawMessage, error) {
	m.sent++
	message := asJSON([]any{0, m.sent, command, body})
	_ = m.conn.SetDeadline(time.Now().Add(60 * time.Second))
	if _, err := fmt.Fprintf(m.conn, "%d:%s", len(message), message); err != nil {
		return nil, err
	}
	answer, err := m.read()
	if err != nil {
		return nil, err
	}
	var failure *webDriverError
	var result struct{ Value json.RawMessage }
	if err := json.Unmarshal(answer, &[]any{new(int), new(int), &failure, &result}); err != nil {
		return nil, err
	}
	if failure != nil {
		return nil, failure
	}
	return result.Value, nil
}

// startWebKit starts WebKitGTK's small browser on a screen that nobody sees.
func startWebKit(t *testing.T) *engine {
	t.Helper()
	home := tempFolder(t)
	folder := filepath.Join(home, "downloads")
	if err := errors.Join(
		os.Mkdir(folder, 0o700),
		os.WriteFile(
			filepath.Join(home, "user-dirs.dirs"), []byte("XDG_DOWNLOAD_DIR="+quote(folder)), 0o600,
		),
	); err != nil {
		t.Fatal(err)
	}
	browsers, _ := filepath.Glob("/usr/lib/*/webkit2gtk-4.1/MiniBrowser")
	if len(browsers) == 0 {
		t.Fatal("the tests need WebKitGTK's MiniBrowser, which make test installs")
	}
	_, port, _ := strings.Cut(freePort(t), ":")
	cmd := exec.Command("WebKitWebDriver", "--port="+port)
	cmd.Env = append(os.Environ(),
		"HOME="+home, "XDG_CONFIG_HOME="+home, "DISPLAY="+startScreen(t), "NO_AT_BRIDGE=1",
	)
	if os.Getuid() == 0 {
		cmd.Env = append(cmd.Env, "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS=1")
	}
	output := runBeside(t, cmd)

	d := &webDriver{url: "http://127.0.0.1:" + port}
	within(t, 30*time.Second, "WebKitWebDriver", output, func() error {
		_, err := d.call(http.MethodGet, "/status", nil)
		return err
	})
	session, err := d.call(http.MethodPost, "/session", with{"capabilities": with{"alwaysMatch": with{
		"webkitgtk:browserOptions": with{"binary": browsers[0], "args": []string{"--automation"}},
		"proxy": with{
			"proxyType": "manual", "httpProxy": startPlainProxy(t), "noProxy": []string{"localhost"},
		},
	}}})
	var opened struct{ SessionID string }
	if err := errors.Join(err, json.Unmarshal(session, &opened)); err != nil {
		t.Fatalf("start WebKit: %v\n%s", err, output.tail(20))
	}
	d.session = "/session/" + opened.SessionID
	t.Cleanup(func() { _, _ = d.call(http.MethodDelete, d.session, nil) })
	return &engine{send: d.send, reports: noReports, folder: folder, output: output}
}

// noReports is WebKit's: under WebDriver it tells nobody what its console holds.
func noReports() []string { return nil }

// startScreen starts an X server in memory and returns its name.
func startScreen(t *testing.T) string {
	t.Helper()
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1280x1024x24", "-nolisten", "tcp")
	cmd.ExtraFiles = []*os.File{out}
	output := runBeside(t, cmd)
	_ = out.Close()
	number, err := bufio.NewReader(in).ReadString('\n')
	if err != nil {
		t.Fatalf("start Xvfb: %v\n%s", err, output.tail(20))
	}
	return ":" + strings.TrimSpace(number)
}

// startPlainProxy forwards requests for any host to this machine: WebKit has no names of its own.
func startPlainProxy(t *testing.T) string {
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: "127.0.0.1:" + r.In.URL.Port()})
	}})
	t.Cleanup(proxy.Close)
	return proxy.Listener.Addr().String()
}

// webDriver is a session of WebDriver over HTTP.
type webDriver struct{ url, session string }

// webDriverPaths has the path of each command, in which {id} is an element.
var webDriverPaths = map[string]string{
	"Navigate":        "/url",
	"FindElement":     "/element",
	"ElementClick":    "/element/{id}/click",
	"ElementClear":    "/element/{id}/clear",
	"ElementSendKeys": "/element/{id}/value",
	"ExecuteScript":   "/execute/sync",
}

func (d *webDriver) send(command string, body with) (json.RawMessage, error) {
	id, _ := body["id"].(string)
	path := strings.Replace(webDriverPaths[command], "{id}", id, 1)
	return d.call(http.MethodPost, d.session+path, body)
}

func (d *webDriver) call(method, path string, body with) (json.RawMessage, error) {
	var content io.Reader
	if body != nil {
		content = bytes.NewReader(asJSON(body))
	}
	req, err := http.NewRequest(method, d.url+path, content)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	var result struct{ Value json.RawMessage }
	if err := json.NewDecoder(resp.Body).Decode(&result); err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		failure := &webDriverError{}
		_ = json.Unmarshal(result.Value, failure)
		return nil, failure
	}
	return result.Value, nil
}

type webDriverError struct{ Name, Message string }

func (e *webDriverError) UnmarshalJSON(text []byte) error {
	var fields struct{ Error, Message string }
	err := json.Unmarshal(text, &fields)
	e.Name, e.Message = fields.Error, fields.Message
	return err
}

func (e *webDriverError) Error() string { return e.Name + ": " + e.Message }

func (e *engine) must(t *testing.T, command string, body with) json.RawMessage {
	t.Helper()
	if body == nil {
		body = with{}
	}
	result, err := e.send(command, body)
	if err != nil {
		t.Fatalf("%s: %v\n%s", command, err, e.output.tail(10))
	}
	return result
}

// runBeside runs a program until the test ends, with all that it starts, and returns its output.
func runBeside(t *testing.T, cmd *exec.Cmd) *lines {
	t.Helper()
	output := &lines{}
	cmd.Stdout, cmd.Stderr = output, output
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatalf("the tests need %s, which make test installs: %v", cmd.Args[0], err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
	})
	return output
}

// within repeats a step until it succeeds.
func within(t *testing.T, limit time.Duration, what string, output *lines, step func() error) {
	t.Helper()
	for deadline := time.Now().Add(limit); ; time.Sleep(50 * time.Millisecond) {
		err := step()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s is not ready: %v\n%s", what, err, output.tail(20))
		}
	}
}

// tempFolder is t.TempDir for programs that may still write while they end.
func tempFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "e2e")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

func asJSON(v any) []byte {
	text, _ := json.Marshal(v)
	return text
}

package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"itemshare/share/link"
)

const (
	benchPassword = "correct horse battery staple"
	benchUser     = "admin@example.com"
)

// server is the built program with the demo's data in a folder of its own.
type server struct {
	name, program string
	data, address string
	process       *exec.Cmd
	token, cookie string
	vault, item   string
}

// startServer starts a program and prepares what the requests need.
func startServer(name, program, folder string) (*server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") // a free port
	if err != nil {
		return nil, err
	}
	s := &server{name: name, program: program, address: listener.Addr().String()}
	s.data = filepath.Join(folder, name)
	if err := errors.Join(listener.Close(), os.Mkdir(s.data, 0o700)); err != nil {
		return nil, err
	}
	s.process = s.command("serve", "--demo")
	s.process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.process.Start(); err != nil {
		return nil, err
	}
	for _, prepare := range []func() error{s.awaitReady, s.authorize, s.signIn, s.findItem} {
		if err := prepare(); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (s *server) command(args ...string) *exec.Cmd {
	command := exec.Command(s.program, args...)
	_, port, _ := net.SplitHostPort(s.address)
	command.Env = append(
		os.Environ(), "ITEMSHARE_DATA="+s.data, "ITEMSHARE_ADDR="+s.address,
		"ITEMSHARE_URL=http://localhost:"+port, "ITEMSHARE_DEMO_PASSWORD="+benchPassword, "ITEMSHARE_API_RATE=0",
	)
	return command
}

func (s *server) host() string {
	_, port, _ := net.SplitHostPort(s.address)
	return "localhost:" + port
}

func (s *server) pids() []int { return []int{s.process.Process.Pid} }

func (s *server) stop() error {
	_ = s.process.Process.Signal(syscall.SIGTERM)
	return s.process.Wait()
}

func (s *server) awaitReady() error {
	for range 400 {
		response, err := http.Get("http://" + s.host() + "/readyz")
		if err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("%s does not get ready", s.program)
}

// authorize adds a service account.
func (s *server) authorize() error {
	out, err := s.command("service-account", "add", "--name", "bench", "--vault", "Team", "--share-items").Output()
	lines := strings.Fields(string(out))
	if err != nil {
		return fmt.Errorf("add a service account: %w", err)
	}
	if len(lines) == 0 {
		return errors.New("add a service account: there is no token")
	}
	s.token = lines[len(lines)-1]
	return nil
}

// signIn gets a session's cookies.
func (s *server) signIn() error {
	client := &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	form := url.Values{"email": {benchUser}, "password": {benchPassword}}
	response, err := client.PostForm("http://"+s.host()+"/signin", form)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var all []string
	for _, cookie := range response.Cookies() {
		all = append(all, cookie.Name+"="+cookie.Value)
	}
	s.cookie = "Cookie: " + strings.Join(all, "; ")
	if len(all) == 0 {
		return fmt.Errorf("sign in: %s", response.Status)
	}
	return nil
}

// findItem chooses the item that is shared.
func (s *server) findItem() error {
	first := func(path string) (string, error) {
		request, err := http.NewRequest(http.MethodGet, "http://"+s.host()+"/api/v1"+path, nil)
		if err != nil {
			return "", err
		}
		request.Header.Set("Authorization", "Bearer "+s.token)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return "", err
		}
		defer response.Body.Close()
		var found struct{ Items []struct{ ID string } }
		err = json.NewDecoder(response.Body).Decode(&found)
		if err == nil && len(found.Items) == 0 {
			err = fmt.Errorf("%s is empty", path)
		}
		if err != nil {
			return "", err
		}
		return found.Items[0].ID, nil
	}
	var err error
	if s.vault, err = first("/vaults"); err == nil {
		s.item, err = first("/vaults/" + s.vault + "/items?q=Accounting")
	}
	return err
}

// creates is the load of a program that creates links. It adds each link to links.
func (s *server) creates(body string, links *collected) load {
	path := "/api/v1/vaults/" + s.vault + "/items/" + s.item + "/shares"
	request := message(
		s.host(), http.MethodPost, path, body,
		"Authorization: Bearer "+s.token, "Content-Type: application/json",
	)
	return load{address: s.address, next: again(request), keep: links.add}
}

// opens is the load of recipients who open links, each once.
func (s *server) opens(links []string) load {
	requests := make([][]byte, len(links))
	for i, text := range links {
		_, secret, _ := strings.Cut(text, "#")
		parsed, _ := link.ParseSecret(secret)
		view := make([]byte, 16)
		_, _ = io.ReadFull(rand.Reader, view)
		body := fmt.Sprintf(`{"id":%q,"token":%q,"view":%q}`,
			parsed.ID().String(), parsed.Token().Encode(), link.Encode(view))
		requests[i] = message(s.host(), http.MethodPost, "/s/open", body, "Content-Type: application/json")
	}
	return load{address: s.address, next: each(requests)}
}

// page is the load of somebody who reads one page.
func (s *server) page(path string, signedIn bool) load {
	var headers []string
	if signedIn {
		headers = []string{s.cookie}
	}
	return load{address: s.address, next: again(message(s.host(), http.MethodGet, path, "", headers...))}
}

// linkOf finds the link in the answer to a creation, "" for none.
func linkOf(body []byte) string {
	var created struct{ Link string }
	if json.Unmarshal(bytes.TrimSpace(body), &created) != nil {
		return ""
	}
	return created.Link
}

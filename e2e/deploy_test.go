package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The set-ups of docs/deploy.md, with the files of deploy/ and the lines of README.md, in which only
// addresses and paths are replaced.

// proxiedServer is a server behind a proxy.
type proxiedServer struct {
	*server
	public string         // the URL that the proxy answers to
	roots  string         // file of the certificate authority that signed for it
	pool   *x509.CertPool // the same
	logs   string         // folder of the proxy's logs
}

func TestBehindNginx(t *testing.T) {
	p := startByReadme(t)
	p.startNginx(t, func(conf string) string { return conf })
	p.checkSetUp(t)
}

func TestBehindCaddy(t *testing.T) {
	p := startByReadme(t)
	p.startCaddy(t)
	p.checkSetUp(t)
}

// TestNginxWithoutHost asserts that the page, the log and doctor name the header that nginx sends
// by default and the line to add.
func TestNginxWithoutHost(t *testing.T) {
	const line = "proxy_set_header Host $http_host;"
	p := startByReadme(t)
	p.startNginx(t, func(conf string) string { return strings.Replace(conf, line, "", 1) })
	r := p.client(t, "127.0.0.1").get("/signin")
	arrived := "127.0.0.1:" + p.port()
	if r.status != http.StatusMisdirectedRequest || !strings.Contains(r.body, arrived) ||
		!strings.Contains(r.body, line) {
		t.Errorf("the page is %d\n%s", r.status, r.body)
	}
	logged := p.logged("a request names another host than ITEMSHARE_URL: if a proxy sent it, let the " +
		"proxy pass on the Host header")
	if len(logged) != 1 || logged[0]["host"] != arrived || logged[0]["nginx"] != line {
		t.Errorf("the log has %v", logged)
	}
	if out, code := p.command("", "doctor"); code != 1 || !strings.Contains(out, line) {
		t.Errorf("doctor: %d\n%s", code, out)
	}
}

// checkSetUp signs in through the proxy, checks that two visitors are told apart, runs doctor,
// and searches the proxy's logs for a secret.
func (p *proxiedServer) checkSetUp(t *testing.T) {
	visitor := p.client(t, "127.0.0.1")
	r := visitor.post("/signin", url.Values{"email": {"you@example.com"}, "password": {password}})
	if r.status != http.StatusSeeOther || r.header.Get("Strict-Transport-Security") == "" {
		t.Fatalf("sign in: %d %v", r.status, r.header)
	}
	if r := visitor.get("/items"); r.status != http.StatusOK {
		t.Errorf("the items: %d", r.status)
	}
	if out, code := p.command("", "doctor"); code != 0 {
		t.Errorf("doctor: %d\n%s", code, out)
	}
	const secret = "SECRETSECRETSECRETSECRETSECRETSECRETSECRETS"
	links := []string{"/s%23" + secret, "/s%2523" + secret, "/s/%23" + secret, "/s?x=" + secret}
	if r := visitor.get(links[0]); r.status != http.StatusOK {
		t.Errorf("a rewritten link: %d", r.status)
	}
	p.checkVisitors(t)
	for range 2 { // with itemshare behind it, and without
		for _, link := range links {
			visitor.get(link)
		}
		p.stop(syscall.SIGTERM)
	}
	if r := visitor.get(links[0]); r.status != http.StatusBadGateway {
		t.Errorf("without itemshare: %d", r.status)
	}
	p.checkLogs(t, secret)
}

// checkVisitors tries passwords from one address until it has to wait, and asserts that another
// address does not wait.
func (p *proxiedServer) checkVisitors(t *testing.T) {
	t.Helper()
	try := func(c *client) int {
		form := url.Values{"email": {"nobody@example.com"}, "password": {"wrong"}}
		return c.post("/signin", form).status
	}
	one, other := p.client(t, "127.0.0.2"), p.client(t, "127.0.0.3")
	status := 0
	for n := 0; n < 100 && status != http.StatusTooManyRequests; n++ {
		status = try(one)
	}
	if status != http.StatusTooManyRequests {
		t.Errorf("a hundred wrong passwords of one visitor: %d", status)
	}
	if status := try(other); status != http.StatusUnauthorized {
		t.Errorf("another visitor's first wrong password: %d", status)
	}
}

func (p *proxiedServer) checkLogs(t *testing.T, secret string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(p.logs, "*"))
	if err != nil {
		t.Fatal(err)
	}
	size := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		size += len(text)
		for line := range strings.Lines(string(text)) {
			if strings.Contains(line, secret) || strings.Contains(line, "SECRETSECRET") {
				t.Errorf("%s has %s", filepath.Base(file), line)
			}
		}
	}
	if size == 0 {
		t.Error("the proxy logged nothing at all")
	}
}

// startByReadme starts the server and adds a user with the lines of README.md.
func startByReadme(t *testing.T) *proxiedServer {
	t.Helper()
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, lines, _ := strings.Cut(string(text), "## Run it\n\n```sh\n")
	lines, _, _ = strings.Cut(lines, "```")
	p := &proxiedServer{logs: t.TempDir()}
	p.public = "https://" + freePort(t)
	smtp := startMailServer(t, 0).url
	data := filepath.Join(t.TempDir(), "data")
	replaced := strings.NewReplacer(
		"/var/lib/itemshare", data, "https://share.example.com", p.public,
		"smtp://user:password@mail.example.com:587", smtp,
	).Replace(lines)
	exports := regexp.MustCompile(`ITEMSHARE_[A-Z_]+=\S+`).FindAllString(replaced, -1)
	if len(exports) < 5 || !strings.Contains(replaced, "itemshare serve") {
		t.Fatalf("the lines of README.md are\n%s", lines)
	}
	p.roots = filepath.Join(t.TempDir(), "roots.pem")
	exports = append(exports, "SSL_CERT_FILE="+p.roots)
	p.server = start(t, withoutDemo, func(s *server) { s.env = append(s.env, exports...) })
	p.server.addAdmin("you@example.com")
	return p
}

// port returns the port on which itemshare listens.
func (p *proxiedServer) port() string { return p.url[strings.LastIndex(p.url, ":")+1:] }

func (p *proxiedServer) publicPort() string { return p.public[strings.LastIndex(p.public, ":")+1:] }

// client returns a browser without scripts whose requests come from an address.
func (p *proxiedServer) client(t *testing.T, from string) *client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	return &client{t: t, base: p.public, http: &http.Client{
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSClientConfig: &tls.Config{RootCAs: p.pool},
		},
		Jar: jar, Timeout: wire.Timeout, CheckRedirect: wire.CheckRedirect,
	}}
}

// startNginx runs nginx with the project's file inside a configuration that needs no root.
func (p *proxiedServer) startNginx(t *testing.T, change func(conf string) string) {
	t.Helper()
	text, err := os.ReadFile("../deploy/nginx.conf")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	certificate, key := p.newCertificate(t, folder)
	_, plainPort, _ := strings.Cut(freePort(t), ":")
	site := strings.NewReplacer(
		"/etc/letsencrypt/live/share.example.com/fullchain.pem", certificate,
		"/etc/letsencrypt/live/share.example.com/privkey.pem", key,
		"/var/log/nginx", p.logs,
		"listen 80;", "listen 127.0.0.1:"+plainPort+";",
		"listen 443 ", "listen 127.0.0.1:"+p.publicPort()+" ",
		"127.0.0.1:8080", "127.0.0.1:"+p.port(),
		"https://share.example.com", p.public,
		"share.example.com", "localhost",
	).Replace(change(string(text)))
	var user string
	if os.Getuid() == 0 {
		user = "user root;"
	}
	outer := fmt.Sprintf(`daemon off; %s pid %s/nginx.pid; error_log %s/error.log;
events {}
http {
	access_log %[3]s/access.log;
	client_body_temp_path %[2]s/body; proxy_temp_path %[2]s/proxy; fastcgi_temp_path %[2]s/f;
	uwsgi_temp_path %[2]s/u; scgi_temp_path %[2]s/s;
	include %[2]s/site.conf;
}
`, user, folder, p.logs)
	writeFile(t, filepath.Join(folder, "site.conf"), site)
	writeFile(t, filepath.Join(folder, "nginx.conf"), outer)
	path, err := exec.LookPath("nginx")
	if err != nil {
		path = "/usr/sbin/nginx"
	}
	p.runProxy(t, exec.Command(path, "-c", filepath.Join(folder, "nginx.conf"), "-p", folder))
}

// startCaddy runs Caddy with the project's file. Its certificate comes from an authority of its
// own, which it does not add to this machine's.
func (p *proxiedServer) startCaddy(t *testing.T) {
	t.Helper()
	text, err := os.ReadFile("../deploy/Caddyfile")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	file := filepath.Join(folder, "Caddyfile")
	writeFile(t, file, strings.NewReplacer(
		"share.example.com", "localhost:"+p.publicPort(), "127.0.0.1:8080", "127.0.0.1:"+p.port(),
	).Replace(string(text)))
	adapted, err := exec.Command("caddy", "adapt", "--config", file).Output()
	if err != nil {
		t.Fatalf("caddy adapt: %v (scripts/needs installs Caddy)", err)
	}
	var config map[string]any
	if err := json.Unmarshal(adapted, &config); err != nil {
		t.Fatal(err)
	}
	_, plainPort, _ := strings.Cut(freePort(t), ":")
	apps := config["apps"].(map[string]any)
	apps["pki"] = map[string]any{
		"certificate_authorities": map[string]any{"local": map[string]any{"install_trust": false}},
	}
	apps["http"].(map[string]any)["http_port"] = json.Number(plainPort)
	config["admin"] = map[string]any{"disabled": true}
	changed, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(folder, "caddy.json"), string(changed))
	cmd := exec.Command("caddy", "run", "--config", filepath.Join(folder, "caddy.json"))
	cmd.Env = []string{"HOME=" + folder, "XDG_DATA_HOME=" + folder, "XDG_CONFIG_HOME=" + folder}
	root := filepath.Join(folder, "caddy/pki/authorities/local/root.crt")
	p.runProxy(t, cmd, root)
}

// runProxy starts a proxy, waits until it answers, and trusts the root certificate that it made,
// if any.
func (p *proxiedServer) runProxy(t *testing.T, cmd *exec.Cmd, root ...string) {
	t.Helper()
	output, err := os.Create(filepath.Join(p.logs, "output"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = output.Close() })
	cmd.Stdout, cmd.Stderr = output, output
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	if err := cmd.Start(); err != nil {
		t.Fatalf("%v (scripts/needs installs it)", err)
	}
	exited := make(chan struct{})
	go func() { _ = cmd.Wait(); close(exited) }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		<-exited
	})
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if p.trust(root...) && p.answers() {
			return
		}
	}
	said, _ := os.ReadFile(output.Name())
	t.Fatalf("the proxy does not answer:\n%s", said)
}

// trust loads the root certificates and reports whether they exist.
func (p *proxiedServer) trust(root ...string) bool {
	for _, file := range root {
		text, err := os.ReadFile(file)
		if err != nil || os.WriteFile(p.roots, text, 0o600) != nil {
			return false
		}
	}
	text, err := os.ReadFile(p.roots)
	p.pool = x509.NewCertPool()
	return err == nil && p.pool.AppendCertsFromPEM(text)
}

func (p *proxiedServer) answers() bool {
	c := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: p.pool}}}
	resp, err := c.Get(p.public + "/healthz")
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// newCertificate creates a self-signed certificate for localhost.
func (p *proxiedServer) newCertificate(t *testing.T, folder string) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, IsCA: true,
		BasicConstraintsValid: true, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	certificate, key = filepath.Join(folder, "fullchain.pem"), filepath.Join(folder, "privkey.pem")
	text := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	writeFile(t, certificate, text)
	writeFile(t, p.roots, text)
	writeFile(t, key, string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: encoded})))
	return certificate, key
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// startStrictMailServer starts a mail server that wants a full host name in EHLO and offers
// STARTTLS with a certificate that it signed itself. It returns the certificate's PEM file.
func startStrictMailServer(t *testing.T) (m *mailServer, certificate string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour),
		NotAfter:    time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	raw, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate = filepath.Join(t.TempDir(), "mail.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw})
	if err := os.WriteFile(certificate, text, 0o600); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m = &mailServer{url: "smtp://" + listener.Addr().String()}
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		if !strings.Contains(c.Hostname(), ".") {
			return nil, errors.New("a full host name is needed")
		}
		return &mailSession{server: m}, nil
	}))
	s.Domain, s.ErrorLog = "localhost", log.New(io.Discard, "", 0)
	s.TLSConfig = &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{raw}, PrivateKey: key}},
	}
	go func() { _ = s.Serve(listener) }()
	t.Cleanup(func() { _ = s.Close() })
	return m, certificate
}

// TestMailTestOfTheProgram asserts that a strict mail server accepts the program's email once its
// certificate is configured, and that until then the program says how to do that.
func TestMailTestOfTheProgram(t *testing.T) {
	post, certificate := startStrictMailServer(t)
	send := func(env ...string) (string, error) {
		cmd := exec.Command(program, "mail", "test", "--to", "ann@client.example")
		cmd.Env = append([]string{
			"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "ITEMSHARE_SMTP=" + post.url,
			"ITEMSHARE_URL=https://münchen.example", "ITEMSHARE_MAIL_FROM=share@münchen.example",
		}, env...)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := send(); err == nil || !strings.Contains(out, "certificate") ||
		!strings.Contains(out, "SSL_CERT_FILE") {
		t.Errorf("an unknown certificate: %v\n%s", err, out)
	}
	if out, err := send("SSL_CERT_FILE="+certificate, "ITEMSHARE_MAIL_HELO=short"); err == nil ||
		!strings.Contains(out, "a full host name is needed") {
		t.Errorf("greeted with a short name: %v\n%s", err, out)
	}
	out, err := send("SSL_CERT_FILE=" + certificate)
	if err != nil || !strings.Contains(out, "The mail server answered: 250 2.0.0 OK: queued") {
		t.Fatalf("%v\n%s", err, out)
	}
	got := post.received()
	if len(got) != 1 || got[0].from != "share@xn--mnchen-3ya.example" || got[0].to != "ann@client.example" ||
		!strings.Contains(bodyOf(got[0].text), "https://m") {
		t.Errorf("received %+v", got)
	}
}

// TestHostOfAnotherScript asserts that a server whose URL has an internationalized host answers
// to its A-label, as browsers send it, and to no other name.
func TestHostOfAnotherScript(t *testing.T) {
	s := start(t, withoutDemo, func(s *server) {
		s.env = append(s.env, "ITEMSHARE_URL=https://münchen.example")
	})
	s.addAdmin("ann@company.example")
	ask := func(method, host string, form url.Values, header ...string) int {
		req, err := http.NewRequest(method, s.url+"/signin", strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for i := 0; i+1 < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	const host = "xn--mnchen-3ya.example"
	if got := ask(http.MethodGet, host, nil); got != http.StatusOK {
		t.Errorf("its own host: %d", got)
	}
	if got := ask(http.MethodGet, "munchen.example", nil); got != http.StatusMisdirectedRequest {
		t.Errorf("another host: %d", got)
	}
	form := url.Values{"email": {"ann@client.example"}, "password": {"wrong"}}
	if got := ask(
		http.MethodPost,
		host,
		form,
		"Origin",
		"https://"+host,
		"Sec-Fetch-Site",
		"same-origin",
	); got != http.StatusUnauthorized {
		t.Errorf("a form of its own page: %d", got)
	}
	if !strings.Contains(s.log.tail(40), "https://"+host) {
		t.Errorf("the log does not name the A-label:\n%s", s.log.tail(40))
	}
}

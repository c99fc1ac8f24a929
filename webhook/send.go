package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unicode"
)

const (
	sendTime    = 10 * time.Second // for a whole request
	connectTime = 5 * time.Second
	maxRead     = 2 << 10  // bytes of an answer
	maxHeader   = 16 << 10 // bytes of its header
	maxWords    = 200      // characters of an answer that are shown
	idleTime    = 30 * time.Second
)

// Sender sends one message. It follows no redirect, uses no proxy, and connects to no private
// address outside the allowed networks.
type Sender struct{ secure, plain *http.Client }

// NewSender returns a Sender that may also connect to the allowed networks, without TLS too.
func NewSender(allowed []netip.Prefix) *Sender {
	return &Sender{newClient(allowed, false), newClient(allowed, true)}
}

func newClient(allowed []netip.Prefix, plain bool) *http.Client {
	dialer := &net.Dialer{Timeout: connectTime, Control: refuse(allowed, plain)}
	return &http.Client{
		Timeout: sendTime,
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: connectTime,
			MaxResponseHeaderBytes: maxHeader, MaxIdleConnsPerHost: inFlight, MaxConnsPerHost: inFlight,
			IdleConnTimeout: idleTime, ForceAttemptHTTP2: true,
			TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// message is one signed request.
type message struct {
	url, id string
	secrets []Secret
	at      time.Time
	body    []byte
}

// Answer is what a receiver answered: the status, 0 for none, and its words or why there are none.
type Answer struct {
	Status int
	Words  string
}

// Accepted reports whether the receiver took the message.
func (a Answer) Accepted() bool { return a.Status >= 200 && a.Status < 300 }

// Send sends a message once.
func (s *Sender) Send(ctx context.Context, m message) Answer {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, m.url, bytes.NewReader(m.body))
	if err != nil {
		return Answer{Words: "The URL can't be used."}
	}
	request.Header = http.Header{
		"Content-Type":      {"application/json"},
		"User-Agent":        {"itemshare"},
		"Webhook-Id":        {m.id},
		"Webhook-Timestamp": {strconv.FormatInt(m.at.Unix(), 10)},
		"Webhook-Signature": {signature(m.secrets, m.id, m.at, m.body)},
	}
	client := s.secure
	if request.URL.Scheme == "http" {
		client = s.plain
	}
	response, err := client.Do(request)
	if err != nil {
		return Answer{Words: reasonOf(err)}
	}
	defer response.Body.Close()
	words, err := io.ReadAll(io.LimitReader(response.Body, maxRead))
	if err != nil { // the status has arrived, and counts
		words = nil
	}
	return Answer{response.StatusCode, clean(string(words))}
}

// reasonOf says why there is no answer. The error itself names the URL, which may hold a secret.
func reasonOf(err error) string {
	var network net.Error
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.Is(err, errPrivate):
		return errPrivate.Error()
	case errors.As(err, &certificate):
		return clean("The certificate isn't trusted: " + certificate.Err.Error())
	case errors.As(err, &dns):
		return "The name couldn't be found."
	case errors.As(err, &network) && network.Timeout():
		return fmt.Sprintf("No answer within %d seconds.", int(sendTime.Seconds()))
	case errors.Is(err, context.Canceled):
		return "The server stopped."
	}
	return "Couldn't connect."
}

// clean returns words on one line, without control characters and within bounds.
func clean(words string) string {
	words = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r):
			return ' '
		case unicode.IsGraphic(r) && r != unicode.ReplacementChar:
			return r
		}
		return -1
	}, words)
	text := []rune(strings.Join(strings.Fields(words), " "))
	if len(text) > maxWords {
		text = append(text[:maxWords-1], '…')
	}
	return string(text)
}

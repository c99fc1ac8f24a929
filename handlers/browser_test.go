package handlers

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"itemshare/vault"
)

// browser is one user's browser without scripts.
type browser struct {
	app    *app
	client *http.Client
}

func (a *app) browser() *browser {
	jar, err := cookiejar.New(nil)
	a.must(err)
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, a.addr)
	}
	transport := &http.Transport{
		DialContext: dial, DisableCompression: true, MaxIdleConnsPerHost: 64,
	}
	a.t.Cleanup(transport.CloseIdleConnections)
	return &browser{a, &http.Client{
		Transport: transport, Jar: jar, Timeout: time.Minute,
		CheckRedirect: func(*http.Request,
			[]*http.Request,
		) error {
			return http.ErrUseLastResponse
		},
	}}
}

func (a *app) signIn(email string) *browser {
	a.t.Helper()
	b := a.browser()
	if r := b.post("/signin", url.Values{
		"email": {email}, "password": {password},
	}); r.status != http.StatusSeeOther {
		a.t.Fatalf("sign in as %s: %v", email, r)
	}
	return b
}

// reply is an HTTP response, read to its end.
type reply struct {
	status int
	header http.Header
	body   string
}

func (r reply) String() string {
	return http.StatusText(r.status) + "\n" + r.body[:min(len(r.body), 2000)]
}

// do sends a request with header pairs and returns the response, which must match the OpenAPI
// document if that describes the call.
func (b *browser) do(method, path string, body io.Reader, header ...string) reply {
	b.app.t.Helper()
	req, err := http.NewRequestWithContext(
		b.app.t.Context(), method, "http://"+b.app.base.Host+path, body,
	)
	b.app.must(err)
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
			continue
		}
		req.Header.Add(header[i], header[i+1])
	}
	resp, err := b.client.Do(req)
	b.app.must(err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	b.app.must(err)
	r := reply{resp.StatusCode, resp.Header, string(text)}
	b.app.wantDescribed(method, req.URL.Path, r)
	return r
}

func (b *browser) get(path string, header ...string) reply {
	b.app.t.Helper()
	return b.do(http.MethodGet, path, nil, header...)
}

func (b *browser) post(path string, form url.Values, header ...string) reply {
	b.app.t.Helper()
	return b.do(
		http.MethodPost,
		path,
		strings.NewReader(form.Encode()),
		append([]string{"Content-Type", "application/x-www-form-urlencoded"}, header...)...)
}

// share posts the share form of an item and returns the link and the share's ID.
func (b *browser) share(item vault.Item, form url.Values) (link, id string) {
	b.app.t.Helper()
	sent := url.Values{"access": {"anyone"}}
	for name, values := range form {
		sent[name] = values
	}
	r := b.post(itemPath(item)+"/share", sent)
	found := linkInput.FindStringSubmatch(r.body)
	about := shareAddress.FindStringSubmatch(r.body)
	if r.status != http.StatusCreated || found == nil || about == nil {
		b.app.t.Fatalf("share: %v", r)
	}
	return found[1], about[1]
}

func (r reply) errors() []string {
	var codes []string
	for _, found := range errorCode.FindAllStringSubmatch(r.body, -1) {
		codes = append(codes, found[1])
	}
	return codes
}

// stableText returns the response without the headers that differ each time.
func (r reply) stableText() string {
	header := r.header.Clone()
	header.Del("Date")
	header.Del("X-Request-Id")
	return fmt.Sprint(r.status, header, r.body)
}

func (b *browser) send(method, path string, form url.Values) reply {
	b.app.t.Helper()
	switch {
	case method == http.MethodPost && strings.HasSuffix(path, "/files"):
		return b.upload(path, [2]string{"a.txt", "text"})
	case method == http.MethodPost:
		return b.post(path, form)
	}
	return b.do(method, path, nil)
}

// upload posts a form with files, each a name and its content.
func (b *browser) upload(path string, files ...[2]string) reply {
	b.app.t.Helper()
	body, kind := multipartOf(b.app.t, nil, files...)
	return b.do(http.MethodPost, path, body, "Content-Type", kind)
}

// multipartOf returns a form with files and its media type.
func multipartOf(
	t testing.TB, values url.Values, files ...[2]string,
) (body *bytes.Buffer, kind string) {
	t.Helper()
	body = &bytes.Buffer{}
	form := multipart.NewWriter(body)
	write := func(w io.Writer, err error, text string) {
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, all := range values {
		for _, value := range all {
			w, err := form.CreateFormField(name)
			write(w, err, value)
		}
	}
	for _, file := range files {
		w, err := form.CreateFormFile("file", file[0])
		write(w, err, file[1])
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	return body, form.FormDataContentType()
}

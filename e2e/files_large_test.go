package e2e

import (
	"crypto/sha256"
	"database/sql"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var fileLink = regexp.MustCompile(`/vaults/[^"]+/files/[^"/]+`)

// noise returns n bytes that no compression shortens, the same each time.
func noise(n int64) io.Reader {
	return io.LimitReader(rand.NewChaCha8([32]byte{1}), n)
}

// uploadNoise posts a form with a file of n bytes as they come. until stops it there, 0 for never.
func (c *client) uploadNoise(path string, values url.Values, n, until int64) (reply, error) {
	c.t.Helper()
	from, to := io.Pipe()
	form := multipart.NewWriter(to)
	go func() {
		var err error
		for name, all := range values {
			for _, value := range all {
				err = form.WriteField(name, value)
			}
		}
		part, partErr := form.CreateFormFile("file", "large.bin")
		if err == nil && partErr == nil && until > 0 {
			_, _ = io.Copy(part, noise(until))
			return // and sends nothing more
		}
		if err == nil && partErr == nil {
			_, err = io.Copy(part, noise(n))
		}
		_ = form.Close()
		to.CloseWithError(err)
	}()
	req, err := http.NewRequest(http.MethodPost, c.base+path, from)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	resp, err := c.http.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, string(text)}, err
}

// memory returns a line of the server's memory in bytes, such as VmRSS or its peak VmHWM.
func (s *server) memory(line string) int64 {
	s.t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		s.t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), line+":")
	kibibytes, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
	if err != nil {
		s.t.Fatal(err)
	}
	return kibibytes << 10
}

// TestMemoryOfLargeFiles asserts that a file of 100 MiB is added to an item, shared, and downloaded
// with little more memory than the idle server has, and unchanged.
func TestMemoryOfLargeFiles(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	item := c.anItem()
	pass := func(n int64) {
		if r, err := c.uploadNoise(item+"/files", nil, n, 0); err != nil ||
			r.status != http.StatusSeeOther {
			t.Fatalf("upload: %v %v", r, err)
		}
		c.share(item, url.Values{"files": {"on"}})
		found := fileLink.FindAllString(c.get(item).body, -1)
		resp, err := c.http.Get(c.base + found[len(found)-1])
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		got, want := sha256.New(), sha256.New()
		size, err := io.Copy(got, resp.Body)
		_, _ = io.Copy(want, noise(n))
		if err != nil || size != n || string(got.Sum(nil)) != string(want.Sum(nil)) {
			t.Errorf("%d bytes were downloaded: %v", size, err)
		}
	}
	pass(8 << 20) // the database's cache and the heap have their sizes
	idle := s.memory("VmRSS")
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", s.cmd.Process.Pid), []byte("5"), 0); err != nil {
		t.Skip("the peak can't be reset here")
	}
	pass(100 << 20)
	more := s.memory("VmHWM") - idle
	t.Logf("%.1f MiB more than the idle %.1f", float64(more)/(1<<20), float64(idle)/(1<<20))
	if more > 40<<20 { // about 13 on an idle machine; a file in memory would be 100
		t.Error("the file was held in memory")
	}
}

// TestKilledInAnUpload asserts that nothing of a half upload is seen after kill -9, and that what it
// staged is swept.
func TestKilledInAnUpload(t *testing.T) {
	s := start(t)
	path := filepath.Join(s.data, "itemshare.db")
	if _, err := os.Stat(path); err != nil {
		t.Skip("PostgreSQL stages the same rows")
	}
	c := signedIn(t, s, admin)
	item := c.anItem()
	before := c.get(item).body
	for _, target := range []struct {
		path   string
		values url.Values
	}{{item + "/files", nil}, {"/share", url.Values{"access": {"anyone"}}}} {
		go func() { _, _ = c.uploadNoise(target.path, target.values, 100<<20, 10<<20) }()
	}
	s.awaitRows("SELECT count(*) >= 5 FROM file_chunks WHERE file_id IN "+
		"(SELECT id FROM files WHERE stage_id IS NOT NULL)", 1)
	s.awaitRows("SELECT count(*) >= 5 FROM share_chunks", 1)
	s.kill()
	database, err := sql.Open("sqlite3", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"item_stages", "share_stages"} { // as if a day had passed
		if _, err := database.Exec("UPDATE " + table + " SET staged_at = 1"); err != nil {
			t.Fatal(err)
		}
	}
	if err := database.Close(); err != nil {
		t.Fatal(err)
	}
	s.run()
	for _, table := range []string{"item_stages", "share_stages", "share_chunks"} {
		s.awaitRows("SELECT count(*) FROM "+table, 0)
	}
	s.awaitRows("SELECT count(*) FROM files WHERE stage_id IS NOT NULL", 0)
	if after := signedIn(t, s, admin).get(item).body; strings.Count(after, `data-testid="file"`) !=
		strings.Count(before, `data-testid="file"`) {
		t.Error("the item has another file")
	}
}

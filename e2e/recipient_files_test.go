package e2e

import (
	"bytes"
	"crypto/rand"
	"net/http"
	"os"
	"testing"
)

// withFile returns the item one file of a few chunks and shows it.
func withFile(
	t *testing.T,
	program *server,
	name string,
	content []byte,
) (*stage, *page, [][]byte) {
	t.Helper()
	var chunks [][]byte
	s, p := onStage(t, program, func(s *stage) {
		chunks = s.attach(name, content)
		s.serve(chunks)
	})
	pressShow(p, s)
	p.await(`[data-testid=download]`)
	return s, p, chunks
}

// download opens a link with one file in an engine and returns the file as it was saved.
func download(
	t *testing.T, program *server, open opener, name string, content []byte, saved string,
) (*stage, reader, []byte) {
	t.Helper()
	s, r := onStageIn(open, t, program, func(s *stage) { s.serve(s.attach(name, content)) })
	dir := r.downloads()
	pressShow(r, s)
	r.click(`[data-testid=download]`)
	return s, r, awaitFile(t, dir, saved)
}

func theVeryBytes(t *testing.T, program *server, open opener) {
	content := make([]byte, 5*chunkSize+123)
	_, _ = rand.Read(content)
	s, r, got := download(t, program, open, "../a\u202eb/c\x00.pdf", content, "_ab_c.pdf")
	if !bytes.Equal(got, content) {
		t.Error("other bytes were downloaded")
	}
	r.await(`[data-file=done]`)
	first := s.heard("open")[0]
	for i, body := range s.heard("file") {
		if body["view"] != first["view"] || body["chunk"] != float64(i) ||
			body["index"] != 0.0 || len(body) != 5 {
			t.Errorf("chunk %d was asked for with %v", i, body)
		}
	}
	r.clean()
}

func saysTheName(t *testing.T, program *server, open opener) {
	_, r, got := download(t, program, open, ".env", []byte("A=1"), "env")
	if string(got) != "A=1" {
		t.Errorf("%q was downloaded", got)
	}
	r.awaitText("Downloaded as env.")
	r.clean()
}

func anEmptyFile(t *testing.T, program *server, open opener) {
	_, r, got := download(t, program, open, "empty.txt", nil, "empty.txt")
	if len(got) != 0 {
		t.Errorf("%d bytes", len(got))
	}
	r.clean()
}

func TestRecipientDownloads(t *testing.T) {
	program := start(t)
	content := make([]byte, 5*chunkSize+123)
	_, _ = rand.Read(content)

	t.Run("the very bytes, under a cleaned name", func(t *testing.T) {
		theVeryBytes(t, program, inChromium)
	})
	t.Run("says under which name", func(t *testing.T) { saysTheName(t, program, inChromium) })
	t.Run("an empty file", func(t *testing.T) { anEmptyFile(t, program, inChromium) })
	for why, tamper := range map[string]func([][]byte) [][]byte{
		"chunks in another order": func(c [][]byte) [][]byte {
			return [][]byte{c[1], c[0], c[2], c[3], c[4], c[5]}
		},
		"a cut chunk": func(c [][]byte) [][]byte {
			return [][]byte{c[0][:100], c[1], c[2], c[3], c[4], c[5]}
		},
		"a chunk too long": func(c [][]byte) [][]byte {
			return [][]byte{c[0], append(c[1], 0), c[2], c[3], c[4], c[5]}
		},
		"the last one repeated": func(c [][]byte) [][]byte {
			return [][]byte{c[0], c[1], c[2], c[3], c[5], c[5]}
		},
	} {
		t.Run("refuses "+why, func(t *testing.T) {
			s, p, chunks := withFile(t, program, "file.bin", content)
			dir := p.downloads()
			s.serve(tamper(chunks))
			p.click(`[data-testid=download]`)
			p.awaitText("damaged, so it wasn't saved")
			if left, _ := os.ReadDir(dir); len(left) != 0 {
				t.Errorf("%v was saved", left)
			}
			p.clean()
		})
	}
	t.Run("cancel, then go on where it stopped", func(t *testing.T) {
		s, p, chunks := withFile(t, program, "file.bin", content)
		dir := p.downloads()
		reached, hold := make(chan struct{}), make(chan struct{})
		defer close(hold)
		s.on("file", func(body with) said {
			if n := int(body["chunk"].(float64)); n < 3 {
				return said{status: http.StatusOK, body: chunks[n]}
			}
			close(reached)
			<-hold
			return said{drop: true}
		})
		p.click(`[data-testid=download]`)
		<-reached
		p.awaitText("192 KiB of 320.1 KiB")
		p.click(`[data-testid=cancel]`)
		p.awaitText("Cancelled")
		s.serve(chunks)
		before := len(s.heard("file"))
		p.click(`[data-testid=download]`)
		if got := awaitFile(t, dir, "file.bin"); !bytes.Equal(got, content) {
			t.Error("other bytes were downloaded")
		}
		if again := len(s.heard("file")) - before; again != 3 {
			t.Errorf("%d chunks were fetched after the pause, want 3", again)
		}
	})
	t.Run("a dropped chunk is fetched again", func(t *testing.T) {
		s, p, chunks := withFile(t, program, "file.bin", content)
		dir := p.downloads()
		dropped := false
		s.on("file", func(body with) said {
			if !dropped && body["chunk"] == 2.0 {
				dropped = true
				return said{drop: true, started: true, status: http.StatusOK, body: chunks[2]}
			}
			return said{status: http.StatusOK, body: chunks[int(body["chunk"].(float64))]}
		})
		p.click(`[data-testid=download]`)
		if got := awaitFile(t, dir, "file.bin"); !bytes.Equal(got, content) {
			t.Error("other bytes were downloaded")
		}
	})
	t.Run("says when the time is over", func(t *testing.T) {
		s, p, _ := withFile(t, program, "file.bin", content)
		s.on("file", func(with) said { return problem(http.StatusGone, "viewed") })
		p.click(`[data-testid=download]`)
		p.awaitText("The time to download is over")
		p.clean()
	})
}

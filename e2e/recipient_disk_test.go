package e2e

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"testing"
)

// pickFile makes the page's picker of files choose a file of the page's own storage, under the name
// that the page suggests, and returns an expression for the SHA-256 of that file in hexadecimal, ""
// while it is empty.
func pickFile(p *page, before string) string {
	eval[string](p, fmt.Sprintf(`window.showSaveFilePicker = async ({ suggestedName }) => {
		%s
		const root = await navigator.storage.getDirectory();
		return window.picked = await root.getFileHandle(suggestedName, { create: true });
	}, ""`, before))
	return `picked.getFile().then(async (file) => file.size === 0 ? "" : Array.from(
		new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer())),
		(byte) => byte.toString(16).padStart(2, "0")).join(""))`
}

// TestRecipientStreamsToDisk asserts that a large file goes to disk chunk by chunk where the browser
// can, resumes there, and appears only once it is whole.
func TestRecipientStreamsToDisk(t *testing.T) {
	program := start(t)
	content := make([]byte, 16<<20+123)
	_, _ = rand.Read(content)
	sum := sha256.Sum256(content)
	want := hex.EncodeToString(sum[:])
	fails := func(chunk float64, answer said, chunks [][]byte) func(with) said {
		return func(body with) said {
			if body["chunk"].(float64) >= chunk {
				return answer
			}
			return said{status: http.StatusOK, body: chunks[int(body["chunk"].(float64))]}
		}
	}

	t.Run("the very bytes, after the connection was lost", func(t *testing.T) {
		s, p, chunks := withFile(t, program, "../plan.bin", content)
		saved := pickFile(p, "")
		s.on("file", fails(200, said{drop: true}, chunks))
		p.click(`[data-testid=download]`)
		p.awaitText("Connection lost")
		if got := eval[string](p, saved); got != "" {
			t.Error("a part of the file was saved")
		}
		s.serve(chunks)
		before := len(s.heard("file"))
		p.click(`[data-testid=download]`)
		p.await(`[data-file=done]`)
		if got := eval[string](p, saved); got != want {
			t.Errorf("other bytes were saved: %q", got)
		}
		if name := eval[string](p, `picked.name`); name != "_plan.bin" {
			t.Errorf("the name %q was suggested", name)
		}
		if again := len(s.heard("file")) - before; again != len(chunks)-200 {
			t.Errorf("%d chunks were fetched after the pause", again)
		}
	})
	t.Run("nothing of a damaged file", func(t *testing.T) {
		s, p, chunks := withFile(t, program, "plan.bin", content)
		saved := pickFile(p, "")
		s.on("file", fails(200, said{status: http.StatusOK, body: chunks[3]}, chunks))
		p.click(`[data-testid=download]`)
		p.awaitText("damaged, so it wasn't saved")
		if got := eval[string](p, saved); got != "" {
			t.Error("a part of the file was saved")
		}
		p.clean()
	})
	t.Run("not chosen", func(t *testing.T) {
		s, p, _ := withFile(t, program, "plan.bin", content)
		pickFile(p, `throw new DOMException("", "AbortError");`)
		p.click(`[data-testid=download]`)
		p.awaitText("Cancelled.")
		if n := len(s.heard("file")); n != 0 {
			t.Errorf("%d chunks were fetched", n)
		}
		p.clean()
	})
	t.Run("a full disk", func(t *testing.T) {
		_, p, _ := withFile(t, program, "plan.bin", content)
		pickFile(p, `return { createWritable: async () => ({
			write: async () => { throw new DOMException("", "QuotaExceededError"); },
			abort: async () => {},
		}) };`)
		p.click(`[data-testid=download]`)
		p.awaitText("Check the free space.")
		p.clean()
	})
}

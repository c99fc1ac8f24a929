package handlers

import (
	"crypto/aes"
	"crypto/cipher"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"itemshare/vault"
)

// largeFile is the size in MiB of the file of BenchmarkLargeFile.
const largeFile = 100

// BenchmarkLargeFile attaches a file of 100 MiB to an item, shares it and fetches it by the link, and in
// turn writes it to a file, synced, and seals it in memory. It reports the median MiB a second of each.
func BenchmarkLargeFile(b *testing.B) {
	a := newApp(b, appOptions{maxFile: largeFile << 20})
	editor, sharer := a.addEditor("Editor"), a.addProgram("Sharer", true, a.team.ID)
	content := strings.Repeat("a file of 64 letters, for which it is all the same how it ends.\n", largeFile<<14)
	rates := map[string][]float64{}
	measure := func(what string, do func()) {
		began := time.Now()
		do()
		rates[what] = append(rates[what], largeFile/time.Since(began).Seconds())
	}
	for b.Loop() {
		item := a.addItem(newLogin(a.team.ID, "With a large file"))
		measure("up", func() { attachLarge(b, editor, item, content) })
		var l link
		measure("share", func() {
			l = a.link(sharer.createShare(item, `{"files":true}`).Link)
		})
		view := newView()
		l.open(object{"view": view})
		measure("down", func() {
			for i := range largeFile {
				if r := l.call("file", object{"view": view, "index": 0, "chunk": i}); r.status != http.StatusOK {
					b.Fatalf("chunk %d: %v", i, r)
				}
			}
		})
		measure("write-and-sync", func() { a.must(writeSynced(filepath.Join(b.TempDir(), "copy"), content)) })
		measure("AES-GCM", func() { sealOnce(b, content) })
	}
	b.ReportMetric(0, "ns/op") // hides a number that has no meaning here
	for what, values := range rates {
		slices.Sort(values)
		b.ReportMetric(values[len(values)/2], what+"-MiB/s")
	}
}

func attachLarge(b *testing.B, p program, item vault.Item, content string) {
	b.Helper()
	if r := p.call("POST", itemPath(item)+"/files?name=large", content); r.status != http.StatusCreated {
		b.Fatalf("attach: %v", r)
	}
}

func writeSynced(path, content string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := file.WriteString(content); err != nil {
		return err
	}
	return file.Sync()
}

// sealOnce seals a content in chunks of 1 MiB.
func sealOnce(b *testing.B, content string) {
	b.Helper()
	block, err := aes.NewCipher(make([]byte, 32))
	if err != nil {
		b.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		b.Fatal(err)
	}
	out, nonce := make([]byte, 0, 1<<20+gcm.Overhead()), make([]byte, gcm.NonceSize())
	for chunk := range slices.Chunk([]byte(content), 1<<20) {
		nonce[0]++
		gcm.Seal(out, nonce, chunk, nil)
	}
}

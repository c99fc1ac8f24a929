package e2e

import (
	"bytes"
	"crypto/rand"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// TestDownload asserts that the item's page downloads a file, with and without scripts, and stays.
func TestDownload(t *testing.T) {
	s := start(t)
	item := signedIn(t, s, admin).items("Build server")[0]
	for name, options := range map[string][]pageOption{
		"with scripts": nil, "without scripts": {withoutScripts},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPage(t, s, phone, options...)
			p.signIn(admin)
			p.visit(item)
			dir := p.downloads()
			p.click(`[data-testid=download]`)
			got := awaitFile(t, dir, "access.log")
			lines := bytes.Count(got, []byte("\n"))
			if len(got) < 3<<20 ||
				!bytes.HasSuffix(got, []byte(fmt.Sprintf("/status/%d 200\n", lines-1))) {
				t.Errorf("%d bytes in %d lines were downloaded", len(got), lines)
			}
			p.picture("item-files-" + name)
			p.awaitPath(item)
			p.clean()
		})
	}
}

// chooseFiles puts files of this machine into a file control.
func (p *page) chooseFiles(css string, paths ...string) {
	p.t.Helper()
	p.do("choose files", chromedp.SetUploadFiles(chromedp.CSS(css), paths))
}

// newFile returns the path of a new file on this machine.
func newFile(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// give dispatches an event that brings a file with it, as a drop or a paste does.
func (p *page) give(event, name, text string) {
	p.t.Helper()
	eval[bool](p, fmt.Sprintf(`(() => {
		const data = new DataTransfer();
		data.items.add(new File([%s], %s));
		const event = %s === "drop" ? DragEvent : ClipboardEvent;
		return document.body.dispatchEvent(new event(%[3]s, {
			dataTransfer: data, clipboardData: data, bubbles: true, cancelable: true }));
	})()`, quote(text), quote(name), quote(event)))
}

// TestUpload asserts that files are chosen, dropped and pasted, downloaded again and deleted.
func TestUpload(t *testing.T) {
	s := start(t)
	item := signedIn(t, s, admin).anItem()
	content := make([]byte, 3<<20+5)
	_, _ = rand.Read(content)
	plan, notes := newFile(t, "plan.bin", content), newFile(t, "notes.txt", []byte("notes"))
	p := newPage(t, s, phone)
	p.signIn(admin)
	p.visit(item)
	before := p.count(`[data-testid=file]`)
	p.chooseFiles(`#file`, plan, notes)
	p.awaitCount(`[data-testid=file]`, before+2)
	p.give("drop", "dropped.txt", "dropped")
	p.awaitCount(`[data-testid=file]`, before+3)
	p.give("paste", "pasted.png", "pasted")
	p.awaitCount(`[data-testid=file]`, before+4)
	p.awaitGone(`[data-uploads] li`)
	p.picture("uploaded")
	dir := p.downloads()
	p.click(fmt.Sprintf(`[data-testid=file]:nth-child(%d) [data-testid=download]`, before+1))
	if got := awaitFile(t, dir, "plan.bin"); !bytes.Equal(got, content) {
		t.Errorf("%d other bytes were downloaded", len(got))
	}
	p.click(
		fmt.Sprintf(`[data-testid=file]:nth-child(%d) [data-testid=delete-file] summary`, before+1),
	)
	p.picture("delete-file")
	p.click(`dialog[open] [data-testid=delete]`)
	p.awaitCount(`[data-testid=file]`, before+3)
	p.clean()
}

// awaitCount waits for a number of elements.
func (p *page) awaitCount(css string, n int) {
	p.t.Helper()
	p.awaitTrue(
		fmt.Sprintf("%d elements %s", n, css),
		fmt.Sprintf("document.querySelectorAll(%s).length === %d", quote(css), n),
	)
}

// TestUploadWithoutScripts asserts that the plain form adds several files, and says what is wrong.
func TestUploadWithoutScripts(t *testing.T) {
	s := start(t)
	item := signedIn(t, s, admin).anItem()
	p := newPage(t, s, desktop, withoutScripts)
	p.signIn(admin)
	p.visit(item)
	before := p.count(`[data-testid=file]`)
	p.click(`[data-testid=upload]`)
	p.await(`#problem-file`)
	p.visit(item)
	p.chooseFiles(`#file`, newFile(t, "a.txt", []byte("a")), newFile(t, "b.txt", []byte("b")))
	p.click(`[data-testid=upload]`)
	p.awaitCount(`[data-testid=file]`, before+2)
	p.awaitPath(item)
}

// TestUploadCanceled asserts that a file shows its progress, and that nothing of it is left once it
// is canceled. One that is too large is not sent.
func TestUploadCanceled(t *testing.T) {
	s := start(t, func(s *server) { s.env = append(s.env, "ITEMSHARE_MAX_FILE_MIB=9") })
	item := signedIn(t, s, admin).anItem()
	p := newPage(t, s, desktop)
	p.signIn(admin)
	p.visit(item)
	before := p.count(`[data-testid=file]`)
	call(p, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{
			{DownloadThroughput: -1, UploadThroughput: 1 << 20},
		},
	})
	p.chooseFiles(`#file`, newFile(t, "large.bin", make([]byte, 8<<20)),
		newFile(t, "larger.bin", make([]byte, 9<<20+1)))
	p.awaitText("larger.bin")
	p.awaitText("Larger than 9 MiB, so it wasn't sent.")
	p.awaitTrue("progress", `document.querySelector("[data-progress]").value > 0`)
	p.picture("uploading")
	axe(t, p)
	p.click(`[data-uploads] li:first-child [data-cancel]`)
	p.awaitCount(`[data-uploads] li`, 1)
	p.click(`[data-uploads] li:first-child [data-cancel]`)
	p.awaitCount(`[data-uploads] li`, 0)
	if n := p.count(`[data-testid=file]`); n != before {
		t.Errorf("%d files", n)
	}
	p.clean()
	s.awaitRows("SELECT count(*) FROM item_stages", 0)
}

// awaitRows waits until a query of a SQLite database returns a number. PostgreSQL's is not asked.
func (s *server) awaitRows(query string, want int) {
	s.t.Helper()
	path := filepath.Join(s.data, "itemshare.db")
	if _, err := os.Stat(path); err != nil {
		return
	}
	database, err := sql.Open("sqlite3", "file:"+path+"?mode=ro")
	if err != nil {
		s.t.Fatal(err)
	}
	defer database.Close()
	n := -1
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if err := database.QueryRow(query).Scan(&n); err != nil {
			s.t.Fatal(err)
		}
		if n == want {
			return
		}
	}
	s.t.Errorf("%s: %d, want %d", query, n, want)
}

package e2e

import (
	"bytes"
	"fmt"
	"testing"
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
			if len(got) < 3<<20 || !bytes.HasSuffix(got, []byte(fmt.Sprintf("/status/%d 200\n", lines-1))) {
				t.Errorf("%d bytes in %d lines were downloaded", len(got), lines)
			}
			p.picture("item-files-" + name)
			p.awaitPath(item)
			p.clean()
		})
	}
}

package local_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/seal"
	"itemshare/vault"
)

// given returns the files of a form one after the other, each named by its number.
func given(contents ...io.Reader) func() (vault.NewFile, error) {
	n := 0
	return func() (vault.NewFile, error) {
		if n == len(contents) {
			return vault.NewFile{}, io.EOF
		}
		n++
		return vault.NewFile{
			Name: fmt.Sprint("file ", n), Type: "text/plain; charset=utf-8", Content: contents[n-1],
		}, nil
	}
}

func (b *bench) content(item vault.Item, fileID string) []byte {
	b.t.Helper()
	file, err := b.OpenFile(b.t.Context(), item.VaultID, item.ID, fileID)
	if err != nil {
		b.t.Fatal(err)
	}
	content, err := io.ReadAll(file)
	if err := errors.Join(err, file.Close()); err != nil {
		b.t.Fatal(err)
	}
	return content
}

// TestAddFiles asserts that files of every size at the edges of a chunk are stored unchanged, with a
// new version of the item and an event of each.
func TestAddFiles(t *testing.T) {
	b := open(t)
	item := b.add(vault.Item{VaultID: b.vault("Team").ID, Title: "Login"}, nil)
	var contents [][]byte
	var sent []io.Reader
	for _, size := range []int{0, 1, 1<<20 - 1, 1 << 20, 1<<20 + 1, 3<<20 + 5} {
		content := make([]byte, size)
		_, _ = rand.Read(content)
		contents, sent = append(contents, content), append(sent, bytes.NewReader(content))
	}
	added, err := b.AddFiles(
		t.Context(),
		"ann",
		item.VaultID,
		item.ID,
		vault.MaxFileBytes,
		given(sent...),
	)
	if err != nil {
		t.Fatal(err)
	}
	now, err := b.Item(t.Context(), item.VaultID, item.ID)
	if err != nil || now.Version != 2 || !slices.Equal(now.Files, added) {
		t.Fatalf("%+v, %v", now, err)
	}
	for i, file := range now.Files {
		if got := b.content(now, file.ID); !bytes.Equal(got, contents[i]) ||
			file.Size != int64(len(got)) || file.Type != "text/plain" {
			t.Errorf("file %d: %+v", i, file)
		}
	}
	events := b.events(audit.FileAdded)
	if len(events) != len(contents) || events[0].Actor != "ann" ||
		events[0].Subject != item.VaultID+"/"+item.ID || events[0].Detail["version"] != "2" {
		t.Errorf("events %+v", events)
	}
}

// TestRemoveFile asserts that a removed file stays with the versions that have it.
func TestRemoveFile(t *testing.T) {
	b := open(t)
	item := b.add(vault.Item{VaultID: b.vault("Team").ID, Title: "Login"}, nil)
	added, err := b.AddFiles(t.Context(), "ann", item.VaultID, item.ID, vault.MaxFileBytes,
		given(bytes.NewReader([]byte("one")), bytes.NewReader([]byte("two"))))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.RemoveFile(t.Context(), "ben", item.VaultID, item.ID, added[0].ID); err != nil {
		t.Fatal(err)
	}
	now, err := b.Item(t.Context(), item.VaultID, item.ID)
	if err != nil || len(now.Files) != 1 || now.Files[0].Name != "file 2" || now.Version != 3 {
		t.Errorf("%+v, %v", now, err)
	}
	if _, err := b.OpenFile(t.Context(), item.VaultID, item.ID, added[0].ID); fault.KindOf(err) !=
		fault.NotFound {
		t.Errorf("the removed file: %v", err)
	}
	old, err := b.OpenVersionFile(t.Context(), item.VaultID, item.ID, 2, added[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if content, err := io.ReadAll(old); err != nil || string(content) != "one" {
		t.Errorf("in the earlier version: %q, %v", content, err)
	}
	err = b.RemoveFile(t.Context(), "ben", item.VaultID, item.ID, added[0].ID)
	if fault.KindOf(err) != fault.NotFound {
		t.Errorf("again: %v", err)
	}
}

// TestFilesThatCannotBeAdded asserts that nothing is left of files that are refused or cut off.
func TestFilesThatCannotBeAdded(t *testing.T) {
	b := open(t)
	item := b.add(vault.Item{VaultID: b.vault("Team").ID, Title: "Login"}, nil)
	broken := errors.New("the connection was lost")
	whole := bytes.NewReader(make([]byte, 2<<20))
	for what, c := range map[string]struct {
		next func() (vault.NewFile, error)
		want fault.Code
		err  error
	}{
		"none":         {given(), fault.CodeInvalid, nil},
		"too large":    {given(whole, io.LimitReader(zeros{}, vault.MaxFileBytes+1)), fault.CodeTooLarge, nil},
		"cut off":      {given(whole, io.MultiReader(io.LimitReader(zeros{}, 3<<20), failingWith{broken})), "", broken},
		"an early end": {given(failingWith{io.ErrUnexpectedEOF}), "", io.ErrUnexpectedEOF},
		"no name": {func() (vault.NewFile, error) {
			return vault.NewFile{Name: " \x00\n", Content: whole}, nil
		}, fault.CodeInvalid, nil},
	} {
		_, err := b.AddFiles(t.Context(), "ann", item.VaultID, item.ID, vault.MaxFileBytes, c.next)
		if c.err != nil && !errors.Is(err, c.err) || c.want != "" && fault.CodeOf(err) != c.want {
			t.Errorf("%s: %v", what, err)
		}
	}
	if n := b.count("files") + b.count("file_chunks") + b.count("item_stages"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	now, err := b.Item(t.Context(), item.VaultID, item.ID)
	if err != nil || now.Version != 1 {
		t.Errorf("%+v, %v", now, err)
	}
}

type failingWith struct{ err error }

func (f failingWith) Read([]byte) (int, error) { return 0, f.err }

// TestFilesBesideEdits asserts that no file and no edit is lost where many change one item at once,
// in two processes.
func TestFilesBesideEdits(t *testing.T) {
	b := open(t)
	item := b.add(vault.Item{VaultID: b.vault("Team").ID, Title: "Login"}, nil)
	other := b.process()
	const each = 8
	var running sync.WaitGroup
	for i := range each {
		running.Go(func() {
			v := b.Vault
			if i%2 == 0 {
				v = other
			}
			_, err := v.AddFiles(t.Context(), "ann", item.VaultID, item.ID, vault.MaxFileBytes,
				given(bytes.NewReader([]byte{byte(i)})))
			if err != nil {
				t.Errorf("a file: %v", err)
			}
		})
		running.Go(func() {
			for {
				now, err := other.Item(t.Context(), item.VaultID, item.ID)
				if err != nil {
					t.Error(err)
					return
				}
				now.Tags = append(now.Tags, fmt.Sprint("tag ", i))
				if _, err = other.UpdateItem(t.Context(), "ben", now, nil); err == nil {
					return
				}
				if fault.KindOf(err) != fault.Conflict {
					t.Errorf("an edit: %v", err)
					return
				}
			}
		})
	}
	running.Wait()
	now, err := b.Item(t.Context(), item.VaultID, item.ID)
	if err != nil || len(now.Files) != each || len(now.Tags) != each || now.Version != 1+2*each {
		t.Errorf(
			"%d files, %d tags, version %d: %v",
			len(now.Files),
			len(now.Tags),
			now.Version,
			err,
		)
	}
	seen := map[byte]bool{}
	for _, file := range now.Files {
		seen[b.content(now, file.ID)[0]] = true
	}
	if len(seen) != each {
		t.Errorf("contents %v", seen)
	}
}

// TestStageOfFilesSwept asserts that an item never goes live with files that were swept.
func TestStageOfFilesSwept(t *testing.T) {
	b := open(t)
	item := b.add(vault.Item{VaultID: b.vault("Team").ID, Title: "Login"}, nil)
	one := given(bytes.NewReader([]byte("one")))
	_, err := b.AddFiles(t.Context(), "ann", item.VaultID, item.ID, vault.MaxFileBytes,
		func() (vault.NewFile, error) {
			file, err := one()
			if errors.Is(err, io.EOF) {
				b.exec(`UPDATE item_stages SET staged_at = 0`)
				err = errors.Join(err, b.SweepStages(t.Context()))
			}
			return file, err
		})
	if err == nil {
		t.Error("files were added although they were swept")
	}
	if now, err := b.Item(t.Context(), item.VaultID, item.ID); err != nil || len(now.Files) != 0 {
		t.Errorf("%+v, %v", now, err)
	}
}

// events returns the audit events of a kind, newest first.
func (b *bench) events(kind audit.Kind) (all []audit.Event) {
	b.t.Helper()
	log := audit.NewLog(b.ring.Box(seal.Audit), b.ring.Hasher(seal.Addresses))
	records, err := b.db.FindRecords(
		b.t.Context(), audit.Filter{Kind: kind, Limit: 100},
	)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, r := range records {
		event, err := log.Event(r.Entry)
		if err != nil {
			b.t.Fatal(err)
		}
		all = append(all, event)
	}
	return all
}

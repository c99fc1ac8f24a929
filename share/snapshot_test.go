package share

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"itemshare/fault"
	"itemshare/share/link"
	"itemshare/vault"
)

func testItem() vault.Item {
	return vault.Item{
		ID: "item", VaultID: "vault", Title: "Staging <db>", Category: vault.Login, Version: 3,
		Notes: "note", Tags: []string{
			"a",
			"b",
		},
		Sections: []vault.Section{
			{ID: "s1", Title: "Keys"},
			{ID: "s2", Title: "Empty"},
			{ID: "s3", Title: "Codes"},
		},
		Fields: []vault.Field{
			{ID: "username", Title: "user", Type: vault.FieldText, Value: "ann"},
			{ID: "password", Title: "password", Type: vault.FieldConcealed, Value: "geheim & 🔑"},
			{ID: "key", Title: "key", SectionID: "s1", Type: vault.FieldSSHKey, Value: "ssh"},
			{ID: "lost", Title: "lost", SectionID: "gone", Type: vault.FieldText, Value: "x"},
			{
				ID:        "otp",
				Title:     "code",
				SectionID: "s3",
				Type:      vault.FieldTOTP,
				Value:     "otpauth://totp/x?secret=AAAA",
			},
		},
		Websites: []vault.Website{{Label: "site", URL: "https://a.example"}},
		Files: []vault.File{
			{ID: "f1", Name: "a.pdf", Type: "application/pdf", Size: 5},
			{ID: "f2", Name: "b", Size: 0},
		},
	}
}

func TestSnapshot(t *testing.T) {
	whole := Content{
		Title: "Staging <db>", Category: "Login", Notes: "note", Tags: []string{"a", "b"}, SharedBy: "Ann", SharedAt: 7,
		Sections: []ContentSection{
			{ID: "s1", Title: "Keys"},
			{ID: "s2", Title: "Empty"},
			{ID: "s3", Title: "Codes"},
		},
		Fields: []ContentField{
			{Title: "user", Type: "Text", Value: "ann"},
			{Title: "password", Type: "Concealed", Value: "geheim & 🔑"},
			{Title: "key", Type: "SshKey", Value: "ssh", Section: "s1"},
			{Title: "lost", Type: "Text", Value: "x"},
			{Title: "code", Type: "Totp", Value: "otpauth://totp/x?secret=AAAA", Section: "s3"},
		},
		Websites: []link.Website{{Label: "site", URL: "https://a.example"}},
		Files: []link.File{
			{Name: "a.pdf", Type: "application/pdf", Size: 5, ChunkSize: 1 << 20},
			{Index: 1, Name: "b", ChunkSize: 1 << 20},
		},
	}
	plain := whole
	plain.Files = nil
	plain.Fields = whole.Fields[:4]
	plain.Sections = whole.Sections[:2]
	less := plain
	less.Fields = []ContentField{whole.Fields[0], whole.Fields[3]}
	less.Sections = whole.Sections[1:2]
	bare := plain
	bare.Fields, bare.Sections = nil, whole.Sections[1:2]
	for _, c := range []struct {
		why    string
		choice selection
		want   Content
	}{
		{"seeds and files only where asked for", selection{}, plain},
		{"all of it", selection{totp: true, files: true}, whole},
		{"a section whose fields all stayed tells nothing of them", selection{omit: []string{"password", "key"}}, less},
		{"leaving out wins over asking for seeds", selection{omit: []string{"otp"}, totp: true}, plain},
		{
			"with every field left out the rest remains",
			selection{omit: []string{"username", "password", "key", "lost"}},
			bare,
		},
	} {
		got := snapshot(testItem(), c.choice, Sharer{ID: "u1", Name: "Ann"}, 7)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.why, diff)
		}
	}
}

func TestOmittingWhatIsNotThereIsRefused(t *testing.T) {
	if problems := (selection{omit: []string{"password", "pasword"}}).problems(testItem()); codesOf(
		problems,
	) != "invalid" {
		t.Errorf("problems %v", problems)
	}
	if problems := (selection{omit: []string{"password", "otp"}}).problems(testItem()); problems != nil {
		t.Errorf("problems %v", problems)
	}
}

// TestContentJSON asserts that names are those of docs/share-link-v1.md and that absent values
// are left out.
func TestContentJSON(t *testing.T) {
	content := snapshot(
		testItem(),
		selection{files: true, omit: []string{"password", "key", "lost"}},
		Sharer{Name: "Ann"},
		7,
	)
	if err := number(content.Files, bytes.NewReader(make([]byte, 14))); err != nil {
		t.Fatal(err)
	}
	got, err := encode(content)
	want := `{"title":"Staging <db>","category":"Login",` +
		`"fields":[{"title":"user","type":"Text","value":"ann"}],` +
		`"sections":[{"id":"s2","title":"Empty"}],` +
		`"websites":[{"label":"site","url":"https://a.example"}],"tags":["a","b"],"notes":"note",` +
		`"files":[{"index":0,"name":"a.pdf","type":"application/pdf","size":5,` +
		`"chunk_size":1048576,"nonce_prefix":"AAAAAAAAAA"},` +
		`{"index":1,"name":"b","type":"","size":0,` +
		`"chunk_size":1048576,"nonce_prefix":"AAAAAAAAAA"}],"shared_by":"Ann","shared_at":7}`
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s", err, got)
	}
	got, err = encode(Content{Title: "t", Category: "SecureNote"})
	if err != nil ||
		string(got) != `{"title":"t","category":"SecureNote","shared_by":"","shared_at":0}` {
		t.Errorf("%v %s", err, got)
	}
}

func TestContentIsBounded(t *testing.T) {
	empty, err := encode(Content{})
	if err != nil {
		t.Fatal(err)
	}
	room := maxContent - len(empty) - len(`"notes":"",`)
	if _, err := encode(Content{Notes: strings.Repeat("<", room)}); err != nil {
		t.Errorf("2 MiB are refused: %v", err)
	}
	if _, err := encode(Content{Notes: strings.Repeat("<", room+1)}); fault.KindOf(
		err,
	) != fault.Invalid {
		t.Errorf("a byte more: %v", err)
	}
}

// stagedChunks stores staged chunks in memory.
type stagedChunks struct {
	Creator
	chunks [][]byte
	fail   error
}

func (c *stagedChunks) StageChunk(
	_ context.Context,
	_ string,
	_, chunk int,
	sealed []byte,
	_ time.Time,
) error {
	if chunk != len(c.chunks) {
		return fmt.Errorf("chunk %d after %d", chunk, len(c.chunks))
	}
	c.chunks = append(c.chunks, bytes.Clone(sealed))
	return c.fail
}

func TestStagedFilesOpenChunkByChunk(t *testing.T) {
	for _, size := range []int{0, 1, link.ChunkSize - 1, link.ChunkSize, link.ChunkSize + 1, 3*link.ChunkSize + 7} {
		plain := make([]byte, size)
		if _, err := rand.Read(plain); err != nil {
			t.Fatal(err)
		}
		file := testFile(t, int64(size))
		var store stagedChunks
		// A source that returns a few bytes at a time is read to its end.
		total, err := newStager(
			&store,
			"id",
			time.Time{},
		).file(t.Context(), file, iotest.HalfReader(bytes.NewReader(plain)))
		count := len(store.chunks)
		if err != nil || int64(count) != file.Chunks() || total != int64(size+16*count) {
			t.Fatalf("%d bytes: %d chunks, %d bytes, %v", size, count, total, err)
		}
		var got []byte
		for n, sealed := range store.chunks {
			part, err := file.Open(int64(n), sealed)
			if err != nil {
				t.Fatalf("%d bytes: chunk %d: %v", size, n, err)
			}
			got = append(got, part...)
		}
		if !bytes.Equal(got, plain) {
			t.Errorf("%d bytes come back changed", size)
		}
	}
}

func testCipher(t testing.TB) link.Cipher {
	t.Helper()
	secret, ok := link.ParseSecret("eI0yiPRaHw_ojXYKeINjeig4dBtxOpHxj7n2U314Stc")
	if !ok {
		t.Fatal("secret")
	}
	return link.NewCipher(secret, Terms{CreatedAt: 1, ExpiresAt: 2, Audience: Anyone})
}

func testFile(t testing.TB, size int64) link.FileCipher {
	t.Helper()
	file, err := testCipher(t).File(link.File{
		Index: 2, Size: size, ChunkSize: link.ChunkSize, NoncePrefix: "AQIDAAAAAA",
	})
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestWrongSourcesAreRefused(t *testing.T) {
	damaged, full := errors.New("damaged"), errors.New("disk full")
	for _, c := range []struct {
		why    string
		size   int64
		source io.Reader
		store  *stagedChunks
		want   error // nil: the file changed
	}{
		{why: "short", size: 10, source: strings.NewReader("123456789")},
		{why: "empty", size: 10, source: strings.NewReader("")},
		{why: "long", size: 10, source: strings.NewReader("12345678901")},
		{why: "not empty after all", size: 0, source: strings.NewReader("1")},
		{
			why:    "cut between two chunks",
			size:   link.ChunkSize + 1,
			source: bytes.NewReader(make([]byte, link.ChunkSize)),
		},
		{
			why:    "damaged within",
			size:   10,
			source: io.MultiReader(strings.NewReader("1"), iotest.ErrReader(damaged)),
			want:   damaged,
		},
		{
			why:    "damaged at its end",
			size:   1,
			source: io.MultiReader(strings.NewReader("1"), iotest.ErrReader(damaged)),
			want:   damaged,
		},
		{
			why: "the store is full", size: 1, source: strings.NewReader("1"),
			store: &stagedChunks{fail: full}, want: full,
		},
	} {
		if c.store == nil {
			c.store = &stagedChunks{}
		}
		_, err := newStager(
			c.store,
			"id",
			time.Time{},
		).file(t.Context(), testFile(t, c.size), c.source)
		switch {
		case c.want == nil && fault.KindOf(err) != fault.Conflict:
			t.Errorf("%s: %v", c.why, err)
		case c.want != nil && !errors.Is(err, c.want):
			t.Errorf("%s: %v", c.why, err)
		}
	}
}

func TestSealedTextSurvives(t *testing.T) {
	s := newTestService(t)
	for _, title := range []string{"", "x", "ends in NUL\x00\x00", "\x80", strings.Repeat("ü", 300)} {
		sealed, err := s.sealTitle("id", title)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := s.openTitle("id", sealed); err != nil || got != title {
			t.Errorf("%q comes back as %q, %v", title, got, err)
		}
		if _, err := s.openTitle("other", sealed); err == nil {
			t.Error("a title moved to another share opens")
		}
	}
	short, _ := s.sealTitle("id", "a")
	longer, _ := s.sealTitle("id", strings.Repeat("a", 60))
	if len(short) != len(longer) {
		t.Error("the sealed length tells the title's")
	}
	if got, err := s.openTitle("id", nil); got != "" || err != nil {
		t.Errorf("an erased title is %q, %v", got, err)
	}
}

func TestContentDecodesAsTheBrowserDoes(t *testing.T) {
	content := snapshot(testItem(), selection{totp: true}, Sharer{Name: "Ann"}, 7)
	text, err := encode(content)
	if err != nil {
		t.Fatal(err)
	}
	s := testCipher(t)
	nonce, sealed, err := s.Seal(text, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := s.Open(nonce, sealed)
	if err != nil {
		t.Fatal(err)
	}
	var got Content
	if err := json.Unmarshal(plain, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(content, got); diff != "" {
		t.Error(diff)
	}
}

func BenchmarkSeal(b *testing.B) {
	content := snapshot(testItem(), selection{}, Sharer{Name: "Ann"}, 7)
	terms := Terms{
		CreatedAt: 1_800_000_000,
		ExpiresAt: 1_800_003_600,
		MaxViews:  1,
		Audience:  Anyone,
	}
	b.ReportAllocs()
	for b.Loop() {
		secret, err := link.NewSecret(rand.Reader)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = secret.ID(), secret.Token().Hash()
		text, err := encode(content)
		if err != nil {
			b.Fatal(err)
		}
		if _, _, err := link.NewCipher(secret, terms).Seal(text, rand.Reader); err != nil {
			b.Fatal(err)
		}
	}
}

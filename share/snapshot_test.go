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
	"itemshare/vault"
)

func testItem() vault.Item {
	return vault.Item{
		ID: "item", VaultID: "vault", Title: "Staging <db>", Category: vault.Login, Version: 3, Notes: "note", Tags: []string{"a", "b"},
		Sections: []vault.Section{{ID: "s1", Title: "Keys"}, {ID: "s2", Title: "Empty"}, {ID: "s3", Title: "Codes"}},
		Fields: []vault.Field{
			{ID: "username", Title: "user", Type: vault.FieldText, Value: "ann"},
			{ID: "password", Title: "password", Type: vault.FieldConcealed, Value: "geheim & 🔑"},
			{ID: "key", Title: "key", SectionID: "s1", Type: vault.FieldSSHKey, Value: "ssh"},
			{ID: "lost", Title: "lost", SectionID: "gone", Type: vault.FieldText, Value: "x"},
			{ID: "otp", Title: "code", SectionID: "s3", Type: vault.FieldTOTP, Value: "otpauth://totp/x?secret=AAAA"},
		},
		Websites: []vault.Website{{Label: "site", URL: "https://a.example"}},
		Files:    []vault.File{{ID: "f1", Name: "a.pdf", Type: "application/pdf", Size: 5}, {ID: "f2", Name: "b", Size: 0}},
	}
}

func TestSnapshot(t *testing.T) {
	whole := Content{
		Title: "Staging <db>", Category: "Login", Notes: "note", Tags: []string{"a", "b"}, SharedBy: "Ann", SharedAt: 7,
		Sections: []ContentSection{{"s1", "Keys"}, {"s2", "Empty"}, {"s3", "Codes"}},
		Fields: []ContentField{
			{"user", "Text", "ann", ""},
			{"password", "Concealed", "geheim & 🔑", ""},
			{"key", "SshKey", "ssh", "s1"},
			{"lost", "Text", "x", ""},
			{"code", "Totp", "otpauth://totp/x?secret=AAAA", "s3"},
		},
		Websites: []ContentWebsite{{"site", "https://a.example"}},
		Files:    []ContentFile{{0, "a.pdf", "application/pdf", 5, 1 << 20, ""}, {1, "b", "", 0, 1 << 20, ""}},
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
		{"with every field left out the rest remains", selection{omit: []string{"username", "password", "key", "lost"}}, bare},
	} {
		got := snapshot(testItem(), c.choice, Sharer{"u1", "Ann"}, 7)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.why, diff)
		}
	}
}

func TestOmittingWhatIsNotThereIsRefused(t *testing.T) {
	if problems := (selection{omit: []string{"password", "pasword"}}).problems(testItem()); codesOf(problems) != "invalid" {
		t.Errorf("problems %v", problems)
	}
	if problems := (selection{omit: []string{"password", "otp"}}).problems(testItem()); problems != nil {
		t.Errorf("problems %v", problems)
	}
}

// The names are those of the interface, and what is absent is left out.
func TestContentJSON(t *testing.T) {
	content := snapshot(testItem(), selection{files: true, omit: []string{"password", "key", "lost"}}, Sharer{Name: "Ann"}, 7)
	if err := content.number(bytes.NewReader(make([]byte, 14))); err != nil {
		t.Fatal(err)
	}
	got, err := content.encode()
	want := `{"title":"Staging <db>","category":"Login","fields":[{"title":"user","type":"Text","value":"ann"}],"sections":[{"id":"s2","title":"Empty"}],` +
		`"websites":[{"label":"site","url":"https://a.example"}],"tags":["a","b"],"notes":"note",` +
		`"files":[{"index":0,"name":"a.pdf","type":"application/pdf","size":5,"chunk_size":1048576,"nonce_prefix":"AAAAAAAAAA"},` +
		`{"index":1,"name":"b","type":"","size":0,"chunk_size":1048576,"nonce_prefix":"AAAAAAAAAA"}],"shared_by":"Ann","shared_at":7}`
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s", err, got)
	}
	got, err = Content{Title: "t", Category: "SecureNote"}.encode()
	if err != nil || string(got) != `{"title":"t","category":"SecureNote","shared_by":"","shared_at":0}` {
		t.Errorf("%v %s", err, got)
	}
}

func TestContentIsBounded(t *testing.T) {
	empty, err := Content{}.encode()
	if err != nil {
		t.Fatal(err)
	}
	room := maxContent - len(empty) - len(`"notes":"",`)
	if _, err := (Content{Notes: strings.Repeat("<", room)}).encode(); err != nil {
		t.Errorf("2 MiB are refused: %v", err)
	}
	if _, err := (Content{Notes: strings.Repeat("<", room+1)}).encode(); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a byte more: %v", err)
	}
}

func TestPaddedSealOpens(t *testing.T) {
	secret, err := NewSecret(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s := newSealer(secret, Terms{1, 2, 0, Anyone})
	for _, length := range []int{0, 1, 511, 512, 513, 5000} {
		text := strings.Repeat("x", length)
		nonce, sealed, err := s.seal([]byte(text), rand.Reader)
		if err != nil || len(sealed)%512 != 16 || len(sealed)-16-length >= 512 {
			t.Errorf("%d bytes seal to %d, %v", length, len(sealed), err)
		}
		if plain, err := s.open(nonce, sealed); err != nil || strings.TrimRight(string(plain), " ") != text {
			t.Errorf("%d bytes open to %d, %v", length, len(plain), err)
		}
	}
}

// staged keeps chunks in memory, as far as the stager needs a store.
type staged struct {
	Makers
	chunks [][]byte
	fail   error
}

func (s *staged) StageChunk(_ context.Context, _ string, _, chunk int, sealed []byte, _ time.Time) error {
	if chunk != len(s.chunks) {
		return fmt.Errorf("chunk %d after %d", chunk, len(s.chunks))
	}
	s.chunks = append(s.chunks, bytes.Clone(sealed))
	return s.fail
}

func TestStagedFilesOpenChunkByChunk(t *testing.T) {
	for _, size := range []int{0, 1, chunkSize - 1, chunkSize, chunkSize + 1, 3*chunkSize + 7} {
		plain := make([]byte, size)
		if _, err := rand.Read(plain); err != nil {
			t.Fatal(err)
		}
		f := testSealer(t).file(2, [7]byte{1, 2, 3})
		var store staged
		// A source that gives a byte here and a half there is read to its end.
		total, err := newStager(&store, "id", time.Time{}).file(t.Context(), ContentFile{Index: 2, Size: int64(size)}, iotest.HalfReader(bytes.NewReader(plain)), f)
		count := len(store.chunks)
		if err != nil || int64(count) != chunks(int64(size), chunkSize) || total != int64(size+16*count) {
			t.Fatalf("%d bytes: %d chunks, %d bytes, %v", size, count, total, err)
		}
		var got []byte
		for n, sealed := range store.chunks {
			part, err := f.open(uint32(n), n == count-1, sealed)
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

func testSealer(t testing.TB) sealer {
	t.Helper()
	secret, ok := ParseSecret("eI0yiPRaHw_ojXYKeINjeig4dBtxOpHxj7n2U314Stc")
	if !ok {
		t.Fatal("secret")
	}
	return newSealer(secret, Terms{1, 2, 0, Anyone})
}

func TestWrongSourcesAreRefused(t *testing.T) {
	damaged, full := errors.New("damaged"), errors.New("disk full")
	for _, c := range []struct {
		why    string
		size   int64
		source io.Reader
		store  *staged
		want   error // nil: the file changed
	}{
		{why: "short", size: 10, source: strings.NewReader("123456789")},
		{why: "empty", size: 10, source: strings.NewReader("")},
		{why: "long", size: 10, source: strings.NewReader("12345678901")},
		{why: "not empty after all", size: 0, source: strings.NewReader("1")},
		{why: "cut between two chunks", size: chunkSize + 1, source: bytes.NewReader(make([]byte, chunkSize))},
		{why: "damaged within", size: 10, source: io.MultiReader(strings.NewReader("1"), iotest.ErrReader(damaged)), want: damaged},
		{why: "damaged at its end", size: 1, source: io.MultiReader(strings.NewReader("1"), iotest.ErrReader(damaged)), want: damaged},
		{why: "the store is full", size: 1, source: strings.NewReader("1"), store: &staged{fail: full}, want: full},
	} {
		if c.store == nil {
			c.store = &staged{}
		}
		_, err := newStager(c.store, "id", time.Time{}).file(t.Context(), ContentFile{Size: c.size}, c.source, testSealer(t).file(0, [7]byte{}))
		switch {
		case c.want == nil && fault.KindOf(err) != fault.Conflict:
			t.Errorf("%s: %v", c.why, err)
		case c.want != nil && !errors.Is(err, c.want):
			t.Errorf("%s: %v", c.why, err)
		}
	}
}

func TestSealedTextSurvives(t *testing.T) {
	s := testService(t)
	for _, title := range []string{"", "x", "ends in NUL\x00\x00", "\x80", strings.Repeat("ü", 300)} {
		sealed, err := s.sealTitle("id", title)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := s.openTitle(Record{ID: "id", Title: sealed}); err != nil || got != title {
			t.Errorf("%q comes back as %q, %v", title, got, err)
		}
		if _, err := s.openTitle(Record{ID: "other", Title: sealed}); err == nil {
			t.Error("a title moved to another share opens")
		}
	}
	short, _ := s.sealTitle("id", "a")
	longer, _ := s.sealTitle("id", strings.Repeat("a", 60))
	if len(short) != len(longer) {
		t.Error("the sealed length tells the title's")
	}
	if got, err := s.openTitle(Record{ID: "id"}); got != "" || err != nil {
		t.Errorf("an erased title is %q, %v", got, err)
	}
}

func TestContentDecodesAsTheBrowserDoes(t *testing.T) {
	content := snapshot(testItem(), selection{totp: true}, Sharer{Name: "Ann"}, 7)
	text, err := content.encode()
	if err != nil {
		t.Fatal(err)
	}
	s := testSealer(t)
	nonce, sealed, err := s.seal(text, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := s.open(nonce, sealed)
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
	terms := Terms{1_800_000_000, 1_800_003_600, 1, Anyone}
	b.ReportAllocs()
	for b.Loop() {
		secret, err := NewSecret(rand.Reader)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = secret.LinkID(), secret.Token().Hash()
		text, err := content.encode()
		if err != nil {
			b.Fatal(err)
		}
		if _, _, err := newSealer(secret, terms).seal(text, rand.Reader); err != nil {
			b.Fatal(err)
		}
	}
}

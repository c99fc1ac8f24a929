package e2e

import (
	"bytes"
	"database/sql"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// secrets are texts and bytes, by name, that must be in nothing that a thief of the disk gets.
type secrets map[string][]byte

// newMarker returns a unique text. It is lower case, so that a search index that folds case does
// not change it.
func (m secrets) newMarker(what string) string {
	text := "zq" + strings.ToLower(base32.StdEncoding.EncodeToString([]byte(newView())))[:22] + "qz"
	m[what] = []byte(text)
	return text
}

// encodings returns the forms in which bytes may be stored on a disk.
func encodings(secret []byte) map[string][]byte {
	wide := utf16.Encode([]rune(string(secret)))
	var little, big, escaped []byte
	for _, u := range wide {
		little = append(little, byte(u), byte(u>>8))
		big = append(big, byte(u>>8), byte(u))
		escaped = fmt.Appendf(escaped, `\u%04x`, u)
	}
	quoted, _ := json.Marshal(string(secret))
	all := map[string][]byte{
		"raw": secret, "upper case": bytes.ToUpper(secret), "UTF-16LE": little, "UTF-16BE": big,
		"hex": []byte(
			hex.EncodeToString(secret),
		), "HEX": []byte(strings.ToUpper(hex.EncodeToString(secret))),
		"JSON": quoted[1 : len(quoted)-1], "JSON escapes": escaped, "URL": []byte(url.QueryEscape(string(secret))),
	}
	for offset := range 5 {
		shifted := append(make([]byte, offset), secret...)
		first, last := (offset*8+4)/5, (len(shifted)*8)/5
		text := base32.StdEncoding.EncodeToString(shifted)[first:last]
		all[fmt.Sprintf("BASE32+%d", offset)] = []byte(text)
		all[fmt.Sprintf("base32+%d", offset)] = []byte(strings.ToLower(text))
	}
	for offset := range 3 {
		shifted := append(make([]byte, offset), secret...)
		// The first and last digits also depend on the neighbours.
		first, last := (offset*8+5)/6, (len(shifted)*8)/6
		all[fmt.Sprintf("base64+%d", offset)] = []byte(
			base64.RawStdEncoding.EncodeToString(shifted)[first:last],
		)
		all[fmt.Sprintf("base64url+%d", offset)] = []byte(
			base64.RawURLEncoding.EncodeToString(shifted)[first:last],
		)
	}
	return all
}

// needle is one form of a secret.
type needle struct {
	what string // and its encoding
	text []byte
}

// needleHead is how many bytes of a needle it is looked up by.
const needleHead = 8

// finder returns a function that returns which secrets bytes contain, and in which encodings. It reads
// the bytes once, however many secrets there are.
func (m secrets) finder() func(content []byte) []string {
	var short []needle
	long, heads := map[uint64][]needle{}, make([]bool, 1<<16)
	for what, secret := range m {
		for form, text := range encodings(secret) {
			n := needle{what + " as " + form, text}
			if len(text) < needleHead {
				short = append(short, n)
				continue
			}
			head := binary.BigEndian.Uint64(text)
			long[head] = append(long[head], n)
			heads[head>>48] = true
		}
	}
	return func(content []byte) (hits []string) {
		for _, n := range short {
			if bytes.Contains(content, n.text) {
				hits = append(hits, n.what)
			}
		}
		for i := 0; i+needleHead <= len(content); i++ {
			if !heads[uint16(content[i])<<8|uint16(content[i+1])] {
				continue
			}
			for _, n := range long[binary.BigEndian.Uint64(content[i:])] {
				if bytes.HasPrefix(content[i:], n.text) && !slices.Contains(hits, n.what) {
					hits = append(hits, n.what)
				}
			}
		}
		return hits
	}
}

// searchDisk searches everything that the server wrote: data folder, temporary files and logs.
func (m secrets) searchDisk(t *testing.T, s *server, when string) {
	t.Helper()
	foundIn, files := m.finder(), 0
	for _, root := range []string{s.data, s.temp} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if path == root && errors.Is(err, fs.ErrNotExist) {
				return nil // with PostgreSQL there is no data folder
			}
			if err != nil || d.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			files++
			for _, hit := range foundIn(content) {
				t.Errorf("%s: %s has the %s", when, d.Name(), hit)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	files += s.searchPostgres(foundIn, when)
	if files < 2 {
		t.Errorf("%s: only %d files were searched", when, files)
	}
	for _, hit := range foundIn(logNumbers.ReplaceAll([]byte(s.log.String()), nil)) {
		t.Errorf("%s: the log has the %s", when, hit)
	}
}

// logNumbers are the times and durations of the log, whose digits may be those of a code.
var logNumbers = regexp.MustCompile(`"(time|duration)":[^,]*`)

// searchPostgres searches every row of a PostgreSQL database, if the server has one, and returns how
// many tables that are.
func (s *server) searchPostgres(foundIn func([]byte) []string, when string) (tables int) {
	s.t.Helper()
	address := s.postgresAddress()
	if address == "" {
		return 0
	}
	database, err := sql.Open("pgx", address)
	if err != nil {
		s.t.Fatal(err)
	}
	defer database.Close()
	texts := func(query string) (all []string) {
		rows, err := database.Query(query)
		if err != nil {
			s.t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				s.t.Fatal(err)
			}
			all = append(all, text)
		}
		if err := rows.Err(); err != nil {
			s.t.Fatal(err)
		}
		return all
	}
	for _, table := range texts(`SELECT tablename FROM pg_tables WHERE schemaname = current_schema()`) {
		tables++
		// Bytes are hexadecimal in the text of a row; what they hold is searched as they are.
		for _, row := range texts(`SELECT t::text FROM ` + table + ` t`) {
			hits := foundIn([]byte(row))
			for _, part := range strings.Split(row, `\\x`) {
				raw, _ := hex.DecodeString(part[:len(part)-len(strings.TrimLeft(part, "0123456789abcdef"))])
				hits = append(hits, foundIn(raw)...)
			}
			for _, hit := range hits {
				s.t.Errorf("%s: the table %s has the %s", when, table, hit)
			}
		}
	}
	return tables
}

// postgresAddress returns the address of the server's PostgreSQL database, "" on SQLite.
func (s *server) postgresAddress() string {
	for _, pair := range s.env {
		if value, ok := strings.CutPrefix(pair, "ITEMSHARE_DATABASE=postgres"); ok {
			return "postgres" + value
		}
	}
	return ""
}

// backUp makes a backup in the data folder. One of PostgreSQL is made with its own tools.
func (s *server) backUp() {
	s.t.Helper()
	if s.postgresAddress() != "" {
		return
	}
	if out, code := s.command("", "backup", filepath.Join(s.data, "backup")); code != 0 {
		s.t.Errorf("backup: %s", out)
	}
}

func TestTheSearchFindsEveryForm(t *testing.T) {
	m := secrets{}
	text := m.newMarker("text")
	for form, needle := range encodings([]byte(text)) {
		hits := m.finder()(append([]byte("before"), append(needle, "after"...)...))
		if !slices.ContainsFunc(hits, func(hit string) bool { return strings.HasPrefix(hit, "text as ") }) {
			t.Errorf("%s is not found", form)
		}
	}
	for offset := range 3 {
		around := strings.Repeat("x", offset) + text + strings.Repeat("y", 5-offset)
		if hits := m.finder()([]byte(base64.StdEncoding.EncodeToString([]byte(around)))); len(hits) == 0 {
			t.Errorf("base64 at offset %d is not found", offset)
		}
	}
	if hits := m.finder()([]byte(strings.Repeat("zqaaaaqz", 100))); len(hits) != 0 {
		t.Errorf("found in text without it: %v", hits)
	}
}

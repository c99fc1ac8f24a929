package local

import (
	"bytes"
	"strconv"
	"time"

	"itemshare/vault"
)

// overviewReader reads the stored form of an overview as sealItem writes it, without its provenance:
// a tenth of the time that encoding/json takes, which a vault of many items takes at each start.
type overviewReader struct {
	rest []byte
	odd  bool // the text is not so, or has an escape: encoding/json reads it
}

// readOverview reports false for a text that encoding/json has to read.
func readOverview(text []byte) (o vault.Overview, ok bool) {
	r := overviewReader{rest: text}
	o.ID = r.text(`{"ID":"`)
	o.VaultID = r.text(`,"VaultID":"`)
	o.Title = r.text(`,"Title":"`)
	o.Subtitle = r.text(`,"Subtitle":"`)
	o.Category = vault.Category(r.text(`,"Category":"`))
	o.Sites = r.texts(`,"Sites":`)
	o.Tags = r.texts(`,"Tags":`)
	o.Version = r.number(`,"Version":`)
	o.UpdatedAt = r.time(`,"UpdatedAt":"`)
	return o, !r.odd
}

// skip reads what has to come next.
func (r *overviewReader) skip(prefix string) {
	rest, ok := bytes.CutPrefix(r.rest, []byte(prefix))
	r.rest, r.odd = rest, r.odd || !ok
}

// text reads a string, whose opening quote ends the prefix.
func (r *overviewReader) text(prefix string) string {
	r.skip(prefix)
	end := bytes.IndexAny(r.rest, `"\`)
	if end < 0 || r.rest[end] == '\\' {
		r.odd = true
		return ""
	}
	text := string(r.rest[:end])
	r.rest = r.rest[end+1:]
	return text
}

// texts reads a list of strings. A nil one is null.
func (r *overviewReader) texts(prefix string) []string {
	r.skip(prefix)
	if rest, null := bytes.CutPrefix(r.rest, []byte("null")); null {
		r.rest = rest
		return nil
	}
	r.skip("[")
	all := []string{}
	for quote := `"`; !r.odd && !bytes.HasPrefix(r.rest, []byte("]")); quote = `,"` {
		all = append(all, r.text(quote))
	}
	r.skip("]")
	return all
}

func (r *overviewReader) number(prefix string) uint32 {
	r.skip(prefix)
	end := max(bytes.IndexByte(r.rest, ','), 0)
	n, err := strconv.ParseUint(string(r.rest[:end]), 10, 32)
	r.rest, r.odd = r.rest[end:], r.odd || err != nil
	return uint32(n)
}

func (r *overviewReader) time(prefix string) (t time.Time) {
	text := r.text(prefix)
	if err := t.UnmarshalText([]byte(text)); err != nil {
		r.odd = true
	}
	return t
}

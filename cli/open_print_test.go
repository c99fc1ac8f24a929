package cli

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"itemshare/client"
)

// TestOneTimePasswordsAreOneAnswer prints each seed that the vault and the recipient's page read too.
func TestOneTimePasswordsAreOneAnswer(t *testing.T) {
	text, err := os.ReadFile("../vault/testdata/seeds.json")
	var cases []struct {
		Case, Seed, Code, Problem string
		At                        int64
	}
	if err := errors.Join(err, json.Unmarshal(text, &cases)); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		if c.Seed == "" { // no field
			continue
		}
		for _, reveal := range []bool{false, true} {
			item := client.SharedItem{Fields: []client.SharedField{
				{Title: "otp", Type: "Totp", Value: c.Seed},
			}}
			var out strings.Builder
			must(t, printItem(&out, item, reveal, time.Unix(c.At, 0)))
			if c.Problem != "" && !strings.Contains(out.String(), "\notp: "+c.Problem+"\n") {
				t.Errorf("%s: no word why there is no code:\n%s", c.Case, out.String())
			}
			if code := strings.Contains(out.String(), "\notp: "+c.Code+" (valid for "); code !=
				(reveal && c.Code != "") {
				t.Errorf("%s: a code, %t:\n%s", c.Case, code, out.String())
			}
			hides := strings.HasSuffix(out.String(), "\notp (seed): "+hidden+"\n")
			if hides == reveal || !strings.Contains(out.String(), "\notp (seed):") {
				t.Errorf("%s: the seed is hidden, %t:\n%s", c.Case, hides, out.String())
			}
		}
	}
}

package views

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// docs returns the real reference, with a text as the server's address and as the summary.
func (s sample) docs() APIDocs {
	text, err := os.ReadFile("../api/openapi.json")
	if err != nil {
		panic(err)
	}
	address, err := json.Marshal("https://share.example.com/" + s.text)
	if err != nil {
		panic(err)
	}
	replaced := strings.ReplaceAll(string(text), `"https://itemshare.example"`, string(address))
	docs, err := ReadAPIDocs([]byte(replaced))
	if err != nil {
		panic(err)
	}
	docs.Title = s.text
	return docs
}

func TestAPIDocsPage(t *testing.T) {
	s := sample{"/under", "text"}
	text := render(t, APIDocsPage(APIDocsProps{Shell: s.signedOut(), Docs: s.docs()}))
	for why, want := range map[string]string{
		"a call": `id="createShare"`,
		"its command with IDs": "curl &#39;https://share.example.com/text/api/v1/vaults/" +
			"01arz3ndektsv4rrffq69g5fav/items/01arz3ndektsv4rrffq69g5fax/shares&#39; \\",
		"the token in it": "-H &#34;Authorization: Bearer $TOKEN&#34;",
		"its body": `-d &#39;{&#34;recipients&#34;:` +
			`[&#34;ann@client.example&#34;,`,
		"another method": "curl -X DELETE &#39;",
		"a call with no token": "curl &#39;https://share.example.com/text/s/peek&#39; " +
			"\\\n  -H &#39;Content-Type",
		"a shared response": "<code>too_many_attempts</code>: " +
			"this service account has reached its rate limit",
		"a choice":           "OneHour | OneDay | SevenDays | FourteenDays | ThirtyDays",
		"a schema":           `id="shape-SharePolicy"`,
		"a link to a schema": `<a href="#shape-SharePolicy">`,
		"a code":             `<code class="chip">recipient_invalid</code>`,
		"the document":       `href="/under/api/v1/openapi.json"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing: %s", why, want)
		}
	}
	if strings.Contains(text, "{vault}/items/{item}/shares&#39;") {
		t.Error("a command has a placeholder")
	}
}

func TestReadAPIDocsRejectsOtherText(t *testing.T) {
	for _, text := range []string{"", "[]", `{"paths":[]}`, `{"paths":{"/x":{"get":7}}}`} {
		if _, err := ReadAPIDocs([]byte(text)); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}

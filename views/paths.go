package views

import "net/url"

// Paths returns every address of the application. Base is the path of the configured URL, "" or
// such as "/share", and every address begins with it. IDs are escaped, and empty query parameters
// are left out.
type Paths struct{ Base string }

// Asset is the address of an embedded file, by its hashed name.
func (p Paths) Asset(hashed string) string { return p.Base + "/static/" + url.PathEscape(hashed) }

// APIDocs is the reference of the API.
func (p Paths) APIDocs() string { return p.Base + "/api/v1/docs" }

// OpenAPI is the API's OpenAPI document.
func (p Paths) OpenAPI() string { return p.Base + "/api/v1/openapi.json" }

// Outbox lists the emails of a demo.
func (p Paths) Outbox() string { return p.Base + "/demo/outbox" }

func (f ListFilter) query() string { return query("q", f.Text, "after", f.After) }

// query returns pairs of names and values as a query such as "?a=1&b=2", without empty values.
func query(pairs ...string) string {
	text := ""
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			continue
		}
		separator := "&"
		if text == "" {
			separator = "?"
		}
		text += separator + pairs[i] + "=" + url.QueryEscape(pairs[i+1])
	}
	return text
}

package handlers

import (
	"bytes"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// openAPIDocument is the OpenAPI document that every response of the request tests must match.
type openAPIDocument struct {
	root     object
	compiler *jsonschema.Compiler
	mu       sync.Mutex
	schemas  map[string]*jsonschema.Schema
}

var openAPI = sync.OnceValue(func() *openAPIDocument {
	text, err := os.ReadFile("../api/openapi.json")
	if err != nil {
		panic(err)
	}
	root, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		panic(err)
	}
	rejectUnknownMembers(root.(map[string]any)["components"].(map[string]any)["schemas"])
	d := &openAPIDocument{
		root:     root.(map[string]any),
		compiler: jsonschema.NewCompiler(),
		schemas:  map[string]*jsonschema.Schema{},
	}
	d.compiler.DefaultDraft(jsonschema.Draft2020)
	d.compiler.AssertFormat()
	if err := d.compiler.AddResource("https://openapi.example/", root); err != nil {
		panic(err)
	}
	return d
})

// rejectUnknownMembers makes every object schema reject members that the document does not name.
// Clients must accept new members, but the document has to name them.
func rejectUnknownMembers(schema any) {
	switch s := schema.(type) {
	case map[string]any:
		if _, ok := s["properties"].(map[string]any); ok && s["additionalProperties"] == nil {
			s["additionalProperties"] = false
		}
		for _, part := range s {
			rejectUnknownMembers(part)
		}
	case []any:
		for _, part := range s {
			rejectUnknownMembers(part)
		}
	}
}

// resolve returns what a JSON pointer names and where it is, following references.
func (d *openAPIDocument) resolve(place ...string) (found any, where []string) {
	found = map[string]any(d.root)
	for i, name := range place {
		m, _ := found.(map[string]any)
		if m[name] == nil {
			return nil, nil
		}
		found = m[name]
		inner, _ := found.(map[string]any)
		if to, ok := inner["$ref"].(string); ok {
			return d.resolve(append(strings.Split(strings.TrimPrefix(to, "#/"), "/"), place[i+1:]...)...)
		}
	}
	return found, place
}

// schema compiles the schema at a place.
func (d *openAPIDocument) schema(where []string) (*jsonschema.Schema, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	pointer := ""
	for _, name := range where {
		pointer += "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
	}
	if s, ok := d.schemas[pointer]; ok {
		return s, nil
	}
	s, err := d.compiler.Compile(
		"https://openapi.example/#" + (&url.URL{Path: pointer}).EscapedPath(),
	)
	d.schemas[pointer] = s
	return s, err
}

// path returns the document's path pattern for a path, "" if it has none.
func (d *openAPIDocument) path(address string) string {
	parts := strings.Split(address, "/")
	paths, _ := d.resolve("paths")
	for path := range paths.(map[string]any) {
		if slices.EqualFunc(
			strings.Split(path, "/"),
			parts,
			func(a, b string) bool { return a == b || strings.HasPrefix(a, "{") && b != "" },
		) {
			return path
		}
	}
	return ""
}

// wantDescribed asserts that the document describes a response: its status, its type, its body
// and its headers.
func (a *app) wantDescribed(method, address string, r reply) {
	a.t.Helper()
	d := openAPI()
	path := d.path(strings.TrimPrefix(address, a.base.Path))
	verb := strings.ToLower(method)
	if method == http.MethodHead {
		verb = "get"
	}
	if op, _ := d.resolve("paths", path, verb); op == nil {
		return
	}
	what := method + " " + path + " " + http.StatusText(r.status)
	place := []string{"paths", path, verb, "responses", httpStatus(r.status)}
	if found, _ := d.resolve(place...); found == nil {
		a.t.Errorf("%s is not in the document", what)
		return
	}
	for _, name := range []string{"ETag", "Location", "Retry-After", "WWW-Authenticate"} {
		if found, _ := d.resolve(append(slices.Clone(place), "headers", name)...); found == nil &&
			r.header.Get(name) != "" {
			a.t.Errorf("%s: the document does not have the header %s", what, name)
		}
	}
	mediaType, _, _ := strings.Cut(r.header.Get("Content-Type"), ";")
	content, _ := d.resolve(append(slices.Clone(place), "content")...)
	if content == nil {
		if r.body != "" {
			a.t.Errorf("%s: the document has no body", what)
		}
		return
	}
	schema, where := d.resolve(append(slices.Clone(place), "content", mediaType, "schema")...)
	if schema == nil {
		a.t.Errorf("%s: the document does not have the type %q", what, mediaType)
	} else if strings.HasSuffix(mediaType, "json") && method != http.MethodHead {
		a.wantValid(what, where, r.body)
	}
}

// wantValid asserts that JSON matches the schema at a place of the document.
func (a *app) wantValid(what string, where []string, text string) {
	a.t.Helper()
	schema, err := openAPI().schema(where)
	a.must(err)
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err == nil {
		err = schema.Validate(value)
	}
	if err != nil {
		a.t.Errorf("%s: %v\n%s", what, err, text)
	}
}

func httpStatus(status int) string {
	return string([]byte{byte('0' + status/100), byte('0' + status/10%10), byte('0' + status%10)})
}

// TestEveryCallIsDescribed asserts that the document has each route of the API and of the
// recipient's page, and no other.
func TestEveryCallIsDescribed(t *testing.T) {
	here := map[string]bool{}
	for _, r := range routeTable() {
		if strings.HasPrefix(r.path, apiPath+"/") || strings.HasPrefix(r.path, "/s/") {
			parts := strings.Split(r.path, "/")
			for i, part := range parts {
				if name, ok := strings.CutPrefix(part, ":"); ok {
					parts[i] = "{" + name + "}"
				}
			}
			here[strings.ToLower(r.method)+" "+strings.Join(parts, "/")] = true
		}
	}
	paths, _ := openAPI().resolve("paths")
	for path, verbs := range paths.(map[string]any) {
		for verb := range verbs.(map[string]any) {
			if call := verb + " " + path; !here[call] {
				t.Errorf("%s is described and not there", call)
			} else {
				delete(here, call)
			}
		}
	}
	for call := range here {
		t.Errorf("%s is not described", call)
	}
}

// TestGeneratorsAcceptTheDescription asserts that no component and no default breaks code
// generators: they make a type of every component, and a required member of one with a default.
func TestGeneratorsAcceptTheDescription(t *testing.T) {
	d := openAPI()
	components, _ := d.resolve("components")
	used := map[string]string{}
	for kind, named := range components.(map[string]any) {
		if kind == "headers" || kind == "securitySchemes" {
			continue // not types
		}
		for name := range named.(map[string]any) {
			typeName := strings.ToLower(strings.ReplaceAll(name, "-", ""))
			if other := used[typeName]; other != "" {
				t.Errorf("%s/%s has the name of %s", kind, name, other)
			}
			used[typeName] = kind + "/" + name
		}
	}
	withoutDefaults(t, "components", components)
}

func withoutDefaults(t *testing.T, place string, part any) {
	t.Helper()
	switch part := part.(type) {
	case map[string]any:
		if _, ok := part["default"]; ok {
			t.Errorf("%s has a default: say it in the description", place)
		}
		for name, inner := range part {
			withoutDefaults(t, place+"/"+name, inner)
		}
	case []any:
		for _, inner := range part {
			withoutDefaults(t, place, inner)
		}
	}
}

// TestEverySchemaIsOne compiles every schema of the document and checks its examples.
func TestEverySchemaIsOne(t *testing.T) {
	a, d := &app{t: t}, openAPI()
	schemas, _ := d.resolve("components", "schemas")
	for name := range schemas.(map[string]any) {
		if _, err := d.schema([]string{"components", "schemas", name}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	paths, _ := d.resolve("paths")
	for path, verbs := range paths.(map[string]any) {
		for verb := range verbs.(map[string]any) {
			a.wantValidExample("paths", path, verb, "requestBody")
			responses, _ := d.resolve("paths", path, verb, "responses")
			for status := range responses.(map[string]any) {
				a.wantValidExample("paths", path, verb, "responses", status)
			}
		}
	}
}

func (a *app) wantValidExample(place ...string) {
	a.t.Helper()
	d := openAPI()
	body := slices.Concat(place, []string{"content", "application/json"})
	example, _ := d.resolve(append(slices.Clone(body), "example")...)
	if _, where := d.resolve(append(slices.Clone(body), "schema")...); where != nil && example != nil {
		schema, err := d.schema(where)
		a.must(err)
		if err := schema.Validate(example); err != nil {
			a.t.Errorf("the example at %v: %v", place, err)
		}
	}
}

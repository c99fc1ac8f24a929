package views

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// APIDocs is the description of the calls for programs as people read it.
type APIDocs struct {
	Title  string
	Words  string // paragraphs, parted by empty lines; `code` stands in backticks
	Server string // the address before every path
	Groups []APIGroup
	Shapes []APIShape
	Codes  []string // of problems
}

// APIGroup is a heading of the page.
type APIGroup struct {
	Name, Words string
	Calls       []APICall
}

// APICall is one call. Curl is a command that makes it.
type APICall struct {
	ID, Method, Path, Summary, Words, Curl string
	Open                                   bool // needs no token
	Parameters, Body                       []APIMember
	Answers                                []APIAnswer
}

// APIMember is one parameter, or one member of a body.
type APIMember struct {
	Name, Type, Words string
	Shape             string // the shape that the type names, "" for none
	Required          bool
}

// APIAnswer is what a call may answer with; Example is JSON, "" for none.
type APIAnswer struct{ Status, Words, Example, Shape string }

// APIShape is what a body is made of.
type APIShape struct {
	Name, Words string
	Members     []APIMember
}

// APIDocsProps belong to APIDocsPage.
type APIDocsProps struct {
	Shell Shell
	Docs  APIDocs
}

// ordered is a JSON object whose members keep their order.
type ordered[T any] []named[T]

type named[T any] struct {
	name  string
	value T
}

// UnmarshalJSON reads the members one by one.
func (o *ordered[T]) UnmarshalJSON(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') {
		return errors.Join(err, errors.New("no object stands where one should"))
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return err
		}
		member := named[T]{name: fmt.Sprint(name)}
		if err := decoder.Decode(&member.value); err != nil {
			return err
		}
		*o = append(*o, member)
	}
	return nil
}

func (o ordered[T]) get(name string) T {
	for _, member := range o {
		if member.name == name {
			return member.value
		}
	}
	var none T
	return none
}

// What of an OpenAPI document is read.
type (
	openAPI struct {
		Info       struct{ Title, Summary, Description string }
		Servers    []struct{ URL string }
		Tags       []struct{ Name, Description string }
		Paths      ordered[ordered[apiOperation]]
		Components struct {
			Parameters map[string]apiParameter
			Responses  map[string]apiResponse
			Schemas    ordered[apiSchema]
		}
	}
	apiOperation struct {
		OperationID, Summary, Description string
		Tags                              []string
		Security                          *[]any
		Parameters                        []apiRef
		RequestBody                       struct{ Content map[string]apiContent }
		Responses                         ordered[apiResponse]
	}
	apiRef struct {
		Ref string `json:"$ref"`
	}
	apiParameter struct {
		Name, In, Description string
		Required              bool
		Schema                apiSchema
		Example               any
	}
	apiResponse struct {
		apiRef
		Description string
		Content     map[string]apiContent
	}
	apiContent struct {
		Schema  apiSchema
		Example json.RawMessage
	}
	apiSchema struct {
		apiRef
		Type        any
		Format      string
		Description string
		Enum        []any
		Const       any
		Items       *apiSchema
		OneOf       []apiSchema
		Properties  ordered[apiSchema]
		Required    []string
	}
)

// target is the last name of a reference.
func (r apiRef) target() string { return r.Ref[strings.LastIndexByte(r.Ref, '/')+1:] }

// ReadAPIDocs reads what people need of an OpenAPI document.
func ReadAPIDocs(text []byte) (APIDocs, error) {
	var d openAPI
	if err := json.Unmarshal(text, &d); err != nil {
		return APIDocs{}, fmt.Errorf("read the description of the API: %w", err)
	}
	docs := APIDocs{Title: d.Info.Summary, Words: d.Info.Description}
	if len(d.Servers) > 0 {
		docs.Server = d.Servers[0].URL
	}
	for _, tag := range d.Tags {
		group := APIGroup{Name: tag.Name, Words: tag.Description}
		for _, path := range d.Paths {
			for _, op := range path.value {
				if slices.Contains(op.value.Tags, tag.Name) {
					group.Calls = append(group.Calls, d.call(docs.Server, strings.ToUpper(op.name), path.name, op.value))
				}
			}
		}
		docs.Groups = append(docs.Groups, group)
	}
	for _, schema := range d.Components.Schemas {
		if members := d.members(schema.value); len(members) > 0 {
			docs.Shapes = append(docs.Shapes, APIShape{schema.name, schema.value.Description, members})
		}
	}
	for _, code := range d.Components.Schemas.get("Code").Enum {
		docs.Codes = append(docs.Codes, fmt.Sprint(code))
	}
	return docs, nil
}

func (d openAPI) call(server, method, path string, op apiOperation) APICall {
	call := APICall{
		ID: op.OperationID, Method: method, Path: path, Summary: op.Summary, Words: op.Description, Open: op.Security != nil && len(*op.Security) == 0,
	}
	address := path
	for _, r := range op.Parameters {
		p := d.Components.Parameters[r.target()]
		kind, shape := d.typeOf(p.Schema)
		call.Parameters = append(call.Parameters, APIMember{p.Name, p.In + ", " + kind, p.Description, shape, p.Required})
		address = strings.ReplaceAll(address, "{"+p.Name+"}", fmt.Sprint(p.Example))
	}
	body := op.RequestBody.Content["application/json"]
	call.Body = d.members(d.Components.Schemas.get(body.Schema.target()))
	call.Curl = curl(method, server+address, call.Open, body.Example)
	for _, answer := range op.Responses {
		r := answer.value
		if r.Ref != "" {
			r = d.Components.Responses[r.target()]
		}
		content := r.Content["application/json"]
		_, shape := d.typeOf(content.Schema)
		call.Answers = append(call.Answers, APIAnswer{answer.name, r.Description, indented(content.Example), shape})
	}
	return call
}

// curl is a command for a shell in which TOKEN is set.
func curl(method, address string, open bool, example []byte) string {
	command := "curl"
	if method != "GET" && (method != "POST" || len(example) == 0) {
		command += " -X " + method
	}
	command += " '" + address + "'"
	if !open {
		command += " \\\n  -H \"Authorization: Bearer $TOKEN\""
	}
	var compact bytes.Buffer
	if len(example) > 0 && json.Compact(&compact, example) == nil {
		command += " \\\n  -H 'Content-Type: application/json' \\\n  -d '" + compact.String() + "'"
	}
	return command
}

func indented(example []byte) string {
	var compact, text bytes.Buffer
	if len(example) == 0 || json.Compact(&compact, example) != nil || json.Indent(&text, compact.Bytes(), "", "  ") != nil {
		return ""
	}
	return text.String()
}

func (d openAPI) members(s apiSchema) []APIMember {
	var all []APIMember
	for _, p := range s.Properties {
		kind, shape := d.typeOf(p.value)
		all = append(all, APIMember{p.name, kind, p.value.Description, shape, slices.Contains(s.Required, p.name)})
	}
	return all
}

// typeOf says in words what a value is, and which shape of this page that names.
func (d openAPI) typeOf(s apiSchema) (words, shape string) {
	switch {
	case s.Ref != "":
		inner := d.Components.Schemas.get(s.target())
		if len(inner.Properties) > 0 {
			return s.target(), s.target()
		}
		return d.typeOf(inner)
	case s.Items != nil:
		words, shape = d.typeOf(*s.Items)
		return "list of " + words, shape
	case len(s.OneOf) > 0:
		var kinds []string
		for _, one := range s.OneOf {
			kind, _ := d.typeOf(one)
			kinds = append(kinds, kind)
		}
		return strings.Join(kinds, " or "), ""
	case s.Const != nil:
		return fmt.Sprint(s.Const), ""
	case len(s.Enum) > 0:
		var values []string
		for _, value := range s.Enum {
			if value != nil {
				values = append(values, fmt.Sprint(value))
			}
		}
		return strings.Join(values, " | "), ""
	case s.Format == "date-time":
		return "time", ""
	}
	kinds, ok := s.Type.([]any)
	if !ok {
		kinds = []any{s.Type}
	}
	return fmt.Sprint(kinds[0]), ""
}

// paragraphs parts words at empty lines.
func paragraphs(words string) []string { return strings.Split(words, "\n\n") }

// pieces parts a paragraph at its backticks: every second one is code.
func pieces(paragraph string) []string { return strings.Split(paragraph, "`") }

package views

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// APIDocs is the reference of the API, read from its OpenAPI document.
type APIDocs struct {
	Title   string
	Words   string // paragraphs separated by empty lines, with `code` in backticks
	Server  string // the base address of every path
	Groups  []APIGroup
	Schemas []APISchema
	Codes   []string // of problems
}

// APIGroup is a heading of the page.
type APIGroup struct {
	Name, Words string
	Calls       []APICall
}

// APICall is one operation. Curl is a command that performs it.
type APICall struct {
	ID, Method, Path, Summary, Words, Curl string
	Open                                   bool // no token is needed
	Parameters, Body                       []APIMember
	Responses                              []APIResponse
}

// APIMember is a parameter, or a member of a body.
type APIMember struct {
	Name, Type, Words string
	Schema            string // the schema that Type names, "" for none
	Required          bool
}

// APIResponse is a possible response. Example is JSON, "" for none.
type APIResponse struct{ Status, Words, Example, Schema string }

// APISchema is a schema and its members.
type APISchema struct {
	Name, Words string
	Members     []APIMember
}

// APIDocsProps are the values of APIDocsPage.
type APIDocsProps struct {
	Shell Shell
	Docs  APIDocs
}

// ordered is a JSON object whose members stay in order.
type ordered[T any] []member[T]

type member[T any] struct {
	name  string
	value T
}

// UnmarshalJSON implements json.Unmarshaler.
func (o *ordered[T]) UnmarshalJSON(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') {
		return errors.Join(err, errors.New("not a JSON object"))
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return err
		}
		next := member[T]{name: fmt.Sprint(name)}
		if err := decoder.Decode(&next.value); err != nil {
			return err
		}
		*o = append(*o, next)
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

// The parts of an OpenAPI document that the reference shows.
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

// target returns the last segment of a reference.
func (r apiRef) target() string { return r.Ref[strings.LastIndexByte(r.Ref, '/')+1:] }

// ReadAPIDocs parses an OpenAPI document.
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
					call := d.call(docs.Server, strings.ToUpper(op.name), path.name, op.value)
					group.Calls = append(group.Calls, call)
				}
			}
		}
		docs.Groups = append(docs.Groups, group)
	}
	for _, schema := range d.Components.Schemas {
		if members := d.members(schema.value); len(members) > 0 {
			described := APISchema{schema.name, schema.value.Description, members}
			docs.Schemas = append(docs.Schemas, described)
		}
	}
	for _, code := range d.Components.Schemas.get("Code").Enum {
		docs.Codes = append(docs.Codes, fmt.Sprint(code))
	}
	return docs, nil
}

func (d openAPI) call(server, method, path string, op apiOperation) APICall {
	call := APICall{
		ID: op.OperationID, Method: method, Path: path, Summary: op.Summary, Words: op.Description,
		Open: op.Security != nil && len(*op.Security) == 0,
	}
	address := path
	for _, r := range op.Parameters {
		p := d.Components.Parameters[r.target()]
		kind, schema := d.typeOf(p.Schema)
		parameter := APIMember{p.Name, p.In + ", " + kind, p.Description, schema, p.Required}
		call.Parameters = append(call.Parameters, parameter)
		address = strings.ReplaceAll(address, "{"+p.Name+"}", fmt.Sprint(p.Example))
	}
	body := op.RequestBody.Content["application/json"]
	call.Body = d.members(d.Components.Schemas.get(body.Schema.target()))
	call.Curl = curl(method, server+address, call.Open, body.Example)
	for _, status := range op.Responses {
		r := status.value
		if r.Ref != "" {
			r = d.Components.Responses[r.target()]
		}
		content := r.Content["application/json"]
		_, schema := d.typeOf(content.Schema)
		response := APIResponse{status.name, r.Description, indent(content.Example), schema}
		call.Responses = append(call.Responses, response)
	}
	return call
}

// curl returns a command for a shell with TOKEN in its environment.
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

func indent(example []byte) string {
	var compact, text bytes.Buffer
	if len(example) == 0 || json.Compact(&compact, example) != nil {
		return ""
	}
	if json.Indent(&text, compact.Bytes(), "", "  ") != nil {
		return ""
	}
	return text.String()
}

func (d openAPI) members(s apiSchema) []APIMember {
	var all []APIMember
	for _, p := range s.Properties {
		kind, schema := d.typeOf(p.value)
		required := slices.Contains(s.Required, p.name)
		all = append(all, APIMember{p.name, kind, p.value.Description, schema, required})
	}
	return all
}

// typeOf returns a schema's type in words, and the name of the schema to link to, "" for none.
func (d openAPI) typeOf(s apiSchema) (words, schema string) {
	switch {
	case s.Ref != "":
		inner := d.Components.Schemas.get(s.target())
		if len(inner.Properties) > 0 {
			return s.target(), s.target()
		}
		return d.typeOf(inner)
	case s.Items != nil:
		words, schema = d.typeOf(*s.Items)
		return "list of " + words, schema
	case len(s.OneOf) > 0:
		var kinds []string
		for _, choice := range s.OneOf {
			kind, _ := d.typeOf(choice)
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

// paragraphs splits words at empty lines.
func paragraphs(words string) []string { return strings.Split(words, "\n\n") }

// pieces splits a paragraph at its backticks: every second piece is code.
func pieces(paragraph string) []string { return strings.Split(paragraph, "`") }

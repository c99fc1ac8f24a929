package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"itemshare/fault"
	"itemshare/share"
)

// reader decodes the members of a program's object strictly and collects every problem.
// A member that is null counts as absent.
type reader struct {
	in       body
	problems []fault.Problem
	others   []string // members that something else reads
}

func (r *reader) addProblem(field, detail string) {
	r.problems = append(
		r.problems, fault.Problem{Code: fault.CodeInvalid, Field: field, Detail: detail},
	)
}

// read decodes a member if it is present. Wanted says what it should be.
func (r *reader) read(name string, into any, wanted string) {
	raw, ok := r.in[name]
	if !ok || string(raw) == "null" {
		return
	}
	if err := json.Unmarshal(raw, into); err != nil {
		r.addProblem(name, "This must be "+wanted+".")
	}
}

func (r *reader) text(name string) (text string) {
	r.read(name, &text, "a string")
	return text
}

// optional returns a string member, nil for none.
func (r *reader) optional(name string) (text *string) {
	r.read(name, &text, "a string")
	return text
}

func (r *reader) flag(name string) (on bool) {
	r.read(name, &on, "true or false")
	return on
}

// optionalFlag returns a true or false member, nil for none.
func (r *reader) optionalFlag(name string) (on *bool) {
	r.read(name, &on, "true or false")
	return on
}

func (r *reader) texts(name string) []string {
	var all []*string
	r.read(name, &all, "a list of strings")
	var texts []string
	for _, text := range all {
		if text == nil {
			r.addProblem(name, "This must be a list of strings.")
			return nil
		}
		texts = append(texts, *text)
	}
	return texts
}

// rejectOthers rejects every member that is not among names: a misspelt oneTimeOnly must
// not create a link with many views.
func (r *reader) rejectOthers(names ...string) {
	names = append(names[:len(names):len(names)], r.others...)
	for _, name := range slices.Sorted(maps.Keys(r.in)) {
		if !slices.Contains(names, name) {
			r.addProblem(
				shortened(name), "Unknown member. Known members: "+strings.Join(names, ", ")+".",
			)
		}
	}
}

// shortened returns what a caller sent in a form that is safe to send back.
func shortened(text string) string {
	runes := []rune(strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return '\uFFFD'
		}
		return c
	}, text[:min(len(text), 256)]))
	if len(runes) > 60 {
		runes = append(runes[:60], '…')
	}
	return string(runes)
}

// maxRecipients is the most recipients of a list that are parsed. The service says how
// many are allowed.
const maxRecipients = 1000

// recipients decodes the list of recipients: strings, or objects like the SDK's validated
// recipients.
func (r *reader) recipients() []string {
	var all []json.RawMessage
	r.read("recipients", &all, "a list of email addresses and domains")
	if len(all) > maxRecipients {
		all = all[:maxRecipients]
	}
	texts := make([]string, 0, len(all))
	for i, raw := range all {
		var text *string
		if json.Unmarshal(raw, &text) == nil && text != nil {
			texts = append(texts, *text)
			continue
		}
		if text := r.validated(i+1, raw); text != "" {
			texts = append(texts, text)
		}
	}
	return texts
}

// validated decodes one object, which must be of the type that it names: an email address
// that is really a domain would open the link to a whole company.
func (r *reader) validated(position int, raw []byte) string {
	var in struct {
		Type       kind              `json:"type"`
		Parameters map[string]string `json:"parameters"`
	}
	name := map[kind]string{email: "email", domain: "domain"}
	if err := strictly(raw, &in); err != nil || name[in.Type] == "" || len(in.Parameters) != 1 {
		r.addProblem(
			"recipients",
			fmt.Sprintf(
				`Recipient %d must be a string, or an object from step 3: {"type":"Email",`+
					`"parameters":{"email":"…"}} or {"type":"Domain","parameters":{"domain":"…"}}.`,
				position,
			),
		)
		return ""
	}
	text, ok := in.Parameters[name[in.Type]]
	read, problem := share.ParseRecipient(text)
	switch {
	case !ok:
		r.addProblem(
			"recipients",
			fmt.Sprintf(
				"Recipient %d has the type %s but no parameter %s.", position, in.Type,
				name[in.Type],
			),
		)
	case problem != nil:
		r.problems = append(r.problems, *problem)
	case kindOf(read.Kind) != in.Type:
		r.problems = append(r.problems, fault.Problem{
			Code: fault.CodeRecipientInvalid, Field: "recipients",
			Detail: "“" + read.Address + "” has the type " + string(
				kindOf(read.Kind),
			) + ", not " + string(in.Type) + ".",
		})
	default:
		return text
	}
	return ""
}

// strictly decodes an object that has no members but those of into.
func strictly(raw []byte, into any) error {
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

// memberNames maps the form's fields to the API's members that have another name.
var memberNames = map[string]string{
	"expire_after": "expireAfter",
	"access":       "recipients",
	"one_time":     "oneTimeOnly",
	"token":        "Idempotency-Key",
	"text":         "fields",
}

// withMemberNames returns an error whose problems name the members of the API's bodies.
func withMemberNames(err error) error {
	e, ok := fault.As(err)
	switch {
	case ok && e.Code() == fault.CodeAlreadyCreated:
		again := *e
		again.Problems = []fault.Problem{{
			Code: e.Code(), Field: "Idempotency-Key",
			Detail: "This key created the share with the id in share. If you don't have its " +
				"link, revoke that share and use a new key.",
		}}
		return &again
	case !ok || e.Kind != fault.Invalid:
		return err
	}
	ours := make([]fault.Problem, len(e.Problems))
	for i, p := range e.Problems {
		if p.Code == fault.CodeInvalid && p.Field == "expire_after" {
			p.Detail = "Use OneHour, OneDay, SevenDays, FourteenDays or ThirtyDays, or leave it " +
				"out for the policy's default."
		}
		if name, ok := memberNames[p.Field]; ok {
			p.Field = name
		}
		ours[i] = p
	}
	return fault.Fields(ours)
}

// objects decodes a list of objects that have no other members than T.
func objects[T any](r *reader, name string) []T {
	var raw []json.RawMessage
	r.read(name, &raw, "a list of "+name)
	all := make([]T, len(raw))
	for i := range raw {
		if err := strictly(raw[i], &all[i]); err != nil || string(raw[i]) == "null" {
			r.addProblem(fmt.Sprintf("%s.%d", name, i), wantedOf[T]())
		}
	}
	return all
}

// wantedOf says which members an object of type T has.
func wantedOf[T any]() string {
	var names []string
	for f := range reflect.TypeFor[T]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		names = append(names, name)
	}
	return "This must be an object of " + strings.Join(names, ", ") + " and nothing else."
}

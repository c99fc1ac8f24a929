package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"itemshare/fault"
	"itemshare/share"
)

// reader reads the members of a program's object strictly and keeps everything
// that is wrong with them. A member that is null is as good as absent.
type reader struct {
	in       body
	problems []fault.Problem
}

func (r *reader) wrong(field, detail string) {
	r.problems = append(r.problems, fault.Problem{Code: fault.CodeInvalid, Field: field, Detail: detail})
}

// read decodes a member where it is there, and reports whether it could.
func (r *reader) read(name string, into any, wanted string) {
	raw, ok := r.in[name]
	if !ok || string(raw) == "null" {
		return
	}
	if err := json.Unmarshal(raw, into); err != nil {
		r.wrong(name, "Send "+wanted+" here.")
	}
}

func (r *reader) text(name string) (text string) {
	r.read(name, &text, "a text")
	return text
}

func (r *reader) flag(name string) (on bool) {
	r.read(name, &on, "true or false")
	return on
}

func (r *reader) texts(name string) []string {
	var all []*string
	r.read(name, &all, "a list of texts")
	var texts []string
	for _, text := range all {
		if text == nil {
			r.wrong(name, "Send a list of texts here.")
			return nil
		}
		texts = append(texts, *text)
	}
	return texts
}

// others refuses every member that is not among the known ones: a misspelt
// oneTimeOnly must not make a link that opens many times.
func (r *reader) others(names ...string) {
	for _, name := range slices.Sorted(maps.Keys(r.in)) {
		if !slices.Contains(names, name) {
			r.wrong(shortened(name), "There is no such member here. Those there are: "+strings.Join(names, ", ")+".")
		}
	}
}

// shortened is what somebody sent, fit to be sent back.
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

// mostRecipients is from where on a list is not read any further; the service says
// how many are allowed.
const mostRecipients = 1000

// recipients reads the list of recipients: texts, or objects as the SDK's
// validated recipients are.
func (r *reader) recipients() []string {
	var all []json.RawMessage
	r.read("recipients", &all, "a list of addresses and domains")
	if len(all) > mostRecipients {
		all = all[:mostRecipients]
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

// validated reads one object. What it says it is it must be: the text of an
// address that reads as a domain would open the link to a whole company.
func (r *reader) validated(position int, raw []byte) string {
	var in struct {
		Type       kind              `json:"type"`
		Parameters map[string]string `json:"parameters"`
	}
	name := map[kind]string{email: "email", domain: "domain"}
	if err := strictly(raw, &in); err != nil || name[in.Type] == "" || len(in.Parameters) != 1 {
		r.wrong("recipients", fmt.Sprintf(`Recipient %d is neither a text nor as step 3 gave it: {"type":"Email","parameters":{"email":"…"}} or {"type":"Domain","parameters":{"domain":"…"}}.`, position))
		return ""
	}
	text, ok := in.Parameters[name[in.Type]]
	read, problem := share.ParseRecipient(text)
	switch {
	case !ok:
		r.wrong("recipients", fmt.Sprintf("Recipient %d is of the type %s and has no %s among its parameters.", position, in.Type, name[in.Type]))
	case problem != nil:
		r.problems = append(r.problems, *problem)
	case kindOf(read.Kind) != in.Type:
		r.problems = append(r.problems, fault.Problem{
			Code: fault.CodeRecipientInvalid, Field: "recipients",
			Detail: "“" + read.Address + "” is of the type " + string(kindOf(read.Kind)) + ", and it was sent as " + string(in.Type) + ".",
		})
	default:
		return text
	}
	return ""
}

// strictly decodes an object that has no other members than into.
func strictly(raw []byte, into any) error {
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

// names are the members by which the API calls what the form calls otherwise.
var names = map[string]string{"expire_after": "expireAfter", "access": "recipients", "one_time": "oneTimeOnly", "token": "Idempotency-Key"}

// inOurNames gives an error whose problems name the members of the API's bodies.
func inOurNames(err error) error {
	e, ok := fault.As(err)
	switch {
	case ok && e.Code() == fault.CodeAlreadyCreated:
		again := *e
		again.Problems = []fault.Problem{{
			Code: e.Code(), Field: "Idempotency-Key",
			Detail: "This key made a share before, named in share. Its link was shown once: revoke that share and ask again under a new key.",
		}}
		return &again
	case !ok || e.Kind != fault.Invalid:
		return err
	}
	ours := make([]fault.Problem, len(e.Problems))
	for i, p := range e.Problems {
		if p.Code == fault.CodeInvalid && p.Field == "expire_after" {
			p.Detail = "Send OneHour, OneDay, SevenDays, FourteenDays or ThirtyDays, or nothing for the policy's default."
		}
		if name, ok := names[p.Field]; ok {
			p.Field = name
		}
		ours[i] = p
	}
	return fault.Fields(ours)
}

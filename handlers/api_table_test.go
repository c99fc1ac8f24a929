package handlers

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/vault"
)

// apiSetups are the setups that the rows of docs/api.md name.
var apiSetups = map[string]struct {
	with   appOptions
	policy url.Values // where it differs from openPolicy
	first  string     // a request sent before the row's own
}{
	"": {},
	"links last 1 day at most": {
		policy: url.Values{"max_expiry": {"OneDay"}, "default_expiry": {"OneDay"}},
	},
	"named recipients alone":    {policy: url.Values{"allowed_types": {"Authenticated"}}},
	"public links alone":        {policy: url.Values{"allowed_types": {"Public"}}},
	"sharing is off":            {policy: url.Values{"allowed_types": nil}},
	"addresses alone":           {policy: url.Values{"allowed_recipient_types": {"Email"}}},
	"client.example alone":      {policy: url.Values{"allowed_domains": {"client.example"}}},
	"no files":                  {policy: url.Values{"files_allowed": nil}},
	"files of 10 bytes at most": {policy: url.Values{"files_max_size": {"10"}}},
	"no mail server":            {with: appOptions{mailOff: true}},
	"the vault cannot be reached": {
		with: appOptions{
			vault: func(b vault.Backend) vault.Backend {
				return &unreachableVault{b, fault.Of(fault.Unavailable)}
			},
		},
	},
	"something breaks": {
		with: appOptions{
			vault: func(b vault.Backend) vault.Backend {
				return &unreachableVault{b, errors.New("inner detail")}
			},
		},
	},
	"the item is damaged": {with: appOptions{vault: func(b vault.Backend) vault.Backend {
		return &unreadableVault{
			b,
			fault.New(
				fault.Internal,
				fault.CodeDamaged,
				"What is stored of this item is damaged. An admin can restore it from a backup.",
			),
		}
	}}},
	"1 request a minute, and it was sent":       {with: appOptions{rate: 1}, first: "GET /vaults"},
	"the same request created a share just now": {first: "same"},
}

// badRequest is a row of the table of docs/api.md.
type badRequest struct{ why, given, token, request, status, codes, fields, words string }

func readBadRequests(t *testing.T) []badRequest {
	text, err := os.ReadFile("../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows []badRequest
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if len(cells) == 8 && strings.HasPrefix(cells[3], "`") {
			rows = append(
				rows,
				badRequest{
					cells[0],
					cells[1],
					cells[2],
					strings.Trim(cells[3], "`"),
					cells[4],
					cells[5],
					cells[6],
					cells[7],
				},
			)
		}
	}
	if len(rows) < 40 {
		t.Fatalf("%d rows of the table were found", len(rows))
	}
	return rows
}

// apiSetup is an application in the setup that a row names, with its service accounts.
type apiSetup struct {
	*app
	tokens  map[string]program
	share   string
	invited string
	file    vault.Item
}

func newAPISetup(t *testing.T, name string) *apiSetup {
	circumstances, ok := apiSetups[name]
	if !ok {
		t.Fatalf("no circumstances are called %q", name)
	}
	s := &apiSetup{app: newApp(t, circumstances.with)}
	s.file = s.addItemWithFile()
	invited, err := s.accounts.Invite(t.Context(), "", account.NewInvite{
		Email: "later@company.example", Name: "Later", Role: account.Member,
	}, account.Post{})
	s.must(err)
	s.invited = invited.User.ID
	old := s.addProgram("Old", true, s.team.ID)
	s.must(s.accounts.RevokeServiceAccount(t.Context(), "", old.account.ID))
	s.tokens = map[string]program{
		"none": {
			browser: s.browser(),
		}, "unknown": {browser: s.browser(), token: "itemshare_" + strings.Repeat("A",
			43)}, "revoked": old,
		"reads": s.addProgram(
			"Reader", false, s.team.ID,
		), "shares": s.addProgram("Deploy", true,
			s.team.ID), "edits": s.addEditor("Editor"),
		"manages": s.addManager(), "cookie": {browser: s.signIn(memberEmail)},
	}
	if circumstances.with.vault == nil && circumstances.with.rate == 0 {
		_, s.share = s.signIn(memberEmail).share(s.item, nil)
	}
	if circumstances.policy != nil {
		form := openPolicy()
		for field, values := range circumstances.policy {
			form[field] = values
		}
		if r := s.signIn(adminEmail).post("/admin/policy",
			form); r.status != http.StatusSeeOther {
			t.Fatalf("set the policy: %v", r)
		}
	}
	return s
}

var (
	writtenHeader = regexp.MustCompile(`^\[([^:\]]+): ([^\]]*)\] ?`)
	writtenMany   = regexp.MustCompile(`"([^"]*)" × (\d+)`)
)

// send sends a request as the table writes it: a method, a path, a header in brackets and a body,
// in which "xN" × 3 stands for "x0","x1","x2".
func (s *apiSetup) send(row badRequest) reply {
	s.t.Helper()
	caller, ok := s.tokens[row.token]
	if !ok {
		s.t.Fatalf("%s: no token is called %q", row.why, row.token)
	}
	method, rest, _ := strings.Cut(row.request, " ")
	path, body, _ := strings.Cut(rest, " ")
	var header []string
	if found := writtenHeader.FindStringSubmatch(body); found != nil {
		header, body = found[1:], body[len(found[0]):]
	}
	body = writtenMany.ReplaceAllStringFunc(body, func(text string) string {
		parts := strings.Split(text, `" × `)
		n, err := strconv.Atoi(parts[1])
		s.must(err)
		quoted := make([]string, n)
		for i := range quoted {
			quoted[i] = `"` + strings.ReplaceAll(parts[0][1:], "N", strconv.Itoa(i)) + `"`
		}
		return strings.Join(quoted, ",")
	})
	fill := strings.NewReplacer(
		"{item}",
		itemPath(s.item),
		"{file}",
		itemPath(s.file),
		"{hidden}",
		itemPath(s.hidden),
		"{vault}",
		s.team.ID,
		"{member}",
		s.users[memberEmail].ID,
		"{invited}",
		s.invited,
		"{admin}",
		s.users[adminEmail].ID,
		"{reader}",
		s.tokens["reads"].account.ID,
		"{share}",
		s.share,
		"{longName}",
		strings.Repeat("n", 256),
	)
	return caller.call(method, fill.Replace(path), fill.Replace(body), header...)
}

// TestBadInputIsAnsweredAsTheTableSays runs each row of docs/api.md.
func TestBadInputIsAnsweredAsTheTableSays(t *testing.T) {
	stages := map[string]*apiSetup{}
	for _, row := range readBadRequests(t) {
		circumstances := apiSetups[row.given]
		s := stages[row.given]
		if s == nil || circumstances.first != "" {
			s = newAPISetup(t, row.given)
			stages[row.given] = s
		}
		switch circumstances.first {
		case "":
		case "same":
			s.send(row)
		default:
			s.send(badRequest{token: row.token, request: circumstances.first})
		}
		before := s.dump()
		r := s.send(row)
		if r.code() != "policy_access" &&
			!strings.HasPrefix(
				r.code(),
				"policy_",
			) { // rejections by the policy are in the audit log
			s.wantUnchanged(before, row.why)
		}
		status, codes, fields, words := r.tableCells()
		if status != row.status || codes != row.codes || fields != row.fields ||
			words != row.words {
			t.Errorf(
				"%s, or rather\n| %s | %s | %s | `%s` | %s | %s | %s | %s |",
				row.why,
				row.why,
				row.given,
				row.token,
				row.request,
				status,
				codes,
				fields,
				words,
			)
		}
	}
}

// tableCells returns the response as the cells of the table.
func (r reply) tableCells() (status, codes, fields, words string) {
	var problem struct {
		Errors []struct{ Code, Field, Detail string }
	}
	_ = json.Unmarshal([]byte(r.body), &problem)
	var each [3][]string
	for _, e := range problem.Errors {
		field := "`" + e.Field + "`"
		if e.Field == "" {
			field = "–"
		}
		each[0], each[1], each[2] = append(
			each[0],
			"`"+e.Code+"`",
		), append(each[1], field), append(each[2], strings.ReplaceAll(e.Detail, "|", "/"))
	}
	return strconv.Itoa(
			r.status,
		), strings.Join(each[0], "<br>"), strings.Join(
			each[1], "<br>",
		), strings.Join(each[2], "<br>")
}

// addItemWithFile adds an item with a file of 19 bytes.
func (a *app) addItemWithFile() vault.Item {
	a.t.Helper()
	content := "a line of the file\n"
	item := newLogin(a.team.ID, "With a file")
	item.Files = []vault.File{
		{ID: "f", Name: "notes.txt", Type: "text/plain", Size: int64(len(content))},
	}
	made, err := a.vault.AddItem(
		a.t.Context(),
		item,
		func(string) (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(content)),
				nil
		},
	)
	a.must(err)
	return made
}

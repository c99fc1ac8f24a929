package share

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"itemshare/fault"
	"itemshare/vault"
)

func codesOf(problems []fault.Problem) string {
	var codes []string
	for _, p := range problems {
		codes = append(codes, string(p.Code))
	}
	return strings.Join(codes, " ")
}

func TestCheckReportsEverythingAtOnce(t *testing.T) {
	strict := Policy{
		MaxExpiry: day, DefaultExpiry: time.Hour, MaxViews: 1, AllowedTypes: []Type{Authenticated},
		AllowedRecipientTypes: []RecipientKind{Email}, AllowedDomains: []string{"client.example"},
	}
	off := Policy{MaxExpiry: day, DefaultExpiry: day}
	files := Default()
	files.FilesMaxSize = 1 << 20
	for _, c := range []struct {
		why      string
		policy   Policy
		proposal proposal
		want     string
	}{
		{
			"the default forbids nothing",
			Default(),
			proposal{audience: Anyone, expiry: 30 * day, files: []int64{MaxFileSize}},
			"",
		},
		{"access and expiry", strict, proposal{audience: Anyone, expiry: 30 * day}, "policy_access policy_expiry"},
		{
			"all of them",
			strict,
			proposal{
				audience:   Anyone,
				expiry:     7 * day,
				recipients: []Recipient{{Domain, "other.example"}},
				files:      []int64{1},
			},
			"policy_access policy_expiry policy_recipient_type policy_domain policy_files",
		},
		{
			"an address at an allowed domain",
			strict,
			proposal{audience: Recipients, expiry: day, recipients: []Recipient{{Email, "zoe@client.example"}}},
			"",
		},
		{
			"an address elsewhere",
			strict,
			proposal{audience: Recipients, recipients: []Recipient{{Email, "x@other.example"}}},
			"policy_domain",
		},
		{
			"a subdomain is elsewhere",
			strict,
			proposal{audience: Recipients, recipients: []Recipient{{Email, "x@sub.client.example"}}},
			"policy_domain",
		},
		{"no allowed type is sharing turned off", off, proposal{audience: Anyone}, "policy_access"},
		{"also with names", off, proposal{audience: Recipients}, "policy_access"},
		{
			"the zero policy forbids all",
			Policy{},
			proposal{
				audience:   Recipients,
				expiry:     time.Hour,
				recipients: []Recipient{{Email, "a@b.example"}},
				files:      []int64{0},
			},
			"policy_access policy_expiry policy_recipient_type policy_files",
		},
		{"no time chosen is the default, never too long", strict, proposal{audience: Recipients}, ""},
		{
			"a file above the policy's size",
			files,
			proposal{audience: Anyone, files: []int64{1, 1<<20 + 1}},
			"policy_files",
		},
		{"a file of the policy's size", files, proposal{audience: Anyone, files: []int64{1 << 20}}, ""},
		{
			"a file above the installation's bound",
			Default(),
			proposal{audience: Anyone, files: []int64{MaxFileSize + 1}},
			"policy_files",
		},
		{"an access that could not be read is another's problem", strict, proposal{}, ""},
	} {
		problems := Combine(c.policy, nil).check(c.proposal)
		if got := codesOf(problems); got != c.want {
			t.Errorf("%s: %q, want %q", c.why, got, c.want)
		}
		for _, p := range problems {
			if p.Field == "" || !strings.HasSuffix(p.Detail, ".") {
				t.Errorf("%s: %+v says not where or what", c.why, p)
			}
		}
	}
}

func TestViolationsSayWhatIsAllowedAndWhoSetIt(t *testing.T) {
	account := Default()
	account.AllowedDomains = []string{"a.example", "b.example"}
	account.FilesMaxSize = 10 << 20
	own := account
	own.MaxExpiry, own.DefaultExpiry, own.AllowedTypes = day, day, []Type{Authenticated}
	e := Combine(account, &own)
	got := e.check(
		proposal{
			audience:   Anyone,
			expiry:     7 * day,
			recipients: []Recipient{{Email, "x@c.example"}, {Domain, "d.example"}},
			files:      []int64{11 << 20},
		},
	)
	want := []string{
		"This vault's policy doesn't allow links for anyone.",
		"This vault's policy allows 1 day at most.",
		"c.example and d.example aren't allowed. The account policy only allows a.example and b.example.",
		"The account policy allows files up to 10 MiB.",
	}
	for i, p := range got {
		if i >= len(want) || p.Detail != want[i] {
			t.Errorf("violation %d says %q", i, p.Detail)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d violations, want %d", len(got), len(want))
	}
}

// TestDisjointDomainsAllowNobody asserts that two lists without a common domain allow nobody. An
// empty list would allow everybody.
func TestDisjointDomainsAllowNobody(t *testing.T) {
	account, own := Default(), Default()
	account.AllowedDomains, own.AllowedDomains = []string{"a.example"}, []string{"b.example"}
	e := Combine(account, &own)
	for _, r := range []Recipient{{Email, "x@a.example"}, {Domain, "b.example"}, {Email, "x@c.example"}} {
		if got := codesOf(e.check(proposal{audience: Recipients, recipients: []Recipient{r}})); got != "policy_domain" {
			t.Errorf("%v: %q", r, got)
		}
	}
	third := Default()
	third.AllowedDomains = []string{"a.example"}
	if again := e.Narrow(third); again.allowsDomain("a.example") {
		t.Error("narrowing further allows a domain again")
	}
}

func TestEffectiveDefaultIsTheSmaller(t *testing.T) {
	account := Default()
	account.MaxExpiry, account.DefaultExpiry = day, 7*day
	if got := Combine(account, nil).DefaultExpiry; got != day {
		t.Errorf("default is %v above a maximum of a day", got)
	}
	own := Default()
	own.DefaultExpiry = time.Hour
	e := Combine(account, &own)
	if e.DefaultExpiry != time.Hour || e.OriginOf("default_expiry") != Vault ||
		e.OriginOf("max_expiry") != Account {
		t.Errorf(
			"default %v by %s, maximum by %s",
			e.DefaultExpiry,
			e.OriginOf("default_expiry"),
			e.OriginOf("max_expiry"),
		)
	}
}

func TestExpiriesSayWhatIsNotAllowed(t *testing.T) {
	p := Default()
	p.MaxExpiry, p.DefaultExpiry = 7*day, day
	for _, c := range Combine(p, nil).Expiries() {
		long := c.Name == FourteenDays || c.Name == ThirtyDays
		if (c.Reason == "The account policy allows 7 days at most.") != long ||
			c.Default != (c.Name == OneDay) {
			t.Errorf("%+v", c)
		}
	}
}

func TestADefaultThatHasNoNameCanStillBeChosen(t *testing.T) {
	p := Default()
	p.DefaultExpiry = 3 * day
	choices := Combine(p, nil).Expiries()
	if last := choices[len(choices)-1]; last != (ExpiryChoice{Length: 3 * day, Default: true}) {
		t.Errorf("the policy's default is %+v", last)
	}
}

func policies() *rapid.Generator[Policy] {
	expiry := rapid.SampledFrom([]time.Duration{0, time.Hour, day, 7 * day, 14 * day, 30 * day})
	return rapid.Custom(func(t *rapid.T) Policy {
		return Policy{
			MaxExpiry: expiry.Draw(t, "max"), DefaultExpiry: expiry.Draw(t, "default"),
			MaxViews:              rapid.IntRange(0, 4).Draw(t, "views"),
			AllowedTypes:          subset(t, "types", []Type{Authenticated, Public}),
			AllowedRecipientTypes: subset(t, "kinds", []RecipientKind{Email, Domain}),
			AllowedDomains: subset(
				t,
				"domains",
				[]string{"a.example", "b.example", "c.example"},
			),
			FilesAllowed: rapid.Bool().Draw(t, "files"),
			FilesMaxSize: rapid.SampledFrom([]int64{0, 1, 1000, MaxFileSize}).
				Draw(t, "size"),
		}
	})
}

func subset[T any](t *rapid.T, label string, all []T) []T {
	var some []T
	for _, one := range all {
		if rapid.Bool().Draw(t, label) {
			some = append(some, one)
		}
	}
	return some
}

func proposals() *rapid.Generator[proposal] {
	return rapid.Custom(func(t *rapid.T) proposal {
		return proposal{
			audience: rapid.SampledFrom([]Audience{Anyone, Recipients}).Draw(t, "audience"),
			expiry: rapid.SampledFrom([]time.Duration{time.Hour, day, 7 * day, 14 * day, 30 * day}).
				Draw(t, "expiry"),
			recipients: subset(t, "recipients", []Recipient{
				{
					Email,
					"x@a.example",
				}, {Email, "x@b.example"}, {Email, "x@d.example"}, {Domain, "a.example"}, {Domain, "c.example"},
			}),
			files: subset(t, "files", []int64{0, 1, 2000, MaxFileSize}),
		}
	})
}

func TestNarrowing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, q, r := policies().Draw(t, "p"), policies().Draw(t, "q"), policies().Draw(t, "r")
		w := proposals().Draw(t, "proposal")
		if pq, qp := p.Narrow(q), q.Narrow(p); !reflect.DeepEqual(pq, qp) {
			t.Fatalf("not commutative: %+v and %+v", pq, qp)
		}
		if once, twice := p.Narrow(q), p.Narrow(q).Narrow(q).Narrow(p); !reflect.DeepEqual(
			once,
			twice,
		) {
			t.Fatalf("not idempotent: %+v and %+v", once, twice)
		}
		if left, right := p.Narrow(q).Narrow(r), p.Narrow(q.Narrow(r)); !reflect.DeepEqual(
			left,
			right,
		) {
			t.Fatalf("not associative: %+v and %+v", left, right)
		}
		// The narrower policy forbids exactly what one of the two forbids.
		views := rapid.IntRange(0, 4).Draw(t, "max views")
		forbids := func(e Effective) map[string]bool {
			codes := map[string]bool{}
			for _, p := range append(e.check(w), e.checkViews(views)...) {
				codes[string(p.Code)] = true
			}
			return codes
		}
		either, narrow := forbids(Combine(p, nil)), forbids(Combine(p, &q))
		maps.Copy(either, forbids(Combine(q, nil)))
		if !maps.Equal(either, narrow) {
			t.Fatalf("%+v: one of the two forbids %v, the narrower %v", w, either, narrow)
		}
		if n := p.Narrow(q); n.DefaultExpiry > n.MaxExpiry {
			t.Fatalf("default %v above maximum %v", n.DefaultExpiry, n.MaxExpiry)
		}
	})
}

// TestLoosens asserts that a vault's policy that does not loosen the account's allows nothing
// that the account's forbids.
func TestLoosens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		account, own := policies().Draw(t, "account"), policies().Draw(t, "own")
		account, own = account.Narrow(
			account,
		), own.Narrow(
			own,
		) // sorted, the default below the maximum
		if len(own.loosens(account)) > 0 {
			return
		}
		n := account.Narrow(own)
		if n.MaxExpiry != own.MaxExpiry || !slices.Equal(n.AllowedTypes, own.AllowedTypes) ||
			!slices.Equal(n.AllowedRecipientTypes, own.AllowedRecipientTypes) ||
			n.FilesAllowed != own.FilesAllowed {
			t.Fatalf("%+v is taken, but the account's %+v makes it %+v", own, account, n)
		}
	})
}

func TestLooserVaultRulesAreRefusedAtTheField(t *testing.T) {
	account := Policy{
		MaxExpiry: day, DefaultExpiry: time.Hour, MaxViews: 2, AllowedTypes: []Type{Authenticated},
		AllowedRecipientTypes: []RecipientKind{
			Email,
		}, AllowedDomains: []string{"a.example"}, FilesMaxSize: 1000,
	}
	own := Default()
	own.MaxViews, own.AllowedDomains, own.FilesMaxSize = 3, []string{"b.example"}, 2000
	var fields []string
	for _, p := range own.loosens(account) {
		fields = append(fields, p.Field)
	}
	want := []string{
		"max_expiry",
		"default_expiry",
		"max_views",
		"allowed_types",
		"allowed_recipient_types",
		"allowed_domains",
		"files_allowed",
		"files_max_size",
	}
	if !slices.Equal(fields, want) {
		t.Errorf("refused at %q", fields)
	}
	same := account
	same.MaxViews, same.AllowedDomains, same.FilesMaxSize = 0, nil, 0
	if problems := same.loosens(account); len(problems) > 0 {
		t.Errorf("limits left empty add none, and loosen nothing: %v", problems)
	}
	limited := Default()
	limited.MaxViews, limited.AllowedDomains, limited.FilesMaxSize = 3, []string{"b.example"}, 2000
	if problems := limited.loosens(Default()); len(problems) > 0 {
		t.Errorf("limits where the account has none tighten: %v", problems)
	}
}

func TestParsePolicy(t *testing.T) {
	good := PolicyForm{
		MaxExpiry: "OneDay", DefaultExpiry: "OneDay", MaxViews: "1", AllowedTypes: []string{
			"Public",
			"Authenticated",
			"Public",
		},
		AllowedRecipientTypes: []string{
			"Email",
			"Domain",
		}, AllowedDomains: []string{"B.example, a.example\n@b.example"}, FilesAllowed: true, FilesMaxSize: "1048576",
	}
	p, err := ParsePolicy(good)
	want := Policy{
		MaxExpiry: day, DefaultExpiry: day, MaxViews: 1, AllowedTypes: []Type{Authenticated, Public},
		AllowedRecipientTypes: []RecipientKind{
			Domain,
			Email,
		}, AllowedDomains: []string{"a.example", "b.example"}, FilesAllowed: true, FilesMaxSize: 1 << 20,
	}
	if err != nil || !reflect.DeepEqual(p, want) {
		t.Errorf("read %+v, %v", p, err)
	}
	for _, c := range []struct {
		why    string
		change func(*PolicyForm)
		want   string
	}{
		{
			"a rule without a maximum allows nothing anybody wants",
			func(f *PolicyForm) { f.MaxExpiry = "" },
			"invalid max_expiry",
		},
		{"no such duration", func(f *PolicyForm) { f.DefaultExpiry = "TwoDays" }, "invalid default_expiry"},
		{"above the maximum", func(f *PolicyForm) { f.DefaultExpiry = "SevenDays" }, "invalid default_expiry"},
		{"no views is not a limit", func(f *PolicyForm) { f.MaxViews = "0" }, "invalid max_views"},
		{"below none", func(f *PolicyForm) { f.MaxViews = "-1" }, "invalid max_views"},
		{"no number", func(f *PolicyForm) { f.MaxViews = "many" }, "invalid max_views"},
		{
			"more than a number holds",
			func(f *PolicyForm) { f.FilesMaxSize = "99999999999999999999" },
			"invalid files_max_size",
		},
		{
			"more than the installation takes",
			func(f *PolicyForm) { f.FilesMaxSize = "104857601" },
			"invalid files_max_size",
		},
		{
			"an unknown type must not silently allow less",
			func(f *PolicyForm) { f.AllowedTypes = []string{"public"} },
			"invalid allowed_types",
		},
		{
			"nor an unknown kind",
			func(f *PolicyForm) { f.AllowedRecipientTypes = []string{"Group"} },
			"invalid allowed_recipient_types",
		},
		{
			"an address is no domain",
			func(f *PolicyForm) { f.AllowedDomains = []string{"a@b.example"} },
			"invalid allowed_domains",
		},
		{
			"a public suffix is everybody",
			func(f *PolicyForm) { f.AllowedDomains = []string{"co.uk"} },
			"recipient_invalid allowed_domains",
		},
		{
			"all at once",
			func(f *PolicyForm) { f.MaxExpiry, f.MaxViews = "x", "x" },
			"invalid max_expiry invalid max_views",
		},
	} {
		form := good
		c.change(&form)
		_, err := ParsePolicy(form)
		var got []string
		for _, p := range fault.ProblemsOf(err) {
			got = append(got, string(p.Code), p.Field)
		}
		if strings.Join(got, " ") != c.want || fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %q, want %q", c.why, got, c.want)
		}
	}
}

// TestDomainWords asserts that the list of domains speaks of domains alone.
func TestDomainWords(t *testing.T) {
	_, err := ParsePolicy(PolicyForm{
		MaxExpiry: "OneDay", DefaultExpiry: "OneDay",
		AllowedDomains: []string{"a b@ gmail.com me@corp.example"},
	})
	var got []string
	for _, p := range fault.ProblemsOf(err) {
		got = append(got, p.Detail)
	}
	want := []string{
		"“a” isn't a valid domain.", "“b@” isn't a valid domain.",
		"“gmail.com” is open to everyone. Enter an organization's domain.",
		"“me@corp.example” is an email address. Enter its domain only.",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestSentences(t *testing.T) {
	strict := Policy{
		MaxExpiry: 7 * day, DefaultExpiry: day, MaxViews: 1, AllowedTypes: []Type{Authenticated},
		AllowedRecipientTypes: []RecipientKind{
			Email,
		}, AllowedDomains: []string{"a.example", "b.example"}, FilesAllowed: true, FilesMaxSize: 5 << 20,
	}
	once := Default()
	once.MaxViews, once.DefaultExpiry, once.FilesAllowed = 1, 30*day, false
	for _, c := range []struct {
		policy Policy
		want   string
	}{
		{
			Default(), "Links expire after 7 days by default, 30 days at most, with unlimited views." +
				" Links can be for anyone or for specific people." +
				" Allowed recipients are individual email addresses and whole domains. Files can be shared.",
		},
		{
			strict, "Links expire after 1 day by default, 7 days at most, with one view per person." +
				" Links can only be for specific people." +
				" Allowed recipients are individual email addresses, at a.example and b.example only." +
				" Files up to 5 MiB can be shared.",
		},
		{
			once, "Links expire after 30 days at most, with one view (per person where there are recipients)." +
				" Links can be for anyone or for specific people." +
				" Allowed recipients are individual email addresses and whole domains. Files can't be shared.",
		},
		{Policy{}, "Sharing is off."},
	} {
		if got := strings.Join(c.policy.Sentences(), " "); got != c.want {
			t.Errorf("says %q", got)
		}
	}
}

func TestWhoAndViews(t *testing.T) {
	ann, bob, partner, other := Recipient{
		Email,
		"ann@a.example",
	}, Recipient{
		Email,
		"bob@a.example",
	}, Recipient{
		Domain,
		"partner.example",
	}, Recipient{
		Domain,
		"other.example",
	}
	for _, c := range []struct {
		terms      Terms
		recipients []Recipient
		want       string
	}{
		{Terms{Audience: Anyone}, nil, "Anyone with the link/unlimited views"},
		{Terms{Audience: Anyone, MaxViews: 1}, nil, "Anyone with the link/one view"},
		{
			Terms{Audience: Recipients, MaxViews: 1},
			[]Recipient{ann, bob, partner},
			"Two people and anyone at partner.example/one view per person",
		},
		{Terms{Audience: Recipients, MaxViews: 2}, []Recipient{ann}, "One person/up to 2 views per person"},
		{
			Terms{Audience: Recipients, MaxViews: 12},
			[]Recipient{partner, other},
			"Anyone at partner.example or other.example/up to 12 views per person",
		},
	} {
		if got := Who(c.terms.Audience, c.recipients) + "/" + ViewWords(c.terms); got != c.want {
			t.Errorf("says %q, want %q", got, c.want)
		}
	}
}

func TestWhatAVaultTightens(t *testing.T) {
	tight := Policy{
		MaxExpiry: 7 * day, DefaultExpiry: day, MaxViews: 1, AllowedTypes: []Type{Authenticated},
		AllowedRecipientTypes: []RecipientKind{
			Email,
		}, AllowedDomains: []string{"client.example", "partner.example"},
	}
	small := Default()
	small.FilesMaxSize = 5 << 20
	for _, c := range []struct {
		own  Policy
		want string
	}{
		{
			tight,
			"No links for anyone, no whole domains, only client.example and partner.example, 7 days at " +
				"most, 1 view at most and no files",
		},
		{small, "Files up to 5 MiB"},
		{Policy{}, "Sharing is off"},
		{Default(), "Same as account"},
	} {
		if got := c.own.StricterWords(Default()); got != c.want {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	}
}

func TestSizesAreInBinaryUnits(t *testing.T) {
	for bytes, want := range map[int64]string{
		0: "0 bytes", 1: "1 byte", 1023: "1023 bytes", 1024: "1 KiB", 5_000_000: "4.8 MiB",
		5 << 20: "5 MiB", MaxFileSize: "100 MiB", 3 << 29: "1.5 GiB",
	} {
		if got := Size(bytes); got != want {
			t.Errorf("%d: %q, want %q", bytes, got, want)
		}
	}
}

func TestAPolicyFillsItsForm(t *testing.T) {
	for _, p := range []Policy{Default(), {
		MaxExpiry: 7 * day, DefaultExpiry: day, MaxViews: 1, AllowedTypes: []Type{Authenticated},
		AllowedRecipientTypes: []RecipientKind{Email}, AllowedDomains: []string{"a.example"}, FilesMaxSize: 10,
	}} {
		p.AllowedRecipientTypes = common(p.AllowedRecipientTypes, p.AllowedRecipientTypes)
		if got, err := ParsePolicy(p.Form()); err != nil || !reflect.DeepEqual(got, p) {
			t.Errorf("%+v comes back as %+v, %v", p, got, err)
		}
	}
}

// TestTheAccountsLimitsNarrowOurs asserts that each field is the narrowest of three policies and
// names the policy that it comes from: the last one only where it is stricter than those before.
func TestTheAccountsLimitsNarrowOurs(t *testing.T) {
	ours := Policy{
		MaxExpiry: 14 * day, DefaultExpiry: 7 * day, MaxViews: 5, AllowedTypes: []Type{Authenticated, Public},
		AllowedRecipientTypes: []RecipientKind{
			Domain,
			Email,
		}, AllowedDomains: []string{"a.example"}, FilesAllowed: true, FilesMaxSize: 1000,
	}
	same := vault.Limits{
		MaxExpiry: 14 * day, DefaultExpiry: 7 * day, MaxViews: 5, AllowedTypes: []string{"Authenticated", "Public"},
		AllowedRecipientTypes: []string{
			"Email",
			"Domain",
		}, Files: vault.FileLimits{Allowed: true, MaxSize: 1000},
	}
	for _, c := range []struct {
		why    string
		change func(*vault.Limits)
		plain  string // fields set by the account
		files  string // fields set by the account if files are included
	}{
		{"the same rules are ours", func(*vault.Limits) {}, "", ""},
		{
			"looser ones change nothing",
			func(l *vault.Limits) { l.MaxExpiry, l.MaxViews, l.Files.MaxSize = 30*day, 0, 0 },
			"",
			"",
		},
		{
			"a shorter life shortens the default too",
			func(l *vault.Limits) { l.MaxExpiry = day },
			"default_expiry max_expiry",
			"default_expiry max_expiry",
		},
		{"fewer views", func(l *vault.Limits) { l.MaxViews = 2 }, "max_views", "max_views"},
		{
			"fewer ways",
			func(l *vault.Limits) { l.AllowedTypes = []string{"Authenticated"} },
			"allowed_types",
			"allowed_types",
		},
		{
			"fewer kinds",
			func(l *vault.Limits) { l.AllowedRecipientTypes = []string{"Email", "Phone"} },
			"allowed_recipient_types",
			"allowed_recipient_types",
		},
		{"no files", func(l *vault.Limits) { l.Files.Allowed = false }, "files_allowed", "files_allowed"},
		{"smaller files", func(l *vault.Limits) { l.Files.MaxSize = 10 }, "files_max_size", "files_max_size"},
		{"files end sooner", func(l *vault.Limits) { l.Files.MaxExpiry = day }, "", "default_expiry max_expiry"},
		{"files for nobody", func(l *vault.Limits) { l.Files.AllowedTypes = []string{} }, "", "allowed_types"},
		{
			"nothing said of files is as for any item",
			func(l *vault.Limits) { l.Files.AllowedTypes, l.Files.MaxViews = nil, 0 },
			"",
			"",
		},
		{
			"files never have a looser rule",
			func(l *vault.Limits) { l.MaxViews, l.Files.MaxViews = 2, 4 },
			"max_views",
			"max_views",
		},
	} {
		limits := same
		c.change(&limits)
		rules := upstream{by: "1Password", plain: policyOf(limits)}
		rules.files = rules.plain.Narrow(filesPolicy(rules.plain, limits.Files))
		e := Combine(ours, nil)
		e.upstream = &rules
		e = e.Narrowed(rules.plain, rules.by)
		for want, rule := range map[*string]Effective{&c.plain: e, &c.files: e.WithFiles()} {
			if got := strings.Join(slices.Sorted(maps.Keys(rule.origins)), " "); got != *want {
				t.Errorf("%s: the account's are %q, want %q", c.why, got, *want)
			}
			if n := rule.Policy.Narrow(ours); !reflect.DeepEqual(n, rule.Policy) {
				t.Errorf("%s: looser than ours: %+v", c.why, rule.Policy)
			}
			for _, origin := range rule.origins {
				if origin != "1Password" {
					t.Errorf("%s: set by %q", c.why, origin)
				}
			}
		}
	}
}

// TestForbids asserts which values a vault's form offers under an account's policy, and why it does
// not offer the others.
func TestForbids(t *testing.T) {
	account := Policy{
		MaxExpiry: 7 * day, DefaultExpiry: day, MaxViews: 5, AllowedTypes: []Type{Authenticated},
		AllowedRecipientTypes: []RecipientKind{Email}, AllowedDomains: []string{"a.example"},
		FilesMaxSize: 1 << 20,
	}
	for _, c := range []struct{ field, value, why string }{
		{"max_expiry", "SevenDays", ""},
		{"max_expiry", "FourteenDays", "The account policy allows 7 days at most."},
		{"default_expiry", "OneDay", ""},
		{
			"default_expiry", "SevenDays",
			"The default of the account policy is 1 day, and a vault's can only be shorter.",
		},
		{"max_views", "", ""},
		{"max_views", "5", ""},
		{"max_views", "6", "The account policy allows 5 views at most."},
		{"allowed_types", "Authenticated", ""},
		{"allowed_types", "Public", "The account policy doesn't allow links for anyone."},
		{"allowed_recipient_types", "Email", ""},
		{"allowed_recipient_types", "Domain", "The account policy doesn't allow whole domains."},
		{"allowed_domains", "a.example", ""},
		{"allowed_domains", "b.example", "The account policy only allows a.example."},
		{"files_allowed", "", ""},
		{"files_allowed", "on", "The account policy doesn't allow files."},
		{"files_max_size", "1048576", ""},
		{"files_max_size", "1048577", "The account policy allows files up to 1 MiB."},
	} {
		if why := account.Forbids(c.field, c.value); why != c.why {
			t.Errorf("%s %s: %q, want %q", c.field, c.value, why, c.why)
		}
		if why := Default().Forbids(c.field, c.value); why != "" && c.field != "default_expiry" {
			t.Errorf("%s %s under the default policy: %q", c.field, c.value, why)
		}
	}
}

// TestWithin asserts that a vault's policy of before fits the account's as it is now, and that it
// gets no limit that it did not have.
func TestWithin(t *testing.T) {
	account := Policy{
		MaxExpiry: 7 * day, DefaultExpiry: day, MaxViews: 5, AllowedTypes: []Type{Authenticated},
		AllowedRecipientTypes: []RecipientKind{Email}, FilesMaxSize: 1 << 20,
	}
	own := Default()
	own.MaxViews, own.FilesMaxSize = 9, 1<<21
	if p := own.Within(account); len(p.loosens(account)) > 0 || p.MaxViews != 5 ||
		p.MaxExpiry != 7*day || p.DefaultExpiry != day {
		t.Errorf("%+v", p)
	}
	own = Default()
	if p := own.Within(account); p.MaxViews != 0 || p.FilesMaxSize != 0 || p.AllowedDomains != nil {
		t.Errorf("limits that it had not: %+v", p)
	}
}

func TestCompared(t *testing.T) {
	tight := Default()
	tight.MaxViews, tight.AllowedTypes = 1, []Type{Authenticated}
	tight.AllowedRecipientTypes = []RecipientKind{Domain, Email} // another order is no change
	var changed []string
	for _, d := range tight.Compared(Default()) {
		if d.Changed {
			changed = append(changed, d.Name+": "+d.Old+" > "+d.New)
		}
	}
	want := []string{
		"Link types: Links for specific people and links for anyone > Links for specific people",
		"Maximum views: Unlimited > 1",
	}
	if !slices.Equal(changed, want) {
		t.Errorf("%q", changed)
	}
}

package views

import (
	"time"

	"github.com/a-h/templ"

	"itemshare/account"
	"itemshare/fault"
)

// peoplePages are the pages about people: those of admins, one's own, and those of signing in.
func (s sample) peoplePages() map[string]templ.Component {
	nobody, problem := s.signedOut(), func(field string) []fault.Problem {
		return []fault.Problem{{Code: fault.CodeInvalid, Field: field, Detail: s.text}}
	}
	person := s.person()
	refused := person
	refused.Problems = problem("to")
	pending := person
	pending.Person.Pending, pending.Person.Disabled, pending.MailOff = true, false, true
	pending.Access, pending.Programs, pending.Groups = nil, nil, nil
	invite := InviteProps{
		Shell: s.shell(NavUsers), Vaults: []Option{{"v1", s.text}}, Groups: []Option{{"g1", s.text}},
		Form: InviteInput{
			Email: s.text, Name: s.text, Role: "member", Vaults: map[string]string{"v1": "share"},
			Groups: map[string]bool{"g1": true},
		},
		Problems: problem("groups"),
	}
	own := AccountProps{
		Shell: s.shell(NavAccount), Name: s.text, Ways: account.Ways{Password: true, Passkeys: 1},
		Passkeys:       []PasskeyRow{{ID: "k1", Name: s.text, CreatedAt: now}},
		PasskeyOptions: `{"name":"` + "options" + `"}`, Problems: problem("remove_password"),
		Sessions: []SessionRow{{ID: "1", Device: s.text, CreatedAt: now, LastUsed: now, Current: true}},
	}
	passkeyAlone := own
	passkeyAlone.Ways, passkeyAlone.Stale, passkeyAlone.Problems = account.Ways{Passkeys: 1}, true, nil
	return map[string]templ.Component{
		"person": PersonPage(person), "person refused": PersonPage(refused),
		"person invited": PersonPage(pending), "invite": InvitePage(invite),
		"code": PersonCodePage(CodeProps{
			Shell: s.shell(NavUsers), Person: person.Person, Code: "ABCD", Link: s.text, ExpiresAt: now,
		}),
		"join": JoinPage(JoinProps{
			Shell: nobody, Code: s.text, Problems: problem("password"), Rejected: fault.CodeExpired,
		}),
		"join with a passkey": JoinPage(JoinProps{
			Shell: nobody, Code: s.text, PasskeyFor: s.text, PasskeyOptions: `{"name":"options"}`,
			Problems: problem("passkey"), Rejected: fault.CodeInvalid, Ways: SignInWays{Provider: s.text},
		}),
		"join without a password": JoinPage(JoinProps{
			Shell: nobody, Ways: SignInWays{Provider: s.text, NoPasswords: true},
		}),
		"setup": SetUpPage(SetUpProps{
			Shell: nobody, Code: s.text, Name: s.text, Email: s.text, Problems: problem("email"),
		}),
		"own account": AccountPage(own), "own account by passkey": AccountPage(passkeyAlone),
		"second factor": FactorPage(FactorProps{
			Shell: s.shell(NavAccount), Secret: "JBSWY3DPEHPK3PXP", Setup: "sealed", Next: s.text,
			URL: "otpauth://totp/itemshare:ada?secret=JBSWY3DPEHPK3PXP", Problems: problem("code"),
		}),
		"recovery codes": RecoveryPage(RecoveryProps{Shell: s.shell(NavAccount), Codes: []string{"ABCD"}}),
		"signin code": SignInCodePage(SignInCodeProps{
			Shell: nobody, Email: s.text, Next: s.text, Problems: problem("code"),
		}),
		"signin ended": SignInPage(SignInProps{
			Shell: nobody, Was: s.text, Email: s.text, Next: s.base + "/shares",
		}),
	}
}

func (s sample) person() PersonProps {
	return PersonProps{
		Shell: s.shell(NavUsers), Sessions: 2, Links: 1, CodeExpires: now.Add(time.Hour),
		Person: UserRow{
			User: User{ID: "u2", Name: s.text, Email: s.text}, CreatedAt: now, Disabled: true,
			Groups:      []string{s.text},
			Undelivered: &account.Undelivered{UserID: "u2", Reason: s.text, At: now, Retried: true},
		},
		Groups: []Option{{"g1", s.text}, {"g2", "Sales"}},
		Access: []AccessRow{{VaultID: "v1", Vault: s.text, Rights: "View", From: s.text}},
		Programs: []ServiceAccountRow{
			{ID: "p1", Name: s.text, State: account.TokenLive, CreatedAt: now},
		},
		Form: PersonInput{Name: s.text, Role: "member"}, Removal: RemovalInput{Links: "hand", To: s.text},
	}
}

package share_test

import (
	"strings"
	"testing"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share"
)

// unseen is Ann, who may share from the vault but not reveal.
var unseen = share.Sharer{ID: ann.ID, Name: ann.Name}

func (s *testService) withdrawReveal() {
	s.setGrant(account.Grant{UserID: ann.ID, VaultID: s.team.ID, View: true, Share: true, NoReveal: true})
}

// unseenRequests are what somebody asks who may not reveal the item, and the code of the answer, ""
// where a link is created.
var unseenRequests = []struct {
	why        string
	recipients []string // none: anyone with the link
	want       fault.Code
	words      string // in the answer
}{
	{"anyone with the link", nil, fault.CodePolicyAccess, "people you choose"},
	{"an outsider", []string{"zoe@client.example"}, "", ""},
	{"a domain of outsiders", []string{"client.example"}, "", ""},
	{"themselves", []string{"ann@home.example"}, fault.CodeRecipientMember, "ann@home.example has an account"},
	{"themselves, written otherwise", []string{"Ann <ANN@Home.Example>"}, fault.CodeRecipientMember, "ann@home"},
	{"themselves, tagged", []string{"ann+x@home.example"}, fault.CodeRecipientMember, "ann+x@home.example"},
	{"a colleague", []string{"ben@home.example"}, fault.CodeRecipientMember, "ben@home.example"},
	{"their domain", []string{"home.example"}, fault.CodeRecipientMember, "Someone at home.example has an account"},
	{
		"their domain by its address",
		[]string{"mailto:x@home.example", "HOME.example"},
		fault.CodeRecipientMember, "home",
	},
	{"somebody without an account at their domain", []string{"zoe@home.example"}, "", ""},
	{
		"among others",
		[]string{"zoe@client.example, ben@home.example ann@home.example", "client.example"},
		fault.CodeRecipientMember, "ann@home.example and ben@home.example have accounts",
	},
}

// codeOf returns the code of an error, "" for none.
func codeOf(err error) fault.Code {
	if err == nil {
		return ""
	}
	return fault.CodeOf(err)
}

// TestShareUnseen asserts that somebody who may not reveal an item can share it with recipients who
// have no account, and with nobody else: at each step, and for a native link too.
func TestShareUnseen(t *testing.T) {
	for _, native := range []bool{false, true} {
		s := newService(t)
		if native {
			s, _ = newLinkingService(t)
		}
		s.withdrawReveal()
		for _, c := range unseenRequests {
			r := share.Request{
				VaultID: s.team.ID, ItemID: s.item.ID, Access: string(share.Anyone), Recipients: c.recipients,
			}
			if len(c.recipients) > 0 {
				r.Access = string(share.Recipients)
			}
			created, err := s.Create(t.Context(), unseen, r)
			if codeOf(err) != c.want || c.want == "" && created.Link == "" {
				t.Errorf("%s (native %v): %v", c.why, native, err)
			}
			if c.want != "" && !strings.Contains(fault.ProblemsOf(err)[0].Detail, c.words) {
				t.Errorf("%s: %v", c.why, fault.ProblemsOf(err))
			}
			judged := must(s.Judge(t.Context(), unseen, s.item, r))(t)
			if (len(judged.Problems) > 0) != (c.want != "") {
				t.Errorf("%s (native %v) is judged: %v", c.why, native, judged.Problems)
			}
			if !native {
				if _, err := s.Preview(t.Context(), unseen, r); codeOf(err) != c.want {
					t.Errorf("the preview for %s: %v", c.why, err)
				}
			}
			rejected := false
			for _, one := range must(s.CheckRecipients(t.Context(), unseen, s.team.ID, s.item.ID, c.recipients))(t) {
				rejected = rejected || one.Problem != nil
			}
			if rejected != (c.want == fault.CodeRecipientMember) {
				t.Errorf("%s while they type: rejected %v", c.why, rejected)
			}
		}
		refused := len(s.events(audit.ShareRefused))
		for _, e := range s.events(audit.ShareCreated) {
			if e.Detail["unseen"] != "true" {
				t.Errorf("the event of a link does not say so: %v", e.Detail)
			}
		}
		if refused != 8 {
			t.Errorf("%d refusals are in the audit log", refused)
		}
	}
}

// TestSuspendedMembersStayMembers asserts that the address of somebody who is kept out for now can't be
// named either.
func TestSuspendedMembersStayMembers(t *testing.T) {
	s := newService(t)
	s.withdrawReveal()
	entry := must(s.log.Entry(audit.Event{At: s.now, Kind: audit.UserDisabled, Subject: ben.ID}))(t)
	if err := s.db.SetDisabled(t.Context(), ben.ID, true, entry); err != nil {
		t.Fatal(err)
	}
	_, err := s.Create(t.Context(), unseen, s.request(to("ben@home.example")))
	wantCode(t, "a suspended colleague", err, fault.CodeRecipientMember)
}

// TestUnseenIsJudgedWhenItGoesLive asserts that a link which was judged as that of somebody who may
// reveal is not created once they may not, and that one judged without is.
func TestUnseenIsJudgedWhenItGoesLive(t *testing.T) {
	s := newService(t)
	s.withdrawReveal()
	_, err := s.Create(t.Context(), ann, s.request(to("zoe@client.example")))
	wantCode(t, "as if they could reveal", err, fault.CodeConflict)
	must(s.Create(t.Context(), unseen, s.request(to("zoe@client.example"))))(t)
	s.setGrant(account.Grant{UserID: ann.ID, VaultID: s.team.ID, View: true, NoReveal: true})
	_, err = s.Create(t.Context(), unseen, s.request(to("zoe@client.example")))
	wantCode(t, "without the right to share", err, fault.CodeConflict)
}

// TestUnseenAgain asserts that a link for anyone and its members are not repeated by somebody who may
// not reveal any more.
func TestUnseenAgain(t *testing.T) {
	s := newService(t)
	open := s.createShare()
	named := s.createShare(to("zoe@client.example", "ben@home.example"))
	s.withdrawReveal()
	for _, id := range []string{open.ID, named.ID} {
		again := must(s.Again(t.Context(), unseen, annsView, id, s.team.ID, s.item.ID))(t)
		if again.Access != string(share.Recipients) || len(again.Changes) == 0 ||
			strings.Contains(strings.Join(again.Recipients, " "), "home.example") {
			t.Errorf("again: %+v", again)
		}
	}
}

// TestUnfiledIsSeen asserts that what somebody typed themselves has no such limit.
func TestUnfiledIsSeen(t *testing.T) {
	s := newService(t)
	s.withdrawReveal()
	must(s.CreateUnfiled(t.Context(), unseen, unfiled("", "a text", ""), filesOf()))(t)
}

package client_test

import (
	"fmt"
	"strings"
	"testing"

	"itemshare/client"
)

// TestPeopleCallsAreRepeatedWhereThatIsSafe asserts which calls are sent again after a lost answer.
func TestPeopleCallsAreRepeatedWhereThatIsSafe(t *testing.T) {
	s := newServer(t, step{cut: true})
	c := s.client()
	for want, call := range map[string]func() error{
		"POST /api/v1/users": func() error {
			_, err := c.Users().Invite(t.Context(), client.UserInviteParams{})
			return err
		},
		"DELETE /api/v1/users/u?links=keep": func() error {
			return c.Users().Remove(t.Context(), "u", client.UserRemoveParams{Links: client.LinksChoiceKeep})
		},
		"POST /api/v1/vaults": func() error {
			_, err := c.Vaults().Create(t.Context(), "Team")
			return err
		},
		"4 PATCH /api/v1/vaults/v": func() error {
			_, err := c.Vaults().Archive(t.Context(), "v")
			return err
		},
		"4 POST /api/v1/users/u/password-reset": func() error {
			_, err := c.Users().ResetPassword(t.Context(), "u")
			return err
		},
		"DELETE /api/v1/groups/g": func() error { return c.Groups().Delete(t.Context(), "g") },
		"4 PATCH /api/v1/users/u": func() error {
			_, err := c.Users().Update(t.Context(), "u", client.UserUpdateParams{Name: "U"})
			return err
		},
		"4 PUT /api/v1/groups/g/members/u": func() error {
			return c.Groups().AddMember(t.Context(), "g", "u")
		},
		"4 DELETE /api/v1/vaults/v/access/users/u": func() error {
			return c.Vaults().RemoveUserAccess(t.Context(), "v", "u")
		},
	} {
		s.forget()
		if call() == nil {
			t.Errorf("%s: no error", want)
		}
		line, again := strings.CutPrefix(want, "4 ")
		sent := strings.Split(s.lines(), "\n")
		if sent[0] != line || again != (len(sent) == 4) {
			t.Errorf("%s: sent %q", want, sent)
		}
	}
}

// TestNobodyIsFoundWithoutAnAddress asserts that an empty address does not find the first person.
func TestNobodyIsFoundWithoutAnAddress(t *testing.T) {
	s := newServer(t, step{status: 200, body: `{"items":[{"id":"u"}]}`})
	if u, err := s.client().Users().Find(t.Context(), ""); err == nil || len(s.requests()) > 0 {
		t.Errorf("found %+v", u)
	}
}

// TestInvitationPrintsNoLink asserts that no verb prints the link of an invitation.
func TestInvitationPrintsNoLink(t *testing.T) {
	i := client.Invitation{User: client.User{ID: "u"}, Link: "https://x.example/join#CODE"}
	text := fmt.Sprintf("%v %+v %#v %s %q %v", i, i, i, i, i, i.LogValue())
	if strings.Contains(text, "CODE") || !strings.Contains(text, "invitation of u") {
		t.Error(text)
	}
	r := client.PasswordReset{User: i.User, Link: i.Link}
	text = fmt.Sprintf("%v %+v %#v %s %q %v", r, r, r, r, r, r.LogValue())
	if strings.Contains(text, "CODE") || !strings.Contains(text, "password reset of u") {
		t.Error(text)
	}
}

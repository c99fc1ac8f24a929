package views

import (
	"testing"

	"itemshare/audit"
)

func TestTimelineWords(t *testing.T) {
	p := ShareDetailProps{SharerID: "u1", Share: ShareRow{By: "Mia Member"}}
	for _, c := range []struct {
		kind   audit.Kind
		actor  string
		detail map[string]string
		want   string
	}{
		{audit.ShareCreated, "u1", nil, "Link created by Mia Member"},
		{
			audit.CodeRequested, "",
			map[string]string{"address": "ann@a.example"},
			"Code requested by ann@a.example",
		},
		{
			audit.CodeRequested, "",
			map[string]string{"address": "not on the share"},
			"Code requested by someone who isn't a recipient",
		},
		{
			audit.CodeRequested, "",
			map[string]string{"address": "a@b.example", "why": "withheld"},
			"Code requested by a@b.example: not sent: too many codes for this address",
		},
		{
			audit.CodeUndelivered, "",
			map[string]string{"address": "a@b.example", "reason": "No such mailbox"},
			"Code not delivered to a@b.example: No such mailbox",
		},
		{
			audit.CodeRefused, "",
			map[string]string{"address": "a@b.example"},
			"Wrong code by a@b.example",
		},
		{
			audit.OpenRefused, "",
			map[string]string{"why": "viewed"},
			"View denied: no views left",
		},
		{audit.ShareOpened, "", map[string]string{"agent": "Firefox"}, "Link viewed"},
		{
			audit.ShareOpened, "",
			map[string]string{"views": "12"},
			"Link viewed 12 times in this minute",
		},
		{audit.ShareRevoked, "u1", map[string]string{"by": "person"}, "Link revoked by Mia Member"},
		{audit.ShareRevoked, "u2", map[string]string{"by": "policy"}, "Link revoked by a new policy"},
		{
			audit.RecipientRemoved, "u1",
			map[string]string{"recipient": "a@b.example"},
			"Recipient removed: a@b.example by Mia Member",
		},
		{audit.CodeRefused, "", nil, "Wrong code"},
	} {
		got := timelineWords(p, audit.Event{Kind: c.kind, Actor: c.actor, Detail: c.detail})
		if got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

package webhook

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"itemshare/audit"
)

// envelope is a message's body.
type envelope struct {
	Type      Type   `json:"type"`
	Timestamp string `json:"timestamp"`
	Data      any    `json:"data"`
}

// person names who acted.
type person struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

// data is what a message tells: IDs, times, who shared and the verified address. It has no field
// for a link, a title, a value or a code.
type data struct {
	ShareID         string  `json:"shareId"`
	VaultID         string  `json:"vaultId,omitempty"` // "" for what is in no vault
	ItemID          string  `json:"itemId,omitempty"`
	SharedBy        person  `json:"sharedBy"`
	Audience        string  `json:"audience"`
	CreatedAt       string  `json:"createdAt"`
	ExpiresAt       string  `json:"expiresAt"`
	MaxViews        int     `json:"maxViews"`
	VerifiedAddress string  `json:"verifiedAddress,omitempty"` // of who viewed it
	Views           int     `json:"views,omitempty"`           // 1, or those of a minute
	Reason          string  `json:"reason,omitempty"`          // why a view was denied
	RevokedBy       *person `json:"revokedBy,omitempty"`       // absent where a new policy did
}

// typesOf returns what an audit event tells receivers, in the order of sending.
func typesOf(e audit.Event) []Type {
	switch e.Kind {
	case audit.ShareCreated:
		return []Type{Created}
	case audit.ShareOpened:
		if e.Detail[audit.DetailLast] != "" {
			return []Type{Opened, UsedUp}
		}
		return []Type{Opened}
	case audit.OpenRefused, audit.CodeRefused:
		return []Type{Refused}
	case audit.ShareRevoked:
		return []Type{Revoked}
	case audit.ShareExpired:
		return []Type{Expired}
	}
	return nil
}

// maxTypes is how many types one event has at most: its places follow each other.
const maxTypes = 2

// bodyOf returns a message's body.
func bodyOf(t Type, e audit.Event, s Share) ([]byte, error) {
	d := data{
		ShareID: s.ID, VaultID: s.VaultID, ItemID: s.ItemID, MaxViews: s.MaxViews,
		SharedBy: person{s.OwnerID, s.OwnerName}, Audience: s.Audience,
		CreatedAt: timeText(s.CreatedAt), ExpiresAt: timeText(s.ExpiresAt),
	}
	switch t {
	case Opened, UsedUp:
		d.VerifiedAddress = e.Detail["address"]
		if t == Opened {
			d.Views = viewsOf(e)
		}
	case Refused:
		if d.Reason = e.Detail["why"]; e.Kind == audit.CodeRefused {
			d.Reason = "code"
		}
	case Revoked:
		if e.Actor != "" && e.Detail["by"] != "policy" {
			d.RevokedBy = &person{ID: e.Actor}
		}
	}
	body, err := json.Marshal(envelope{t, timeText(e.At), d})
	if err != nil {
		return nil, fmt.Errorf("write a message: %w", err)
	}
	return body, nil
}

// viewsOf returns how many views an event stands for.
func viewsOf(e audit.Event) int {
	if n, err := strconv.Atoi(e.Detail["views"]); err == nil {
		return n
	}
	return 1
}

// testBody returns the body of the message that tries a webhook.
func testBody(webhookID string, now time.Time) ([]byte, error) {
	return json.Marshal(envelope{testType, timeText(now), map[string]string{"webhookId": webhookID}})
}

func timeText(t time.Time) string { return t.UTC().Format(time.RFC3339) }

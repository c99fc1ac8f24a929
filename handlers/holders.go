package handlers

import (
	"cmp"
	"context"
	"strings"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/views"
)

// holder is a person or a group that rights can be given to. An empty ID is none.
type holder struct {
	ID, Name, Email string
	Group           bool
}

// text is what means the holder in a form.
func (h holder) text() string { return cmp.Or(h.Email, h.Name) }

// holderHits returns the first groups and people whose names or email addresses have a text.
func (h *Handlers) holderHits(ctx context.Context, text string) ([]views.Hit, error) {
	groups, err := h.c.Accounts.FindGroups(ctx, account.Find{Text: text, Limit: maxHits})
	if err != nil {
		return nil, fault.Wrap("find groups", err)
	}
	var hits []views.Hit
	for _, g := range groups.Rows {
		hits = append(hits, views.Hit{Value: g.Name, Label: "Group"})
	}
	people, err := h.personHits(ctx, text)
	return append(hits, people...), err
}

// personHits returns the first people whose names or email addresses have a text.
func (h *Handlers) personHits(ctx context.Context, text string) ([]views.Hit, error) {
	found, err := h.c.Accounts.FindUsers(ctx, account.Find{Text: text, Limit: maxHits})
	if err != nil {
		return nil, fault.Wrap("find people", err)
	}
	hits := make([]views.Hit, len(found.Rows))
	for i, u := range found.Rows {
		hits[i] = views.Hit{Value: u.Email, Label: u.Name}
	}
	return hits, nil
}

// holderOf returns whom a text means: a group by its ID or name, else a person. One that means none or
// several is fault.Invalid for the field who.
func (h *Handlers) holderOf(ctx context.Context, text string) (holder, error) {
	group, err := h.c.Accounts.FindGroup(ctx, text)
	if err == nil {
		return holder{ID: group.ID, Name: group.Name, Group: true}, nil
	}
	if fault.KindOf(err) != fault.NotFound {
		return holder{}, fault.Wrap("find a group", err)
	}
	return h.personOf(ctx, "who", text)
}

// personOf returns the person whom the text of a field means, as holderOf.
func (h *Handlers) personOf(ctx context.Context, field, text string) (holder, error) {
	if strings.TrimSpace(text) == "" {
		return holder{}, fault.Field(field, fault.CodeInvalid, "Enter a name or an email address.")
	}
	meant, err := h.c.Accounts.Meant(ctx, text)
	if err != nil {
		return holder{}, fault.Wrap("find a person", err)
	}
	if len(meant) != 1 {
		return holder{}, fault.Fields(oneOf(field, text, len(meant), "person or group", "people"))
	}
	if meant[0].Email == "" {
		return holder{}, fault.Field(field, fault.CodeInvalid,
			"“"+meant[0].Name+"” isn't a person. The rights of a service account are set when it is created.")
	}
	return holder{ID: meant[0].ID, Name: meant[0].Name, Email: meant[0].Email}, nil
}

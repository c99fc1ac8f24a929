package handlers

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share"
	"itemshare/views"
)

const (
	mostEvents   = 1000 // events of a kind and day that are counted; above it is "1,000+"
	mostOpenings = 1000 // newest views that are looked through for items to rotate
	seenDays     = 30   // how old they can be
	staleMail    = 10 * time.Minute
)

// adminHome shows how the installation stands, and what an admin has to decide. Every count ends at a
// limit, so that the page costs the same however much there is.
func (h *Handlers) adminHome(c echo.Context, me account.Identity) error {
	ctx := c.Request().Context()
	vaults, err := h.namedVaults(ctx, me)
	if err != nil {
		return err
	}
	props := views.AdminHomeProps{
		Shell: h.shell(me, views.NavAdmin, "Overview", vaults), Version: h.c.Version,
		Chain: h.chainState(), Today: h.c.Clock().UTC(),
	}
	if props.Overview, err = h.c.Shares.Overview(ctx); err != nil {
		return fault.Wrap("count links", err)
	}
	for _, step := range []func(context.Context, *views.AdminHomeProps) error{
		h.countEvents, h.countSeen, h.countMail, h.nameOwners, h.nameOrganization,
	} {
		if err := step(ctx, &props); err != nil {
			return err
		}
	}
	if props.BehindSince, err = h.behindSince(ctx); err != nil {
		return err
	}
	props.VaultNames = titles(vaults)
	return h.show(c, http.StatusOK, views.AdminHomePage(props))
}

// countEvents counts views by day, and what was refused today.
func (h *Handlers) countEvents(ctx context.Context, p *views.AdminHomeProps) error {
	for _, day := range share.LastDays(p.Today) {
		n, err := h.c.Events.Count(ctx, audit.ShareOpened, day, day.AddDate(0, 0, 1), mostEvents+1)
		if err != nil {
			return fault.Wrap("count views", err)
		}
		p.Opened = append(p.Opened, share.CountUpTo(n, mostEvents))
	}
	today := p.Today.Truncate(24 * time.Hour)
	n, err := h.c.Events.Count(ctx, audit.Refusals, today, today.AddDate(0, 0, 1), mostEvents+1)
	p.Refused = share.CountUpTo(n, mostEvents)
	return fault.Wrap("count refusals", err)
}

func (h *Handlers) countSeen(ctx context.Context, p *views.AdminHomeProps) error {
	seen, more, err := h.seenItems(ctx)
	if fault.KindOf(err) == fault.Unavailable {
		p.SeenUnknown = true
		return nil
	}
	p.Seen = share.Count{N: len(seen), More: more && len(seen) > 0}
	return err
}

// seenItems returns the items that somebody outside has seen since they were changed, and whether more
// views than are looked through are as recent.
func (h *Handlers) seenItems(ctx context.Context) ([]share.SeenItem, bool, error) {
	var openings []share.Opening
	query := audit.Query{
		Kind: audit.ShareOpened, From: h.c.Clock().AddDate(0, 0, -seenDays), Limit: 200,
	}
	for len(openings) < mostOpenings {
		page, err := h.c.Events.List(ctx, query)
		if err != nil {
			return nil, false, fault.Wrap("list views", err)
		}
		for _, e := range page.Events {
			openings = append(openings, share.Opening{
				ShareID: e.Subject, Address: e.Detail["address"], At: e.At,
			})
		}
		if query.After = page.Next; query.After == "" {
			break
		}
	}
	seen, err := h.c.Shares.Seen(ctx, openings)
	return seen, query.After != "", ofVault("look for items that were seen", err)
}

func (h *Handlers) countMail(ctx context.Context, p *views.AdminHomeProps) error {
	failures, err := h.c.Shares.Undelivered(ctx)
	if err != nil {
		return fault.Wrap("list undelivered emails", err)
	}
	p.Undelivered, p.MailOff = len(failures), h.c.Mail == nil
	if p.MailOff {
		return nil
	}
	backlog, err := h.c.Mail.Backlog(ctx)
	if backlog.Waiting > 0 && h.c.Clock().Sub(backlog.Oldest) > staleMail {
		p.Waiting = backlog.Waiting
	}
	return fault.Wrap("read the mail queue", err)
}

// nameOwners names the people and service accounts with the most links.
func (h *Handlers) nameOwners(ctx context.Context, p *views.AdminHomeProps) error {
	var ids []string
	for _, t := range p.Overview.ByOwner {
		ids = append(ids, t.ID)
	}
	people, err := h.c.Accounts.Parties(ctx, ids)
	p.OwnerNames = map[string]string{}
	for id, who := range people {
		p.OwnerNames[id] = who.Name
	}
	return fault.Wrap("name people", err)
}

func (h *Handlers) nameOrganization(ctx context.Context, p *views.AdminHomeProps) error {
	in, err := h.c.Accounts.Installation(ctx)
	p.Of = in.Organization
	return fault.Wrap("name the organization", err)
}

// showSeen lists the items that somebody outside has seen since they were changed. An admin learns the
// names of those alone that they may view.
func (h *Handlers) showSeen(c echo.Context, me account.Identity) error {
	ctx := c.Request().Context()
	vaults, err := h.namedVaults(ctx, me)
	if err != nil {
		return err
	}
	props := views.SeenProps{Shell: h.shell(me, views.NavAdmin, "Items to rotate", vaults)}
	seen, more, err := h.seenItems(ctx)
	if err != nil {
		return err
	}
	names := titles(vaults)
	for _, item := range seen {
		row := views.SeenRow{
			Vault: vaultName(names, item.VaultID), ShareID: item.ShareID, At: item.LastAt, Views: item.Views,
		}
		if me.MayView(item.VaultID) {
			row.Title, row.Item = item.Title, h.Item(item.VaultID, item.ItemID)
		}
		props.Rows = append(props.Rows, row)
	}
	props.More = more
	return h.show(c, http.StatusOK, views.SeenPage(props))
}

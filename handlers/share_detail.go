package handlers

import (
	"cmp"
	"context"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share"
	"itemshare/vault"
	"itemshare/views"
)

func (h *Handlers) showShare(c echo.Context, me account.Identity) error {
	ctx := c.Request().Context()
	found, err := h.c.Shares.Get(ctx, viewerOf(me, nil), c.Param("id"))
	if err != nil {
		return fault.Wrap("load a share", err)
	}
	vaults, err := h.namedVaults(ctx, me)
	if err != nil {
		return err
	}
	item := h.currentItem(ctx, me, found.Summary)
	props := views.ShareDetailProps{
		Shell:    h.shell(me, views.NavHistory, "Link for "+found.Title, vaults),
		Share:    shareRow(found.Summary, titles(vaults)),
		MayView:  me.MayView(found.VaultID),
		MayShare: me.MayShare(found.VaultID) && item.Version > 0 && item.ArchivedAt.IsZero(),
		Version:  found.ItemVersion, CurrentItem: item.Version, Locked: found.Locked,
		Included: found.Names, MoreFields: found.More,
		Revocable: found.Revocable,
		Tell:      found.Tell,
		MayTell: found.OwnerID == me.User.ID && found.State == share.Active && !found.Native &&
			!h.c.Shares.MailOff(),
	}
	props.Shell.Flash = doneWords(c.QueryParam("done"), c.QueryParam("who"), found)
	for _, r := range found.Recipients {
		props.Progress = append(props.Progress, views.RecipientProgress{
			RecipientName: recipientName(r), Position: r.Position, Codes: r.Codes, Views: r.Views,
			RemovedAt: r.RemovedAt,
		})
	}
	for _, v := range found.Views {
		props.Views = append(props.Views, views.ViewRow(v))
	}
	props.MoreViews = views.TotalViews(props.Views) < found.Summary.Views
	events, err := h.c.Events.List(ctx, audit.Query{Subject: found.ID, Limit: pageSize})
	if err != nil {
		return fault.Wrap("list a share's events", err)
	}
	props.SharerID, props.MoreEvents = found.OwnerID, events.Next != ""
	for _, e := range events.Events {
		props.Timeline = append(props.Timeline, e.Event)
	}
	return h.show(c, http.StatusOK, views.ShareDetailPage(props))
}

// currentItem returns the shared item as it is now: the zero value where me may not view it, and
// where it no longer exists.
func (h *Handlers) currentItem(
	ctx context.Context, me account.Identity, s share.Summary,
) vault.Overview {
	if !me.MayView(s.VaultID) {
		return vault.Overview{}
	}
	found, err := h.c.Vault.Overviews(ctx, s.VaultID, []string{s.ItemID})
	if err != nil || len(found) != 1 {
		return vault.Overview{}
	}
	return found[0]
}

// What was just done, as ShareDone has it. The page says it only where it is true.
const (
	doneRevoked = "revoked"
	doneRemoved = "removed"
	doneEmails  = "emails"
)

func doneWords(what, who string, d share.Detail) string {
	if what == doneRevoked && d.State == share.Revoked {
		return "Link revoked."
	}
	if what == doneEmails && d.Tell {
		return "You'll get emails about this link."
	}
	if what == doneEmails {
		return "You won't get emails about this link."
	}
	if what != doneRemoved {
		return ""
	}
	for _, r := range d.Recipients {
		switch {
		case strconv.Itoa(r.Position) != who || !r.Removed():
		case d.State == share.Revoked:
			return cmp.Or(r.Address, "Recipient") + " removed. The link is revoked."
		default:
			return cmp.Or(r.Address, "Recipient") + " removed."
		}
	}
	return ""
}

func (h *Handlers) revoke(c echo.Context, me account.Identity) error {
	id := c.Param("id")
	if err := h.c.Shares.Revoke(c.Request().Context(), sharerOf(me, ""), viewerOf(me, nil),
		id); err != nil {
		return fault.Wrap("revoke a share", err)
	}
	return seeOther(c, h.ShareDone(id, doneRevoked, ""))
}

// tellOfShare sets whether I want emails about my share.
func (h *Handlers) tellOfShare(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	id := c.Param("id")
	err = h.c.Shares.Tell(c.Request().Context(), sharerOf(me, ""), id, isChecked(form, "tell"))
	if err != nil {
		return err
	}
	return seeOther(c, h.ShareDone(id, doneEmails, ""))
}

func (h *Handlers) removeRecipient(c echo.Context, me account.Identity) error {
	id := c.Param("id")
	position, err := strconv.Atoi(c.Param("position"))
	if err != nil || position < 0 {
		return fault.Of(fault.NotFound)
	}
	if err := h.c.Shares.RemoveRecipient(c.Request().Context(), sharerOf(me, ""), viewerOf(me, nil), id,
		position); err != nil {
		return fault.Wrap("remove a recipient", err)
	}
	return seeOther(c, h.ShareDone(id, doneRemoved, strconv.Itoa(position)))
}

package handlers

import (
	"context"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/views"
	"itemshare/webhook"
)

func (h *Handlers) showWebhooks(c echo.Context, me account.Identity) error {
	props, err := h.webhooksPage(c.Request().Context(), me)
	if err != nil {
		return err
	}
	if c.QueryParam("removed") != "" {
		props.Shell.Flash = "Webhook removed."
	}
	return h.show(c, http.StatusOK, views.WebhooksPage(props))
}

func (h *Handlers) webhooksPage(
	ctx context.Context, me account.Identity,
) (views.WebhooksProps, error) {
	props := views.WebhooksProps{
		Shell: h.shell(me, views.NavWebhooks, "Webhooks", h.sidebarVaults(ctx, me)),
	}
	for _, t := range webhook.Types() { // a new one is told everything unless less is chosen
		props.Types = append(props.Types, string(t))
	}
	list, err := h.c.Webhooks.List(ctx)
	if err != nil {
		return props, fault.Wrap("list webhooks", err)
	}
	names, err := h.webhookPeople(ctx, list)
	for _, w := range list {
		props.Webhooks = append(props.Webhooks, h.webhookRow(w, names))
	}
	return props, err
}

// webhookPeople returns the names of those who added webhooks.
func (h *Handlers) webhookPeople(
	ctx context.Context, list []webhook.Webhook,
) (map[string]string, error) {
	var ids []string
	for _, w := range list {
		ids = append(ids, w.CreatedBy)
	}
	parties, err := h.c.Accounts.Parties(ctx, ids)
	names := map[string]string{}
	for id, p := range parties {
		names[id] = p.Name
	}
	return names, fault.Wrap("name people", err)
}

func (h *Handlers) webhookRow(w webhook.Webhook, names map[string]string) views.WebhookRow {
	row := views.WebhookRow{
		ID: w.ID, URL: w.URL, State: string(w.State), By: names[w.CreatedBy],
		CreatedAt: w.CreatedAt, Waiting: w.Waiting, Failed: w.Failed,
	}
	if w.OldUntil.After(h.c.Clock()) {
		row.OldUntil = w.OldUntil
	}
	for _, t := range w.Types {
		row.Types = append(row.Types, string(t))
	}
	return row
}

// addWebhook adds a webhook and shows its secret, only here.
func (h *Handlers) addWebhook(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	added, secret, err := h.c.Webhooks.Add(ctx, me.User.ID, form.Get("url"), form["types"])
	if fault.KindOf(err) == fault.Invalid {
		props, listErr := h.webhooksPage(ctx, me)
		if listErr != nil {
			return listErr
		}
		props.URL, props.Types, props.Problems = form.Get("url"), form["types"], fault.ProblemsOf(err)
		return h.showEither(
			c, http.StatusUnprocessableEntity, views.Webhooks(props), views.WebhooksPage(props),
		)
	}
	if err != nil {
		return fault.Wrap("add a webhook", err)
	}
	return h.showWebhookSecret(c, me, http.StatusCreated, added, secret)
}

// showWebhookSecret shows the secret of a new webhook, or of one whose secret was changed.
func (h *Handlers) showWebhookSecret(
	c echo.Context, me account.Identity, status int, w webhook.Webhook, secret webhook.Secret,
) error {
	ctx := c.Request().Context()
	props := views.WebhookSecretProps{
		Shell:   h.shell(me, views.NavWebhooks, "Webhook secret", h.sidebarVaults(ctx, me)),
		Webhook: h.webhookRow(w, nil), Secret: secret.Reveal(), New: status == http.StatusCreated,
	}
	if fragment(c) {
		replaceAddress(c, h.Webhook(w.ID, ""))
		return h.showSecret(c, status, views.WebhookSecret(props))
	}
	return h.showSecret(c, status, views.WebhookSecretPage(props))
}

// webhookDone says in words what a change has done.
var webhookDone = map[string]string{
	"pause": "Webhook paused.", "resume": "Webhook resumed.", "resend": "Message will be sent again.",
}

func (h *Handlers) showWebhook(c echo.Context, me account.Identity) error {
	props, err := h.webhookPage(c, me)
	if err != nil {
		return err
	}
	props.Shell.Flash = webhookDone[c.QueryParam("done")]
	return h.showEither(c, http.StatusOK, views.Deliveries(props), views.WebhookPage(props))
}

func (h *Handlers) webhookPage(
	c echo.Context, me account.Identity,
) (views.WebhookProps, error) {
	ctx := c.Request().Context()
	props := views.WebhookProps{
		Shell: h.shell(me, views.NavWebhooks, "Webhook", h.sidebarVaults(ctx, me)),
		After: c.QueryParam("after"),
	}
	w, err := h.c.Webhooks.Get(ctx, c.Param("id"))
	if err != nil {
		return props, fault.Wrap("find a webhook", err)
	}
	names, err := h.webhookPeople(ctx, []webhook.Webhook{w})
	if err != nil {
		return props, err
	}
	props.Webhook = h.webhookRow(w, names)
	after, _ := strconv.ParseInt(props.After, 10, 64) // what is no number is the first page
	list, next, err := h.c.Webhooks.Deliveries(ctx, w.ID, after)
	if next > 0 {
		props.Next = strconv.FormatInt(next, 10)
	}
	for _, d := range list {
		props.Deliveries = append(props.Deliveries, deliveryRow(d))
	}
	return props, fault.Wrap("list deliveries", err)
}

func deliveryRow(d webhook.Delivery) views.DeliveryRow {
	return views.DeliveryRow{
		ID: d.ID, ShareID: d.ShareID, Type: string(d.Type), State: string(d.State),
		Happened: d.Happened, Tries: d.Tries, TriedAt: d.TriedAt, NextAt: d.NextAt,
		Answer: answerRow(d.Answer),
	}
}

func answerRow(a webhook.Answer) views.WebhookAnswer {
	return views.WebhookAnswer{Status: a.Status, Words: a.Words, Accepted: a.Accepted()}
}

// testWebhook sends one message and shows what the receiver answered.
func (h *Handlers) testWebhook(c echo.Context, me account.Identity) error {
	ctx := c.Request().Context()
	answer, err := h.c.Webhooks.Test(ctx, me.User.ID, c.Param("id"), h.c.Recorder.Record)
	if err != nil {
		return fault.Wrap("test a webhook", err)
	}
	props, err := h.webhookPage(c, me)
	if err != nil {
		return err
	}
	shown := answerRow(answer)
	props.Test = &shown
	return h.showEither(c, http.StatusOK, views.WebhookDetail(props), views.WebhookPage(props))
}

func (h *Handlers) pauseWebhook(c echo.Context, me account.Identity) error {
	id := c.Param("id")
	if err := h.c.Webhooks.Pause(c.Request().Context(), me.User.ID, id); err != nil {
		return fault.Wrap("pause a webhook", err)
	}
	return seeOther(c, h.WebhookDone(id, "pause"))
}

func (h *Handlers) resumeWebhook(c echo.Context, me account.Identity) error {
	id := c.Param("id")
	if err := h.c.Webhooks.Resume(c.Request().Context(), me.User.ID, id); err != nil {
		return fault.Wrap("resume a webhook", err)
	}
	return seeOther(c, h.WebhookDone(id, "resume"))
}

// rotateWebhook changes the secret and shows the new one, only here.
func (h *Handlers) rotateWebhook(c echo.Context, me account.Identity) error {
	ctx, id := c.Request().Context(), c.Param("id")
	secret, err := h.c.Webhooks.Rotate(ctx, me.User.ID, id)
	if err != nil {
		return fault.Wrap("change a webhook's secret", err)
	}
	w, err := h.c.Webhooks.Get(ctx, id)
	if err != nil {
		return fault.Wrap("find a webhook", err)
	}
	return h.showWebhookSecret(c, me, http.StatusOK, w, secret)
}

func (h *Handlers) removeWebhook(c echo.Context, me account.Identity) error {
	err := h.c.Webhooks.Remove(c.Request().Context(), me.User.ID, c.Param("id"))
	if err != nil {
		return fault.Wrap("remove a webhook", err)
	}
	return seeOther(c, h.Webhooks()+"?removed=1")
}

func (h *Handlers) resendDelivery(c echo.Context, me account.Identity) error {
	id := c.Param("id")
	err := h.c.Webhooks.Resend(c.Request().Context(), id, c.Param("delivery"))
	if err != nil {
		return fault.Wrap("send a message again", err)
	}
	return seeOther(c, h.WebhookDone(id, "resend"))
}

package handlers

import (
	"context"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/address"
	"itemshare/audit"
	"itemshare/fault"
	"itemshare/views"
)

func (h *Handlers) showMail(c echo.Context, me account.Identity) error {
	props, err := h.mailPage(c.Request().Context(), me)
	if err != nil {
		return err
	}
	return h.show(c, http.StatusOK, views.MailPage(props))
}

func (h *Handlers) mailPage(ctx context.Context, me account.Identity) (views.MailProps, error) {
	props := views.MailProps{
		Shell: h.shell(me, views.NavMail, "Email", h.sidebarVaults(ctx, me)),
		Off:   h.c.Mail == nil, To: me.User.Email,
	}
	var err error
	if props.Failures, err = h.c.Shares.Undelivered(ctx); err != nil {
		return props, fault.Wrap("list undelivered emails", err)
	}
	if props.Codes, err = h.undeliveredCodes(ctx); err != nil || props.Off {
		return props, err
	}
	backlog, err := h.c.Mail.Backlog(ctx)
	props.Waiting, props.Oldest = backlog.Waiting, backlog.Oldest
	return props, fault.Wrap("read the mail queue", err)
}

// undeliveredCodes returns to whom invitations and links for a new password were not delivered.
func (h *Handlers) undeliveredCodes(ctx context.Context) ([]views.UndeliveredCode, error) {
	failures, err := h.c.Accounts.Undelivered(ctx)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(failures))
	for i, f := range failures {
		ids[i] = f.UserID
	}
	people, err := h.c.Accounts.Parties(ctx, ids)
	rows := make([]views.UndeliveredCode, len(failures))
	for i, f := range failures {
		rows[i] = views.UndeliveredCode{Undelivered: f, Email: people[f.UserID].Email}
	}
	return rows, fault.Wrap("name people", err)
}

// testMail sends one email and shows what the mail server answered.
func (h *Handlers) testMail(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	sent, problems, err := h.sendTest(ctx, me, form.Get("to"))
	if err != nil {
		return err
	}
	props, err := h.mailPage(ctx, me)
	if err != nil {
		return err
	}
	props.To, props.Test, props.Problems = form.Get("to"), sent, problems
	status := http.StatusOK
	if len(problems) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return h.showEither(c, status, views.Mail(props), views.MailPage(props))
}

// sendTest sends one email to an address as entered, or returns what is wrong with it.
func (h *Handlers) sendTest(
	ctx context.Context, me account.Identity, text string,
) (*views.MailTest, []fault.Problem, error) {
	to, problem := h.testRecipient(text)
	if problem != nil {
		return nil, []fault.Problem{*problem}, nil
	}
	err := h.c.Recorder.Record(ctx, audit.Event{
		At: h.c.Clock(), Kind: audit.MailTested, Actor: me.User.ID,
		Detail: map[string]string{"address": to},
	})
	if err != nil {
		return nil, nil, fault.Wrap("store the event of a test email", err)
	}
	test := h.c.Mail.SendTest(ctx, to)
	if test.Reason == "" {
		err = h.c.Accounts.MailTested(ctx)
	}
	return &test, nil, fault.Wrap("note that email was tested", err)
}

// testRecipient returns the address that a test email goes to, or the problem with it.
func (h *Handlers) testRecipient(text string) (string, *fault.Problem) {
	if h.c.Mail == nil {
		return "", &fault.Problem{
			Code: fault.CodeMailOff, Detail: "Email is off. Set ITEMSHARE_SMTP on the server.",
		}
	}
	to, err := address.Email(strings.TrimSpace(text))
	if err != nil {
		return "", &fault.Problem{
			Code: fault.CodeRecipientInvalid, Field: "to", Detail: "Enter a valid email address.",
		}
	}
	return to, nil
}

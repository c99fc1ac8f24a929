package handlers

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/address"
	"itemshare/fault"
	"itemshare/share"
	"itemshare/views"
)

// The steps of the set-up after its first, which makes the admin. An admin can take them in any order,
// and leave each out.

// setUpSteps returns which steps are done. It is derived from what there is, wherever it can be.
func (h *Handlers) setUpSteps(
	ctx context.Context, me account.Identity,
) (views.SetUpProgress, error) {
	in, err := h.c.Accounts.Installation(ctx)
	if err != nil {
		return views.SetUpProgress{}, fault.Wrap("read how far the set-up is", err)
	}
	if !in.SettingUp {
		h.setUpClosed.Store(true)
		return views.SetUpProgress{Organization: in.Organization, Closed: true}, nil
	}
	policy, err := h.c.Shares.HasPolicy(ctx)
	if err != nil {
		return views.SetUpProgress{}, fault.Wrap("ask for a policy", err)
	}
	links, err := h.c.Shares.List(ctx, share.Viewer{All: true}, share.Query{Limit: 1})
	if err != nil {
		return views.SetUpProgress{}, fault.Wrap("ask for a link", err)
	}
	shared := len(links.Shares) > 0
	return views.SetUpProgress{
		Organization: in.Organization,
		Done: map[views.SetUpStep]bool{
			views.SetUpOrganization: in.Organization != "", views.SetUpRules: policy,
			views.SetUpEmail: in.MailTested, views.SetUpVault: shared || sharesSomewhere(me),
			views.SetUpItem: shared,
		},
	}, nil
}

// sharesSomewhere reports whether me may share from any vault.
func sharesSomewhere(me account.Identity) bool {
	for id := range me.Grants {
		if me.MayShare(id) {
			return true
		}
	}
	return false
}

// setUpBeside returns what an admin's pages say about the set-up, nil for nothing.
func (h *Handlers) setUpBeside(c echo.Context, status int) *views.SetUpProgress {
	me := identityOf(c)
	if !me.Admin() || h.setUpClosed.Load() || status >= http.StatusInternalServerError ||
		fragment(c) && status != http.StatusCreated {
		return nil
	}
	// The deadline of the request's own work ends with it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request().Context()), readyTime)
	defer cancel()
	progress, err := h.setUpSteps(ctx, me)
	if err != nil {
		h.c.Log.Warn("the state of the set-up is unknown", "err", err)
		return nil
	}
	if progress.Closed {
		return nil
	}
	return &progress
}

// whileSettingUp answers with a step of the set-up. Once it is closed, its steps lead to the overview.
func (h *Handlers) whileSettingUp(answer answerFunc) answerFunc {
	return func(c echo.Context, me account.Identity) error {
		in, err := h.c.Accounts.Installation(c.Request().Context())
		switch {
		case err != nil:
			return fault.Wrap("read how far the set-up is", err)
		case !in.SettingUp:
			return seeOther(c, h.AdminHome())
		}
		return answer(c, me)
	}
}

// setUpFrame returns what the page of a step has around its content.
func (h *Handlers) setUpFrame(
	c echo.Context, me account.Identity, step views.SetUpStep,
) (views.SetUpFrame, error) {
	ctx := c.Request().Context()
	progress, err := h.setUpSteps(ctx, me)
	return views.SetUpFrame{
		Shell:    h.shell(me, views.NavSetUp, "", h.sidebarVaults(ctx, me)),
		Progress: progress, Step: step,
	}, err
}

// goOn leads from a step that is done to the next that isn't.
func (h *Handlers) goOn(c echo.Context, me account.Identity, from views.SetUpStep) error {
	progress, err := h.setUpSteps(c.Request().Context(), me)
	if err != nil {
		return err
	}
	if next := progress.After(from); next != "" {
		return seeOther(c, h.SetUpStep(next))
	}
	return seeOther(c, h.AdminHome())
}

// organizationTime is how long the organization's name is shown without being read again: a read is half
// of what the sign-in page costs. Another process's change shows after it.
const organizationTime = 5 * time.Second

// organizationRead is the organization's name as it was read.
type organizationRead struct {
	name string
	at   time.Time
}

// organization returns the organization's name, "" for none. Without it the page or the email that it
// stands in works too.
func (h *Handlers) organization(ctx context.Context) string {
	now := h.c.Clock()
	if last := h.organizationRead.Load(); last != nil && now.Sub(last.at).Abs() < organizationTime {
		return last.name
	}
	in, err := h.c.Accounts.Installation(ctx)
	if err != nil {
		h.c.Log.Warn("the organization's name is unknown", "err", err)
		return ""
	}
	h.organizationRead.Store(&organizationRead{in.Organization, now})
	return in.Organization
}

// endSetUp closes the set-up, whatever of it is done.
func (h *Handlers) endSetUp(c echo.Context, _ account.Identity) error {
	if err := h.c.Accounts.EndSetUp(c.Request().Context()); err != nil {
		return fault.Wrap("close the set-up", err)
	}
	return seeOther(c, h.AdminHome())
}

func (h *Handlers) showOrganization(c echo.Context, me account.Identity) error {
	frame, err := h.setUpFrame(c, me, views.SetUpOrganization)
	if err != nil {
		return err
	}
	return h.show(c, http.StatusOK, views.SetUpOrganizationPage(views.SetUpOrganizationProps{
		Frame: frame, Name: frame.Progress.Organization,
	}))
}

func (h *Handlers) setOrganization(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	err = h.c.Accounts.SetOrganization(c.Request().Context(), me.User.ID, form.Get("name"))
	if wrongValues(err) {
		frame, failed := h.setUpFrame(c, me, views.SetUpOrganization)
		if failed != nil {
			return failed
		}
		frame.Problems = fault.ProblemsOf(err)
		return h.show(c, http.StatusUnprocessableEntity, views.SetUpOrganizationPage(
			views.SetUpOrganizationProps{Frame: frame, Name: form.Get("name")},
		))
	}
	if err != nil {
		return fault.Wrap("name the organization", err)
	}
	h.organizationRead.Store(nil)
	return h.goOn(c, me, views.SetUpOrganization)
}

func (h *Handlers) showRules(c echo.Context, me account.Identity) error {
	policy, _, err := h.c.Shares.Policies(c.Request().Context())
	if err != nil {
		return fault.Wrap("load the policy", err)
	}
	domains := strings.Join(policy.AllowedDomains, "\n")
	if domains == "" {
		domains = ownDomain(me.User.Email)
	}
	return h.showRulesForm(c, me, http.StatusOK, views.SetUpRulesProps{
		Rules: share.PresetOf(policy), Domains: domains, Own: share.PresetOf(policy) == "",
	})
}

// ownDomain returns the domain of an email address, "" for one where anybody gets an address.
func ownDomain(email string) string {
	domain := address.DomainOf(email)
	if address.CheckOrganization(domain) != nil {
		return ""
	}
	return domain
}

func (h *Handlers) showRulesForm(
	c echo.Context, me account.Identity, status int, p views.SetUpRulesProps,
) error {
	problems := p.Frame.Problems
	var err error
	if p.Frame, err = h.setUpFrame(c, me, views.SetUpRules); err != nil {
		return err
	}
	p.Frame.Problems, p.MailOff = problems, h.c.Mail == nil
	return h.show(c, status, views.SetUpRulesPage(p))
}

func (h *Handlers) setRules(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	rules := share.Preset(form.Get("rules"))
	policy, err := share.ParsePreset(rules, form["allowed_domains"])
	if err == nil {
		_, err = h.c.Shares.SetPolicy(c.Request().Context(), sharerOf(me, ""), "", policy, false)
	}
	if wrongValues(err) {
		return h.showRulesForm(c, me, http.StatusUnprocessableEntity, views.SetUpRulesProps{
			Frame: views.SetUpFrame{Problems: fault.ProblemsOf(err)}, Rules: rules,
			Domains: strings.Join(form["allowed_domains"], "\n"),
		})
	}
	if err != nil {
		return fault.Wrap("set the policy", err)
	}
	return h.goOn(c, me, views.SetUpRules)
}

func (h *Handlers) showSetUpEmail(c echo.Context, me account.Identity) error {
	frame, err := h.setUpFrame(c, me, views.SetUpEmail)
	if err != nil {
		return err
	}
	return h.show(c, http.StatusOK, views.SetUpEmailPage(views.SetUpEmailProps{
		Frame: frame, Off: h.c.Mail == nil, To: me.User.Email,
	}))
}

// setUpEmail sends a test email and shows what the mail server answered.
func (h *Handlers) setUpEmail(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	test, problems, err := h.sendTest(c.Request().Context(), me, form.Get("to"))
	if err != nil {
		return err
	}
	frame, err := h.setUpFrame(c, me, views.SetUpEmail)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if frame.Problems = problems; len(problems) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return h.show(c, status, views.SetUpEmailPage(views.SetUpEmailProps{
		Frame: frame, Off: h.c.Mail == nil, To: form.Get("to"), Test: test,
	}))
}

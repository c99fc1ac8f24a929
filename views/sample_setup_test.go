package views

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"itemshare/fault"
	"itemshare/share"
)

func (s sample) setUpFrame(step SetUpStep) SetUpFrame {
	return SetUpFrame{
		Shell: s.shell(NavSetUp), Step: step, Progress: SetUpProgress{
			Organization: s.text, Done: map[SetUpStep]bool{SetUpOrganization: true, SetUpVault: true},
		},
	}
}

// setUp returns the pages of the set-up after its first.
func (s sample) setUp() map[string]templ.Component {
	wrong := s.setUpFrame(SetUpRules)
	wrong.Problems = []fault.Problem{
		{Code: fault.CodeInvalid, Field: "allowed_domains", Detail: "Enter at least one domain."},
	}
	closed := s.setUpFrame(SetUpOrganization)
	closed.Progress = SetUpProgress{Organization: s.text, Closed: true}
	vaults := []Option{{"v1", s.text}, {"v2", "Read only"}, {"v3", "Third"}, {"v4", "Fourth"}}
	frame, elsewhere := s.setUpFrame, "1Password"
	return map[string]templ.Component{
		"setup organization": SetUpOrganizationPage(SetUpOrganizationProps{
			Frame: frame(SetUpOrganization), Name: s.text,
		}),
		"setup organization later": SetUpOrganizationPage(SetUpOrganizationProps{Frame: closed, Name: s.text}),
		"setup rules": SetUpRulesPage(SetUpRulesProps{
			Frame: wrong, Rules: share.PresetDomains, Domains: s.text, MailOff: true,
		}),
		"setup own rules": SetUpRulesPage(SetUpRulesProps{Frame: frame(SetUpRules), Own: true}),
		"setup email": SetUpEmailPage(SetUpEmailProps{
			Frame: frame(SetUpEmail), To: s.text, Test: &MailTest{To: s.text, Answer: s.text},
		}),
		"setup email off": SetUpEmailPage(SetUpEmailProps{Frame: frame(SetUpEmail), Off: true}),
		"setup vault": SetUpVaultPage(SetUpVaultProps{
			Frame: frame(SetUpVault), Name: s.text, MayAdd: true, Mine: vaults, Others: vaults,
		}),
		"setup vault elsewhere": SetUpVaultPage(SetUpVaultProps{
			Frame: frame(SetUpVault), Account: elsewhere, Others: vaults,
		}),
		"setup vault none": SetUpVaultPage(SetUpVaultProps{Frame: frame(SetUpVault), Account: elsewhere}),
		"setup item":       SetUpItemPage(SetUpItemProps{Frame: frame(SetUpItem), Vault: vaults[0]}),
		"setup item elsewhere": SetUpItemPage(SetUpItemProps{
			Frame: frame(SetUpItem), Vault: vaults[0], Fixed: true, Account: elsewhere,
		}),
		"setup item no vault": SetUpItemPage(SetUpItemProps{Frame: frame(SetUpItem)}),
		"items while setting up": during(
			frame(SetUpItem).Progress, ItemsPage(s.items(1)),
		),
		"items when set up": during(SetUpProgress{Done: everyStep()}, ItemsPage(s.items(1))),
	}
}

func everyStep() map[SetUpStep]bool {
	done := map[SetUpStep]bool{}
	for _, step := range setUpSteps {
		done[step] = true
	}
	return done
}

// during renders a page while the set-up isn't closed.
func during(p SetUpProgress, page templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return page.Render(WithSetUp(ctx, &p), w)
	})
}

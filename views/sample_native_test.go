package views

import (
	"time"

	"github.com/a-h/templ"

	"itemshare/fault"
	"itemshare/share"
)

// native returns the pages where the vault's own account has a policy and creates the links.
func (s sample) native() map[string]templ.Component {
	form, withFiles := s.share(), s.rejected()
	shared, detail := s.shared(share.Anyone), s.detail()
	form.Native, form.OnlyOnce = s.text, s.text
	withFiles.Native = "1Password"
	open := share.Combine(openPolicy(), nil)
	withFiles.Policy = open.Narrowed(tightPolicy(), share.Origin(s.text))
	withFiles.Problems = append(
		withFiles.Problems, fault.Problem{Code: fault.CodeInvalid, Field: "omit", Detail: s.text},
	)
	withFiles.From.Native = s.text
	shared.Native, detail.Share.Native = s.text, s.text
	items := s.items(3)
	items.Cached, items.AsOf = true, now.Add(-2*time.Minute)
	down := s.items(0)
	down.Cached, down.Unreachable, down.Why = true, true, s.text
	rows := s.rows()
	rows[0].Native, rows[2].Native = s.text, "1Password"
	rule := openPolicy()
	policy, unknownPolicy, preview := s.policy(), s.policy(), s.preview()
	policy.Linking = share.Linking{Account: s.text, Choice: true, Native: true}
	unknownPolicy.Linking = policy.Linking
	policy.Upstream = &UpstreamPolicy{Plain: &rule, Files: tightPolicy()}
	unknownPolicy.Upstream = &UpstreamPolicy{Why: s.text}
	preview.Affected[0].Native = s.text
	retry := ShareRetryProps{
		Shell: s.shell(NavItems), Item: s.view().ItemRef, Form: s.rejected().Form, Native: s.text,
		Problems: []fault.Problem{{Code: fault.CodeUnavailable, Detail: s.text}},
	}
	unknown := retry
	unknown.Problems = []fault.Problem{{Code: fault.CodeLinkUnknown, Detail: s.text}}
	return map[string]templ.Component{
		"native form": SharePage(form), "native refused": SharePage(withFiles),
		"shared native": SharedPage(shared), "native detail": ShareDetailPage(detail),
		"native items": ItemsPage(items), "native items down": ItemsPage(down),
		"native history": HistoryPage(HistoryProps{Shell: s.shell(NavHistory), Shares: rows}),
		"native policy":  PolicyPage(policy), "native policy unknown": PolicyPage(unknownPolicy),
		"native policy preview": PolicyPreviewPage(preview),
		"native retry":          ShareRetryPage(retry), "native unknown": ShareRetryPage(unknown),
	}
}

package e2e

import (
	_ "embed"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// axeSource is axe-core 4.14.1, test data alone: it reaches the page over the debug protocol, so
// that the page's security policy stays as it is.
//
//go:embed testdata/axe.min.js
var axeSource string

type axeViolation struct {
	ID, Impact, Help string
	Nodes            []struct {
		Target         []any
		HTML           string
		FailureSummary string
	}
}

// axe fails the test for each thing that axe-core finds wrong with the page as it stands, once no
// request of htmx is on its way: what waits for an answer is dimmed.
func axe(t *testing.T, p *page) {
	t.Helper()
	axeRules(t, p, ``)
}

// axeColors fails the test for each violation of a rule about colors. The others say the same in
// both color schemes.
func axeColors(t *testing.T, p *page) {
	t.Helper()
	axeRules(t, p, `, runOnly: ["color-contrast", "link-in-text-block"]`)
}

// axeSchemes are the color schemes, and what each is checked for.
var axeSchemes = map[string]func(*testing.T, *page){"light": axe, "dark": axeColors}

func axeRules(t *testing.T, p *page, only string) {
	t.Helper()
	p.awaitTrue("no request on its way",
		`!document.querySelector(".htmx-request, [data-announce][aria-busy=true]")`)
	p.aside(func() {
		if !eval[bool](p, `typeof axe == "object"`) {
			p.do("load axe-core", chromedp.Evaluate[chromedp.Void](axeSource))
		}
		found := eval[[]axeViolation](p, fmt.Sprintf(
			`axe.run(document, {resultTypes: ["violations"]%s}).then(r => r.violations)`, only,
		))
		for _, v := range found {
			var where []string
			for _, n := range v.Nodes {
				where = append(
					where,
					fmt.Sprintf(
						"  %v %.200s\n    %s",
						n.Target,
						n.HTML,
						strings.ReplaceAll(n.FailureSummary, "\n", "\n    "),
					),
				)
			}
			t.Errorf("axe: %s (%s): %s\n%s", v.ID, v.Impact, v.Help, strings.Join(where, "\n"))
		}
	})
}

package handlers

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
	"golang.org/x/net/html"

	"itemshare/account"
	"itemshare/views"
)

// showTyped shows the page that a form stands on, filled in with what was typed. Where no page
// has the form any more, a page of its own shows what was typed.
func (h *Handlers) showTyped(c echo.Context, me account.Identity, typed typedForm) error {
	if page := h.pageWithForm(c, me, typed); page != nil {
		return sendWhole(c, http.StatusOK, htmlType, page)
	}
	props := views.TypedProps{
		Shell:  h.shell(me, views.NavNone, "", h.sidebarVaults(c.Request().Context(), me)),
		Action: typed.path, Files: typed.files,
	}
	for _, name := range slices.Sorted(maps.Keys(typed.values)) {
		for _, value := range typed.values[name] {
			props.Values = append(props.Values, views.TypedValue{Name: name, Value: value})
		}
	}
	return h.showSecret(c, http.StatusOK, views.TypedPage(props))
}

// pageWithForm returns the nearest page whose form is sent to the typed form's address, filled in;
// else the nearest with a form of the same controls; else nil.
func (h *Handlers) pageWithForm(c echo.Context, me account.Identity, typed typedForm) []byte {
	var similar *filledPage
	for _, address := range h.pagesAbove(typed.path) {
		body := h.pageFor(c, me, address+queryOf(typed.values), typed.values)
		if body == nil {
			body = h.pageFor(c, me, address, typed.values)
		}
		page := findForm(body, typed)
		if page != nil && page.exact {
			return h.fill(c, *page, typed)
		}
		if similar == nil {
			similar = page
		}
	}
	if similar == nil {
		return nil
	}
	return h.fill(c, *similar, typed)
}

// pagesAbove returns the addresses where the form of a path may stand, the nearest first.
func (h *Handlers) pagesAbove(path string) (all []string) {
	for len(path) > len(h.Base)+1 {
		all = append(all, path, path+"/edit", path+"/new")
		path = path[:strings.LastIndexByte(path, '/')]
	}
	return all
}

// queryOf returns the query by which a page shows this form and no other.
func queryOf(values url.Values) string {
	query := url.Values{}
	for _, name := range []string{"vault", "from", "category", "q"} {
		if value := values.Get(name); value != "" {
			query.Set(name, value)
		}
	}
	if len(query) == 0 {
		return ""
	}
	return "?" + query.Encode()
}

// pageRoute returns the row of a page for people who are signed in, and the context of a request
// for it.
func (h *Handlers) pageRoute(
	ctx context.Context, address string, answer http.ResponseWriter,
) (echo.Context, route, bool) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, route{}, false
	}
	req.Host = h.c.URL.Host
	c := h.echo.NewContext(req, answer)
	h.echo.Router().Find(http.MethodGet, echo.GetPath(req), c)
	row, ok := h.routes[http.MethodGet+" "+c.Path()]
	return c, row, ok && row.shape == page && row.access != account.Anyone
}

// nearestPage returns the address of the page that a form stands on, by its path alone; "" for
// none.
func (h *Handlers) nearestPage(c echo.Context) string {
	for _, address := range h.pagesAbove(c.Request().URL.EscapedPath()) {
		if _, _, ok := h.pageRoute(c.Request().Context(), address, nil); ok {
			return address
		}
	}
	return ""
}

// pageFor returns what the caller would get at an address, nil unless it is a page. A page whose controls
// depend on what was typed finds that by typedIn.
func (h *Handlers) pageFor(
	c echo.Context, me account.Identity, address string, typed url.Values,
) []byte {
	answer := &heldPage{header: http.Header{}}
	inner, row, ok := h.pageRoute(c.Request().Context(), address, answer)
	if !ok || row.access.Check(me, inner.Param("vault")) != nil {
		return nil
	}
	inner.Set(identityKey, me)
	inner.Set(typedKey, typed)
	if err := row.answer(inner, me); err != nil || answer.status != http.StatusOK {
		return nil
	}
	return answer.body.Bytes()
}

// heldPage is an answer that is not sent.
type heldPage struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (p *heldPage) Header() http.Header         { return p.header }
func (p *heldPage) WriteHeader(status int)      { p.status = status }
func (p *heldPage) Write(b []byte) (int, error) { return p.body.Write(b) }

// filledPage is a parsed page and the form in it.
type filledPage struct {
	document *html.Node
	form     *html.Node
	controls []*html.Node
	exact    bool // the form is sent to the typed form's address
}

// findForm returns the form of a page that fits a typed form best, nil if none does: one that is
// sent to the same address, or that has most of its controls.
func findForm(body []byte, typed typedForm) *filledPage {
	if body == nil {
		return nil
	}
	document, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		return nil
	}
	var best *filledPage
	most := 0
	for form := range document.Descendants() {
		if form.Data != "form" || !strings.EqualFold(attribute(form, "method"), "post") {
			continue
		}
		p := filledPage{document: document, form: form, controls: controlsOf(document, form)}
		p.exact = sendsTo(form, p.controls, typed.path)
		if score := p.score(typed.values); score > most {
			best, most = &p, score
		}
	}
	return best
}

// sendsTo reports whether a form, or one of its buttons, is sent to an address.
func sendsTo(form *html.Node, controls []*html.Node, address string) bool {
	for _, n := range append([]*html.Node{form}, controls...) {
		for _, name := range []string{"action", "formaction", "hx-post"} {
			if attribute(n, name) == address {
				return true
			}
		}
	}
	return false
}

// score rates how well a form fits, 0 for not at all. Of several forms that are sent to one address
// the one whose hidden values are the typed ones fits best.
func (p filledPage) score(values url.Values) int {
	names, same := map[string]bool{}, 0
	for _, n := range p.controls {
		name := attribute(n, "name")
		if values.Has(name) {
			names[name] = true
		}
		if attribute(n, "type") == "hidden" &&
			slices.Contains(values[name], attribute(n, "value")) {
			same++
		}
	}
	switch {
	case p.exact:
		return 1_000_000 + 1000*same + len(names)
	case 2*len(names) > len(values):
		return len(names)
	}
	return 0
}

// controlsOf returns the controls of a form, also those that stand elsewhere and name it.
func controlsOf(document, form *html.Node) (all []*html.Node) {
	id := attribute(form, "id")
	for n := range document.Descendants() {
		switch n.Data {
		case "input", "select", "textarea", "button":
		default:
			continue
		}
		if owner := attribute(n, "form"); owner != "" && owner == id ||
			owner == "" && isWithin(n, form) {
			all = append(all, n)
		}
	}
	return all
}

func isWithin(n, form *html.Node) bool {
	for parent := range n.Ancestors() {
		if parent == form {
			return true
		}
	}
	return false
}

// fill puts the typed values into the form's controls, and says so above the page.
func (h *Handlers) fill(c echo.Context, p filledPage, typed typedForm) []byte {
	left := url.Values{}
	for name, values := range typed.values {
		if name != views.ShownField {
			left[name] = slices.Clone(values)
		}
	}
	count := map[string]int{}
	for _, n := range p.controls {
		count[attribute(n, "name")]++
	}
	for _, n := range p.controls {
		if name := attribute(n, "name"); name != "" && name != ownerField &&
			name != views.ShownField {
			fillControl(n, name, typed.values, left, count[name] == 1)
		}
	}
	p.addHidden(left)
	setAttribute(p.form, "data-typed", true, "")
	for parent := range p.form.Ancestors() {
		if parent.Data == "details" {
			setAttribute(parent, "open", true, "")
		}
	}
	h.addNotice(c, p.document, typed)
	var out bytes.Buffer
	if html.Render(&out, p.document) != nil {
		return nil
	}
	return out.Bytes()
}

// fillControl fills in one control, and takes its value out of those that are left.
func fillControl(n *html.Node, name string, typed, left url.Values, only bool) {
	value := attribute(n, "value")
	take := func(value string) {
		if i := slices.Index(left[name], value); i >= 0 {
			left[name] = slices.Delete(left[name], i, i+1)
		}
	}
	switch kind := attribute(n, "type"); {
	case n.Data == "button", kind == "submit", kind == "button", kind == "image":
		delete(left, name) // the button that was pressed
	case kind == "file", kind == "reset":
	case kind == "radio" && !typed.Has(name):
	case kind == "checkbox", kind == "radio":
		if !hasAttribute(n, "value") {
			value = "on"
		}
		setAttribute(n, "checked", slices.Contains(typed[name], value), "")
		take(value)
	case n.Data == "select":
		for option := range n.Descendants() {
			if option.Data == "option" && typed.Has(name) {
				setAttribute(
					option,
					"selected",
					slices.Contains(typed[name], optionValue(option)),
					"",
				)
				take(optionValue(option))
			}
		}
	case len(left[name]) == 0:
	case n.Data == "textarea":
		text := left[name][0]
		if only {
			text = strings.Join(left[name], "\n")
			left[name] = []string{text}
		}
		setText(n, plainLines(text))
		take(text)
	default:
		value = left[name][0]
		setAttribute(n, "value", true, value)
		take(value)
	}
}

// addHidden keeps the values that no control of the form has.
func (p filledPage) addHidden(left url.Values) {
	for _, name := range slices.Sorted(maps.Keys(left)) {
		for _, value := range left[name] {
			input := &html.Node{Type: html.ElementNode, Data: "input", Attr: []html.Attribute{
				{Key: "type", Val: "hidden"}, {Key: "name", Val: name}, {Key: "value", Val: value},
			}}
			p.form.AppendChild(input)
		}
	}
}

// addNotice says above the page's content that the form is back.
func (h *Handlers) addNotice(c echo.Context, document *html.Node, typed typedForm) {
	var notice strings.Builder
	props := views.TypedProps{Files: typed.files}
	if views.TypedNotice(props).Render(c.Request().Context(), &notice) != nil {
		return
	}
	for n := range document.Descendants() {
		if attribute(n, "id") != "notice" {
			continue
		}
		// Not in it: what htmx is answered empties it, and the form asks for its terms at once.
		nodes, _ := html.ParseFragment(strings.NewReader(notice.String()), n)
		for _, node := range nodes {
			setAttribute(node, "data-told", true, "")
			n.Parent.InsertBefore(node, n)
		}
		return
	}
}

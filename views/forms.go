package views

import "github.com/a-h/templ"

// inPlace returns the attributes of a form that htmx answers in place, sent to the address of its
// action: the element with the target's id, which has the form in it, is replaced by the answer's.
// Without scripts the form is sent by the browser, so it needs method and action too.
//
// Its handler answers an HX-Request
//   - with the element, status 422, 409 or 503: what was typed and the problems. The focus goes to
//     the control of the first problem, else to the first [data-focus].
//   - with the element, status 200 or 201: the result, which has a [data-focus]. Where reload and
//     Back are to lead elsewhere, replaceAddress says where.
//   - by seeOther, once done: the browser goes to another page.
//   - by an error: it is shown above the page, and the form keeps what was typed.
//
// The script is static/src/app-forms.js.
func inPlace(action, target string) templ.Attributes {
	return templ.Attributes{
		"hx-post": action, "hx-target": "#" + target, "hx-swap": "outerHTML settle:0ms",
		"hx-sync":       "this:drop", // a second press is the same one
		"hx-disinherit": "*",
		"data-in-place": "",
	}
}

// inDialog returns the attributes of a form's button that htmx answers with a dialog over the page:
// it sends the form's fields to an address of its own. What the handler answers with answerAt takes
// the place of an element of the page instead.
func inDialog(action string) templ.Attributes {
	return templ.Attributes{
		"hx-post": action, "hx-target": "#dialogs", "hx-swap": "innerHTML settle:0ms",
		"hx-sync":       "this:drop",
		"data-in-place": "",
	}
}

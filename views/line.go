package views

import (
	"context"
	"io"
	"time"

	"github.com/a-h/templ"
)

// lineWriter writes the lines of long lists. A component for each of their parts would cost a closure,
// a context and two copies of each text, which was two thirds of a page of 50 lines.
type lineWriter struct {
	ctx  context.Context
	to   io.Writer
	line []byte // not written yet
	err  error
}

// lines is a component that write writes.
func lines(write func(*lineWriter)) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, to io.Writer) error {
		w := &lineWriter{ctx: ctx, to: to, line: make([]byte, 0, 2048)}
		write(w)
		w.flush()
		return w.err
	})
}

// put writes markup, which in the code is a constant.
func (w *lineWriter) put(html markup) { w.line = append(w.line, html...) }

// text writes a text into an element, or into the quotes of an attribute that holds no script.
func (w *lineWriter) text(s string) {
	done := 0
	for i := range len(s) {
		var escaped markup
		switch s[i] {
		case '&':
			escaped = "&amp;"
		case '\'':
			escaped = "&#39;"
		case '<':
			escaped = "&lt;"
		case '>':
			escaped = "&gt;"
		case '"':
			escaped = "&#34;"
		default:
			continue
		}
		w.line = append(append(w.line, s[done:i]...), escaped...)
		done = i + 1
	}
	w.line = append(w.line, s[done:]...)
}

// show writes a component.
func (w *lineWriter) show(c templ.Component) {
	if html, ok := c.(markup); ok {
		w.put(html)
		return
	}
	if w.flush(); w.err == nil {
		w.err = c.Render(w.ctx, w.to)
	}
}

// flush ends a line.
func (w *lineWriter) flush() {
	if w.err == nil && len(w.line) > 0 {
		_, w.err = w.to.Write(w.line)
	}
	w.line = w.line[:0]
}

// when writes a time relative to now, with the absolute time in its title.
func (w *lineWriter) when(now, t time.Time) {
	t = t.UTC()
	w.put(`<time datetime="`)
	w.line = t.AppendFormat(w.line, time.RFC3339)
	w.put(`" title="`)
	w.line = t.AppendFormat(w.line, absoluteLayout)
	w.put(`" data-time="relative">`)
	w.put(markup(relative(now, t)))
	w.put(`</time>`)
}

// when is a time relative to now, with the absolute time in its title.
func when(now, t time.Time) templ.Component {
	return lines(func(w *lineWriter) { w.when(now, t) })
}

package views

import (
	"context"
	"io"
	"sync"

	"github.com/a-h/templ"
)

// markup is a component that is always the same.
type markup string

// Render writes it.
func (m markup) Render(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, string(m))
	return err
}

// icons are the icons that were shown before, by name: lists show hundreds.
var icons sync.Map

// icon returns a decorative icon.
func icon(name string) templ.Component {
	shown, ok := icons.Load(name)
	if !ok {
		shown, _ = icons.LoadOrStore(name, newIcon(name))
	}
	return shown.(templ.Component)
}

func newIcon(name string) markup {
	return markup(`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">` + iconShapes(name) + `</svg>`)
}

package views

import (
	"slices"

	"github.com/a-h/templ"
)

// itemLines are the lines of a list of items.
func itemLines(p *ItemsProps) templ.Component {
	return lines(func(w *lineWriter) {
		selected := p.selection().Items
		for i := range p.Items {
			w.itemLine(p, &p.Items[i], selected)
		}
	})
}

func (w *lineWriter) itemLine(p *ItemsProps, item *ItemRow, selected []string) {
	w.put(`<li>`)
	if item.MayEdit && !p.Filter.Archived {
		w.selectBox(item, selected)
	}
	w.put(`<a class="line" href="`)
	w.text(p.Shell.Paths.Item(item.VaultID, item.ID))
	w.put(`" data-testid="item"><span class="tile">`)
	w.show(icon(categoryIcon(item.Category)))
	w.put(`</span> <span class="line-main"><span class="line-title" dir="auto" data-testid="item-title">`)
	w.text(item.Title)
	w.put(`</span> <span class="line-sub" dir="auto">`)
	if item.Subtitle != "" {
		w.text(item.Subtitle)
	} else {
		w.text(item.Category.Label())
	}
	w.put(`</span></span> `)
	if len(item.Sites) > 0 && item.Sites[0] != item.Subtitle {
		w.put(`<span class="line-site">`)
		w.text(item.Sites[0])
		w.put(`</span> `)
	}
	if p.Filter.Vault == "" {
		w.put(`<span class="line-vault" dir="auto">`)
		w.text(item.Vault)
		w.put(`</span> `)
	}
	if item.Live > 0 {
		w.put(`<span class="chip live" data-testid="live">`)
		w.show(icon("link"))
		w.put(` `)
		w.text(count(item.Live, "active link"))
		w.put(`</span>`)
	}
	w.put(`</a></li>`)
	w.flush()
}

// selectBox ticks one item of the list.
func (w *lineWriter) selectBox(item *ItemRow, selected []string) {
	value := item.VaultID + "/" + item.ID
	w.put(`<input class="select-box" type="checkbox" form="selection" name="item" value="`)
	w.text(value)
	w.put(`"`)
	if slices.Contains(selected, value) {
		w.put(` checked`)
	}
	w.put(` aria-label="Select `)
	w.text(item.Title)
	w.put(`" data-testid="select">`)
}

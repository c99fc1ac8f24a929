package views

import (
	"cmp"
	"time"

	"github.com/a-h/templ"

	"itemshare/share"
)

// shareLines are the lines of the history.
func shareLines(paths Paths, now time.Time, shares []ShareRow) templ.Component {
	return lines(func(w *lineWriter) {
		selectable := anyRevocable(shares)
		for i := range shares {
			w.shareLine(paths, now, &shares[i], selectable)
		}
	})
}

func (w *lineWriter) shareLine(paths Paths, now time.Time, row *ShareRow, selectable bool) {
	names := nameWords(row.Audience, row.Recipients)
	w.put(`<tr data-testid="share" data-share="`)
	w.text(row.ID)
	w.put(`">`)
	if selectable {
		w.sharePick(row, names)
	}
	w.shareTitle(paths, row)
	w.put(`<td class="cell-who">`)
	w.text(names)
	w.put(`</td><td class="cell-by" dir="auto">`)
	w.text(row.By)
	w.put(`</td><td class="cell-made">`)
	w.when(now, row.CreatedAt)
	if row.EndedAt.IsZero() {
		w.put(`</td><td class="cell-until">`)
		w.when(now, row.ExpiresAt)
	} else {
		w.put(`</td><td class="cell-until ended">Ended `)
		w.when(now, row.EndedAt)
	}
	w.put(`</td><td class="cell-views number">`)
	w.text(viewsWords(*row))
	w.put(`</td><td class="cell-state">`)
	w.put(stateChip(row.State))
	w.put(`</td></tr>`)
	w.flush()
}

// sharePick is the box of a link that can be revoked with others.
func (w *lineWriter) sharePick(row *ShareRow, names string) {
	w.put(`<td class="cell-pick">`)
	if isRevocable(*row) {
		w.put(`<label class="row-box"><input type="checkbox" name="revoke" value="`)
		w.text(row.ID)
		w.put(`" form="revoke-form" data-testid="select"> <span class="unseen">Select `)
		w.text(cmp.Or(row.Title, "the erased title"))
		w.put(` for `)
		w.text(names)
		w.put(`</span></label>`)
	}
	w.put(`</td>`)
}

// shareTitle is what a link is of, which leads to its page.
func (w *lineWriter) shareTitle(paths Paths, row *ShareRow) {
	w.put(`<th scope="row" class="cell-title"><a class="cover" href="`)
	w.text(paths.ShareDetail(row.ID))
	w.put(`">`)
	if row.Title == "" {
		w.show(shareTitle(""))
	} else {
		w.put(`<span dir="auto">`)
		w.text(row.Title)
		w.put(`</span>`)
	}
	w.put(`</a> `)
	if row.VaultID == "" {
		w.put(`<span class="line-sub">Not from a vault</span> `)
	} else if row.Vault != "" {
		w.put(`<span class="line-sub" dir="auto">`)
		w.text(row.Vault)
		w.put(`</span> `)
	}
	if words := row.Included.Words(); words != "" {
		w.put(`<span class="line-sub included" data-testid="included">`)
		w.text(words)
		w.put(`</span> `)
	}
	if row.Native != "" {
		w.show(nativeMark(row.Native))
	}
	if isUndelivered(row.Undelivered) {
		w.show(undeliveredMark())
	}
	w.put(`</th>`)
}

// stateChips are the chips of all states.
var stateChips = map[share.State]markup{
	share.Active: newStateChip(share.Active), share.Expired: newStateChip(share.Expired),
	share.Viewed: newStateChip(share.Viewed), share.Revoked: newStateChip(share.Revoked),
}

// stateChip shows a state.
func stateChip(s share.State) markup { return stateChips[s] }

func newStateChip(s share.State) markup {
	return markup(`<span class="chip state" data-testid="state" data-state="`+string(s)+`">`) +
		newIcon(stateIcon(s)) + markup(" "+stateWords(s)+"</span>")
}

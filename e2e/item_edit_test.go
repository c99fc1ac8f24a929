package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// inForm is a control of the form of an item, by its name.
func inForm(name string) string { return `#item-form [name="` + name + `"]` }

// newItem opens the form of a new item of a category in the vault Team.
func (p *page) newItem(category string) {
	p.t.Helper()
	p.visit("/items")
	p.click(`[data-testid=new-item]`)
	p.await(`[data-testid=categories]`)
	p.visitVault("Team")
	p.click(`[data-testid=categories] a[href$="category=` + category + `"]`)
	p.await(`form#item-form`)
	p.awaitTrue("the page's scripts", `document.readyState == "complete"`)
}

// visitVault chooses a vault on the page of categories.
func (p *page) visitVault(name string) {
	p.t.Helper()
	chosen := `[...document.querySelectorAll("nav.pills a")].find(a => a.textContent === ` + quote(name) + `)`
	if eval[bool](p, chosen+`?.getAttribute("aria-current") !== "true"`) {
		p.visit(eval[string](p, chosen+`.getAttribute("href")`))
		p.await(`[data-testid=categories]`)
	}
}

// pressInForm presses a button that gives the form back, and waits for a control of the new one.
func (p *page) pressInForm(css, then string) {
	p.t.Helper()
	p.click(css)
	p.await(then)
	p.awaitSettled()
}

// addField adds a field by a button of the form, and returns its number.
func (p *page) addField(button string) string {
	p.t.Helper()
	before := p.count(`[data-edit-field]`)
	p.click(button)
	p.awaitTrue("one more field", fmt.Sprintf(
		`document.querySelectorAll("[data-edit-field]").length === %d`, before+1))
	p.awaitSettled()
	return eval[string](p, `[...document.querySelectorAll("[data-edit-field]")]
		.map(e => Number(e.dataset.editField)).sort((a, b) => a - b).at(-1).toString()`)
}

// save saves the item, and waits for its page.
func (p *page) save() {
	p.t.Helper()
	p.click(`[data-testid=save]`)
	p.await(`[data-testid=item-acts]`)
}

// TestItemInTheBrowser creates an item, changes it and restores its first version, with scripts and
// without.
func TestItemInTheBrowser(t *testing.T) {
	s := start(t)
	for name, c := range map[string]struct {
		window  size
		options []pageOption
	}{
		"with scripts":    {phone, nil},
		"without scripts": {desktop, []pageOption{withoutScripts}},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPage(t, s, c.window, c.options...)
			p.signIn(admin)
			p.newItem("Login")
			p.fill(inForm("title"), "Till "+name)
			p.fill(inForm("tags"), "shop, till")
			sections := p.count(`#item-form [name$=".title"][name^=section]`)
			section := fmt.Sprint("section.", sections, ".title")
			p.pressInForm(`[data-testid=add-section]`, inForm(section))
			p.fill(inForm(section), "Recovery")
			n := p.addField(fmt.Sprintf(`[data-testid=add-field][value="field.%d"]`, sections))
			p.fill(inForm("field."+n+".title"), "phrase")
			p.fill(inForm("field."+n+".value"), "seven green bottles")
			p.save()
			for _, text := range []string{"Till " + name, "Recovery", "phrase", "seven green bottles", "till"} {
				p.awaitText(text)
			}

			p.click(`[data-testid=edit]`)
			p.await(`form#item-form`)
			p.fill(inForm("title"), "Till two "+name)
			p.save()
			p.awaitText("Till two " + name)
			p.click(`[data-testid=versions]`)
			p.await(`[data-testid=versions]`)
			if rows := p.text(`[data-testid=versions]`); !strings.Contains(rows, "Changed: Title") {
				t.Errorf("the versions say %q", rows)
			}
			p.click(`[data-version="1"] a`)
			p.await(`[data-testid=differences]`)
			p.click(`[data-testid=restore-version]`)
			p.await(`[data-testid=flash]`)
			p.awaitText("Till " + name)

			p.click(`[data-testid=archive]`)
			p.await(`[data-testid=archived]`)
			if p.count(`[data-testid=share]`) > 0 {
				t.Error("an archived item can be shared")
			}
			p.click(`[data-testid=delete] summary`)
			p.click(`[data-testid=do-delete]`)
			p.awaitPath("/items")
			p.awaitText("1 item deleted.")
			p.clean()
		})
	}
}

// fieldNamed returns the number of the field with a label.
func (p *page) fieldNamed(label string) string {
	p.t.Helper()
	return eval[string](p, `[...document.querySelectorAll("[data-edit-field]")]
		.find(e => e.querySelector(".edit-label").value === `+quote(label)+`).dataset.editField`)
}

// TestItemFormByKeyboard moves a field up with the keyboard alone, and keeps the focus on it.
func TestItemFormByKeyboard(t *testing.T) {
	s := start(t)
	p := newPage(t, s, desktop)
	p.signIn(admin)
	p.newItem("SecureNote")
	for _, label := range []string{"first", "second"} {
		n := p.addField(`[data-testid=add-field]`)
		p.awaitTrue("the focus in the new field's label",
			`document.activeElement.name === "field.`+n+`.title"`)
		p.press(label)
		p.press(kb.Tab) // its menu
		p.press(kb.Tab) // its value
		p.press("value of " + label)
	}
	n := p.fieldNamed("second")
	eval[bool](p, `document.querySelector("[data-edit-field='`+n+`'] summary").focus() ?? true`)
	p.press(kb.Enter)
	p.await(`[data-edit-field="` + n + `"] details[open]`)
	for range 3 { // past the type and, hidden here, what applies it
		p.press(kb.Tab)
		if eval[bool](p, `document.activeElement.dataset.testid === "move-up"`) {
			break
		}
	}
	p.press(kb.Enter)
	p.awaitTrue(
		"the second field to be first",
		`[...document.querySelectorAll("[data-edit-field] .edit-label")]
		.map(e => e.value).filter(v => v === "first" || v === "second").join() === "second,first"`,
	)
	p.awaitTrue("the focus to move with the field", `document.activeElement.value === "second"`)
	p.clean()
}

// TestItemFormDragged moves a field with the pointer.
func TestItemFormDragged(t *testing.T) {
	s := start(t)
	p := newPage(t, s, desktop)
	p.signIn(admin)
	p.newItem("Login")
	order := `[...document.querySelectorAll("[data-edit-field] .edit-label")].map(e => e.value).join()`
	before := eval[string](p, order)
	first, rest, _ := strings.Cut(before, ",")
	second, others, _ := strings.Cut(rest, ",")
	p.drag(
		`[data-edit-field="0"] [data-handle]`,
		`[data-edit-field="1"] [data-edit-value], [data-edit-field="1"] .edit-value`,
	)
	want := strings.TrimSuffix(strings.Join([]string{second, first, others}, ","), ",")
	p.awaitTrue("the first field to be second", order+` === `+quote(want))
	p.clean()
}

// TestPasswordGenerator makes passwords in the browser and puts one into a field.
func TestPasswordGenerator(t *testing.T) {
	s := start(t)
	p := newPage(t, s, phone)
	p.signIn(admin)
	p.newItem("Login")
	p.click(`[data-testid=generate]`)
	p.await(`#generator[open]`)
	p.awaitTrue("a password", `document.querySelector("[data-made]").textContent.length === 20`)
	p.awaitTrue(
		"its strength",
		`document.querySelector("[data-made-strength]").textContent.includes("Strong")`,
	)
	p.choose(`#generator [name=type][value=Memorable]`)
	p.awaitTrue("words", `/^[a-z-]+(-[a-z-]+){3}$/.test(document.querySelector("[data-made]").textContent)`)
	p.choose(`#generator [name=type][value=Pin]`)
	p.awaitTrue("a PIN", `/^[0-9]{6}$/.test(document.querySelector("[data-made]").textContent)`)
	made := p.text(`[data-made]`)
	p.click(`[data-testid=use]`)
	p.awaitTrue("the PIN in the field",
		`[...document.querySelectorAll("#item-form input")].some(e => e.value === `+quote(made)+`)`)
	p.awaitTrue(
		"its strength below the field",
		`[...document.querySelectorAll("#item-form [data-strength]")].some(e => /[Ww]eak$/.test(e.textContent))`,
	)
	p.clean()
}

// TestTwoEditors asserts that the second of two people who edit an item chooses part by part, and that
// nothing of either is lost.
func TestTwoEditors(t *testing.T) {
	s := start(t)
	item, _ := signedIn(t, s, admin).itemWithOneTimePassword()
	for name, options := range map[string][]pageOption{
		"with scripts": nil, "without scripts": {withoutScripts},
	} {
		t.Run(name, func(t *testing.T) {
			first, second := newPage(t, s, desktop), newPage(t, s, phone, options...)
			for _, p := range []*page{first, second} {
				p.signIn(admin)
				p.visit(item + "/edit")
				p.await(`form#item-form`)
			}
			first.fill(inForm("notes"), "noted by the first, "+name)
			first.fill(inForm("tags"), "first")
			first.save()
			second.fill(inForm("title"), "Titled by the second, "+name)
			second.fill(inForm("tags"), "second")
			second.click(`[data-testid=save]`)
			second.await(`[data-testid=conflict]`)
			second.choose(`[data-part=tags] [value=theirs]`)
			second.save()
			for _, text := range []string{"noted by the first, " + name, "Titled by the second, " + name, "first"} {
				second.awaitText(text)
			}
			if tags := second.text(`[data-testid=tags]`); strings.Contains(tags, "second") {
				t.Errorf("the tags are %q, though the other version's were chosen", tags)
			}
		})
	}
}

// TestItemFormComesBack asserts that the form of an item whose session ended comes back as it was typed,
// with the fields that were added.
func TestItemFormComesBack(t *testing.T) {
	s := start(t)
	p := newPage(t, s, desktop)
	p.signIn(admin)
	p.newItem("Login")
	p.fill(inForm("title"), "Typed before the session ended")
	n := p.addField(`[data-testid=add-field]`)
	p.fill(inForm("field."+n+".title"), "hint")
	p.fill(inForm("field."+n+".value"), "kept in the page")
	p.forgetSession()
	p.click(`[data-testid=save]`)
	p.signInAgain(admin)
	p.await(`[data-testid=typed-back]`)
	p.awaitValue(inForm("title"), "Typed before the session ended")
	p.awaitValue(inForm("field."+n+".value"), "kept in the page")
	p.save()
	p.awaitText("kept in the page")
}

// TestSeveralItemsAtOnce tags and archives items that are ticked in the list.
func TestSeveralItemsAtOnce(t *testing.T) {
	s := start(t)
	p := newPage(t, s, desktop, withoutScripts)
	p.signIn(admin)
	p.visit("/items?q=a")
	p.click(`[data-testid=selection] summary`)
	p.click(`[data-testid=archive-selected]`)
	p.awaitText("Tick at least one item in the list.")
	p.choose(`li:nth-child(1) [data-testid=select]`)
	p.choose(`li:nth-child(2) [data-testid=select]`)
	p.fill(`#selection [name=tag]`, "spring cleaning")
	p.click(`[data-testid=tag-selected]`)
	p.awaitText("2 items tagged.")
	p.visit("/items?q=spring+cleaning")
	if n := p.count(`[data-testid=item]`); n != 2 {
		t.Fatalf("%d items have the tag", n)
	}
	p.click(`[data-testid=selection] summary`)
	p.choose(`li:nth-child(1) [data-testid=select]`)
	p.choose(`li:nth-child(2) [data-testid=select]`)
	p.click(`[data-testid=archive-selected]`)
	p.awaitText("2 items archived.")
	p.click(`[data-testid=archive-list]`)
	p.awaitTrue("both in the archive", `document.querySelectorAll("[data-testid=item]").length === 2`)
}

// editorPages returns the pages on which items are created and changed.
func editorPages() []pageState {
	edited := ""
	return []pageState{
		{name: "new-item", goTo: func(p *page) {
			p.visit("/items")
			p.click(`[data-testid=new-item]`)
			p.await(`[data-testid=categories]`)
		}},
		{name: "item-form", goTo: func(p *page) { p.newItem("Login") }},
		{name: "item-form-menu", goTo: func(p *page) {
			p.click(`[data-edit-field="1"] [data-testid=more]`)
			p.await(`details[open] [data-testid=move-up]`)
		}},
		{name: "item-form-generator", goTo: func(p *page) {
			p.newItem("Login")
			p.click(`[data-testid=generate]`)
			p.awaitTrue("a password", `document.querySelector("[data-made-strength]").textContent !== ""`)
		}},
		{name: "item-form-refused", goTo: func(p *page) {
			p.newItem("Login")
			p.click(`[data-testid=save]`)
			p.await(`[data-testid=problems]`)
		}},
		{name: "item-form-card", goTo: func(p *page) {
			p.newItem("CreditCard")
			p.fill(inForm("field."+p.fieldNamed("number")+".value"), "5555 5555 5555 4444")
		}},
		{name: "item-form-found", goTo: func(p *page) {
			p.newItem("SecureNote")
			n := p.addField(`[data-testid=add-field]`)
			kind := element(inForm("field." + n + ".type"))
			eval[bool](p, kind+`.value = "Reference", `+kind+`.dispatchEvent(new Event("change", {bubbles: true}))`)
			p.await(`[data-testid=find-item]`)
			p.awaitSettled()
			p.fill(inForm("field."+n+".value"), "server")
			p.pressInForm(`[data-testid=find-item]`, `[data-testid=refer]`)
		}},
		{name: "item-saved", goTo: func(p *page) {
			p.newItem("SshKey")
			p.fill(inForm("title"), "Deploy key")
			p.pressInForm(`[data-testid=generate-ed25519]`, `#item-form .hint.mono`)
			p.save()
			edited = eval[string](p, "location.pathname")
		}},
		{name: "item-form-edit", goTo: func(p *page) { p.visit(edited + "/edit") }},
		{name: "item-conflict", goTo: func(p *page) {
			p.visit(edited + "/edit")
			eval[string](p, element(`#item-form [name=version]`)+`.value = "0"`)
			p.fill(inForm("title"), "Deploy key of the shop")
			p.click(`[data-testid=save]`)
			p.await(`[data-testid=conflict]`)
		}},
		{name: "versions", goTo: func(p *page) {
			p.click(`[data-testid=save]`)
			p.await(`[data-testid=item-acts]`)
			p.visit(edited + "/versions")
		}},
		{name: "version", goTo: func(p *page) { p.visit(edited + "/versions/1") }},
		{name: "items-selecting", goTo: func(p *page) {
			p.visit("/items")
			p.click(`[data-testid=selection] summary`)
			p.choose(`[data-testid=select]`)
		}},
		{name: "items-selecting-refused", goTo: func(p *page) {
			p.click(`[data-testid=tag-selected]`)
			p.await(`[data-testid=problems]`)
		}},
		{name: "item-archived", goTo: func(p *page) {
			p.visit(edited)
			p.click(`[data-testid=archive]`)
			p.await(`[data-testid=archived]`)
		}},
		{name: "items-archive", goTo: at("/items?archived=on")},
	}
}

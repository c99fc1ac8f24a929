package e2e

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"testing"

	"rsc.io/qr"
)

// seedPicture returns a picture of a QR code, at a place of a larger one as a screenshot has it.
func seedPicture(t *testing.T, text string) []byte {
	t.Helper()
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	const scale, left, top = 5, 140, 90
	picture := image.NewGray(image.Rect(0, 0, 900, 600))
	for i := range picture.Pix {
		picture.Pix[i] = 235
	}
	for y := range code.Size * scale {
		for x := range code.Size * scale {
			if code.Black(x/scale, y/scale) {
				picture.SetGray(left+x, top+y, color.Gray{20})
			}
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestValuesInTheForm reads the seed of a one-time password from a picture, has a card's type suggested,
// finds the item that a field refers to, makes a PIN, and takes a problem away once it is mended.
func TestValuesInTheForm(t *testing.T) {
	s := start(t)
	p := newPage(t, s, phone)
	p.signIn(admin)
	p.newItem("Login")
	loaded := `performance.getEntriesByType("resource").filter(e => e.name.includes("qr-reader")).length`
	if n := eval[int](p, loaded); n != 0 {
		t.Error("the reader of QR codes is loaded before anyone needs it")
	}
	const seed = "otpauth://totp/Company:ann?secret=JBSWY3DPEHPK3PXP&issuer=Company"
	p.chooseFiles(`[data-testid=qr]`, newFile(t, "none.png", seedPicture(t, "x")[:200]))
	p.awaitText("No QR code was found in this picture.")
	p.chooseFiles(`[data-testid=qr]`, newFile(t, "seed.png", seedPicture(t, seed)))
	p.awaitTrue("the seed in its field",
		`[...document.querySelectorAll("#item-form input")].some(e => e.value === `+quote(seed)+`)`)
	p.awaitTrue("its code",
		`[...document.querySelectorAll("[data-seed]")].some(e => /Current code: \d{6}$/.test(e.textContent))`)
	if n := eval[int](p, loaded); n != 1 {
		t.Errorf("the reader of QR codes was loaded %d times", n)
	}
	p.picture("item-form-qr")

	p.click(`[data-testid=save]`)
	p.await(`[data-testid=problems]`)
	p.press("Company")
	p.fill(inForm("title"), "Company")
	p.awaitGone(`[data-testid=problems]`)
	p.awaitGone(`#item-title-problem`)
	p.save()
	p.awaitText("Item saved.")

	p.newItem("CreditCard")
	number := p.fieldNamed("number")
	p.fill(inForm("field."+number+".value"), "5555 5555 5555 4444")
	p.awaitValue(inForm("field."+p.fieldNamed("type")+".value"), "Mastercard")
	month := element(inForm("field." + p.fieldNamed("expiry date") + ".value"))
	if kind := eval[string](p, month+`.type`); kind != "month" {
		t.Errorf("a month is entered as %s", kind)
	}
	p.click(`[data-edit-field="` + p.fieldNamed("PIN") + `"] [data-testid=generate]`)
	p.await(`#generator[open]`)
	p.awaitTrue("a PIN", `/^[0-9]{6}$/.test(document.querySelector("[data-made]").textContent)`)
	p.fill(`#generator [name=pinLength]`, "99")
	eval[bool](p, element(`#generator [name=pinLength]`)+`.dispatchEvent(new Event("change", {bubbles: true}))`)
	p.awaitValue(`#generator [name=pinLength]`, "12")
	p.awaitText("3 to 12")
	p.clean()

	found := newPage(t, s, desktop, withoutScripts)
	found.signIn(admin)
	found.newItem("SecureNote")
	n := found.addField(`[data-testid=add-field]`)
	found.fill(inForm("title"), "Refers to another")
	found.fill(inForm("field."+n+".title"), "see")
	found.click(`[data-edit-field="` + n + `"] [data-testid=more]`)
	eval[string](found, element(inForm("field."+n+".type"))+`.value = "Reference"`)
	found.click(`[data-edit-field="` + n + `"] [name=apply]`)
	found.await(`[data-testid=find-item]`)
	found.fill(inForm("field."+n+".value"), "build serv")
	found.click(`[data-testid=find-item]`)
	found.await(`[data-testid=refer]`)
	found.picture("item-form-found")
	found.click(`[data-testid=refer]`)
	found.awaitText("Refers to Build server")
	found.save()
}

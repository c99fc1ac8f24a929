package handlers

import (
	"bytes"
	"html"

	"github.com/labstack/echo/v4"

	"itemshare/views"
)

// drawnSignIn is the sign-in page of somebody who comes from nowhere, drawn once for a name of the
// organization: all of it but the options of a passkey, which are of one request.
type drawnSignIn struct {
	of            string
	before, after []byte
}

// optionsPlace stands where the options go. No page holds it otherwise.
const optionsPlace = "\uE000"

// showFirstSignIn shows the sign-in page without anything of an earlier one.
func (h *Handlers) showFirstSignIn(
	c echo.Context, status int, props views.SignInProps,
) error {
	drawn := h.drawn.Load()
	if drawn == nil || drawn.of != props.Of {
		var err error
		if drawn, err = drawSignIn(c, props); err != nil {
			return err
		}
		h.drawn.Store(drawn)
	}
	page := emptyBuffer()
	defer buffers.Put(page)
	page.Write(drawn.before)
	page.WriteString(html.EscapeString(props.Passkey))
	page.Write(drawn.after)
	return sendPage(c, status, page.Bytes(), encodingFor(c.Request()))
}

func drawSignIn(c echo.Context, props views.SignInProps) (*drawnSignIn, error) {
	var page bytes.Buffer
	props.Passkey = optionsPlace
	if err := views.SignInPage(props).Render(c.Request().Context(), &page); err != nil {
		return nil, err
	}
	before, after, _ := bytes.Cut(page.Bytes(), []byte(optionsPlace))
	return &drawnSignIn{props.Of, before, after}, nil
}

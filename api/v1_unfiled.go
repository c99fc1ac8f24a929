package api

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/share"
	"itemshare/vault"
)

// unfiledMembers are the terms of a share in a body that has an item's members too.
var unfiledMembers = [...]string{"recipients", "expireAfter", "oneTimeOnly"}

// createUnfiled shares what is in no vault: an item in JSON, or a form whose first part "share" is that
// JSON, with files after it.
func (a *API) createUnfiled(c echo.Context, me account.Identity) error {
	if !mayShareSomewhere(me) {
		return fault.New(fault.Forbidden, fault.CodeForbidden,
			"This service account can't share. An admin can create one that can.")
	}
	key, err := idempotencyKey(c.Request().Header)
	if err != nil {
		return err
	}
	in, next, err := unfiledBody(c)
	if err != nil {
		return err
	}
	request, err := unfiledOf(in)
	if err != nil {
		return err
	}
	request.Token = key
	created, err := a.c.Shares.CreateUnfiled(
		c.Request().Context(), sharerOf(me, ""), request, next,
	)
	if err != nil {
		_, _ = io.Copy(io.Discard, c.Request().Body) // or the answer does not arrive
		return withMemberNames(fault.Wrap("create a share", err))
	}
	c.Response().Header().Set(echo.HeaderLocation, a.c.URL+"/api/v1/shares/"+created.ID)
	return answer(c, http.StatusCreated, createdShare{
		ID: created.ID, Link: created.Link, ExpiresAt: time.Unix(created.ExpiresAt, 0).UTC(),
	})
}

func mayShareSomewhere(me account.Identity) bool {
	for vaultID := range me.Grants {
		if me.MayShare(vaultID) {
			return true
		}
	}
	return false
}

// unfiledBody returns the JSON of a request and its files as they come.
func unfiledBody(c echo.Context) (body, func() (vault.NewFile, error), error) {
	kind := c.Request().Header.Get(echo.HeaderContentType)
	if !strings.HasPrefix(kind, echo.MIMEMultipartForm) {
		c.Request().Body = http.MaxBytesReader(c.Response().Writer, c.Request().Body, mostUnfiled)
		in, err := bodyOf(c)
		return in, func() (vault.NewFile, error) { return vault.NewFile{}, io.EOF }, err
	}
	form, err := c.Request().MultipartReader()
	if err != nil {
		return nil, nil, fault.Field("", fault.CodeMalformed, "The form can't be read.")
	}
	first, err := form.NextRawPart()
	if err != nil || first.FormName() != "share" {
		return nil, nil, fault.Field(
			"",
			fault.CodeMalformed,
			`The first part must be named "share".`,
		)
	}
	in, err := parseBody(http.MaxBytesReader(c.Response().Writer, first, mostUnfiled))
	return in, func() (vault.NewFile, error) {
		part, err := form.NextRawPart()
		if err != nil {
			return vault.NewFile{}, cutOff(err)
		}
		if part.FormName() != "file" {
			return vault.NewFile{}, fault.Field(
				"", fault.CodeMalformed, `Every part after the first must be named "file".`,
			)
		}
		return vault.NewFile{
			Name: part.FileName(), Type: part.Header.Get(echo.HeaderContentType),
			Content: wholeBody{part},
		}, nil
	}, err
}

// mostUnfiled is how many bytes the JSON may have.
const mostUnfiled = 3 << 20

// unfiledOf parses a request: an item's members, of which none must be given, and a link's terms.
func unfiledOf(in body) (share.UnfiledRequest, error) {
	terms, rest := body{}, body{}
	for name, value := range in {
		if slices.Contains(unfiledMembers[:], name) {
			terms[name] = value
		} else {
			rest[name] = value
		}
	}
	request, err := requestOf(terms)
	problems := fault.ProblemsOf(err)
	if rest["category"] == nil {
		rest["category"] = []byte(`"` + vault.SecureNote + `"`)
	}
	r := reader{in: rest, others: unfiledMembers[:]}
	item := r.item(vault.Item{})
	if len(r.files()) > 0 {
		r.addProblem("files", `Send files as parts of a form, after a part "share" with this JSON.`)
	}
	if err := fault.Fields(append(problems, r.problems...)); err != nil {
		return share.UnfiledRequest{}, err
	}
	return share.UnfiledRequest{Item: item, Request: request}, nil
}

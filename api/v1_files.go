package api

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
	"itemshare/vault"
)

// fileEditor returns the vault, if its files can be changed here.
func (a *API) fileEditor() (vault.FileEditor, error) {
	if editor, ok := a.c.Vault.(vault.FileEditor); ok {
		return editor, nil
	}
	if _, err := vault.EditorOf(a.c.Vault); err != nil {
		return nil, err
	}
	return nil, fault.Of(fault.Forbidden)
}

// attachFile adds the body to an item as a file, sealed as it comes, and answers with its entry.
func (a *API) attachFile(c echo.Context, me account.Identity) error {
	editor, err := a.fileEditor()
	if err != nil {
		return err
	}
	req, sent := c.Request(), false
	added, err := editor.AddFiles(
		req.Context(), me.User.ID, c.Param("vault"), c.Param("item"), a.maxFile(),
		func() (vault.NewFile, error) {
			if sent {
				return vault.NewFile{}, io.EOF
			}
			sent = true
			return vault.NewFile{
				Name: c.QueryParam("name"), Type: req.Header.Get(echo.HeaderContentType),
				Content: wholeBody{req.Body},
			}, nil
		},
	)
	if err != nil {
		_, _ = io.Copy(io.Discard, req.Body) // or the answer does not arrive
		return namedQuery(fault.Wrap("attach a file", err))
	}
	c.Response().Header().Set(echo.HeaderLocation, a.c.URL+"/api/v1/vaults/"+c.Param("vault")+
		"/items/"+c.Param("item")+"/files/"+added[0].ID)
	return answer(
		c,
		http.StatusCreated,
		file{added[0].ID, added[0].Name, added[0].Size, added[0].Type},
	)
}

// maxFile returns the size in bytes of the largest file.
func (a *API) maxFile() int64 { return cmp.Or(a.c.MaxFile, vault.MaxFileBytes) }

// wholeBody reads a body, and tells its end from a connection that was cut off.
type wholeBody struct{ io.Reader }

func (b wholeBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	return n, cutOff(err)
}

// cutOff returns the error of a body that ends with err, nil for none.
func cutOff(err error) error {
	tooLong := (*http.MaxBytesError)(nil)
	switch {
	case err == nil, errors.Is(err, io.EOF):
		return err
	case errors.As(err, &tooLong):
		return fault.Field("file", fault.CodeTooLarge, "The file is too large.")
	}
	return fmt.Errorf(
		"%w: %w",
		fault.Field("", fault.CodeMalformed, "The body is incomplete."),
		err,
	)
}

// namedQuery returns an error whose problems of a file name the query's parameter instead.
func namedQuery(err error) error {
	if e, ok := fault.As(err); ok && e.Code() == fault.CodeInvalid {
		for i := range e.Problems {
			if e.Problems[i].Field == "file" {
				e.Problems[i].Field = "name"
			}
		}
	}
	return err
}

// readFile answers with a file's bytes. The audit event is stored before the first of them is sent.
func (a *API) readFile(c echo.Context, me account.Identity) error {
	ctx, vaultID, itemID := c.Request().Context(), c.Param("vault"), c.Param("item")
	item, err := a.c.Vault.Item(ctx, vaultID, itemID)
	if err != nil {
		return fault.Wrap("load an item", err)
	}
	file, ok := item.File(c.Param("file"))
	if !ok {
		return fault.Of(fault.NotFound)
	}
	header := c.Response().Header()
	if c.Request().Method != http.MethodHead {
		content, err := a.c.Vault.OpenFile(ctx, vaultID, itemID, file.ID)
		if err != nil {
			return fault.Wrap("open a file", err)
		}
		defer content.Close()
		reader := bufio.NewReaderSize(content, 64<<10)
		if _, err := reader.Peek(1); err != nil && !errors.Is(err, io.EOF) {
			return fault.Wrap("read a file", err)
		}
		err = a.c.Recorder.Record(ctx, audit.Event{
			At: a.c.Clock(), Kind: audit.FileDownloaded, Actor: me.User.ID,
			Subject: vaultID + "/" + itemID, Detail: map[string]string{"file": file.Name},
		})
		if err != nil {
			return fault.Wrap("store the download's event", err)
		}
		a.fileHead(header, file)
		c.Response().WriteHeader(http.StatusOK)
		sent, err := reader.WriteTo(c.Response())
		if err == nil && sent != file.Size {
			err = fmt.Errorf("got %d bytes of %d", sent, file.Size)
		}
		return fault.Wrap("send a file", err)
	}
	a.fileHead(header, file)
	return c.NoContent(http.StatusOK)
}

func (a *API) fileHead(header http.Header, file vault.File) {
	header.Set(
		"Content-Security-Policy",
		"default-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox",
	)
	header.Set(echo.HeaderContentType, echo.MIMEOctetStream)
	header.Set(echo.HeaderContentLength, strconv.FormatInt(file.Size, 10))
	header.Set(echo.HeaderContentDisposition, "attachment")
}

// deleteFile takes a file from an item.
func (a *API) deleteFile(c echo.Context, me account.Identity) error {
	editor, err := a.fileEditor()
	if err != nil {
		return err
	}
	err = editor.RemoveFile(
		c.Request().Context(), me.User.ID, c.Param("vault"), c.Param("item"), c.Param("file"),
	)
	if err != nil {
		return fault.Wrap("delete a file", err)
	}
	return noContent(c)
}

package handlers

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
	"itemshare/vault"
)

// downloadBuffer is how much of a file is read ahead, in bytes.
const downloadBuffer = 64 << 10

// downloadFile sends a file of an item as an attachment, chunk by chunk. The audit event is stored
// before the first byte is sent. HEAD sends the headers alone and stores none.
func (h *Handlers) downloadFile(c echo.Context, me account.Identity) error {
	ctx := c.Request().Context()
	vaultID, itemID := c.Param("vault"), c.Param("item")
	item, err := h.c.Vault.Item(ctx, vaultID, itemID)
	if err != nil {
		return ofVault("load an item", err)
	}
	file, ok := fileOf(item, c.Param("file"))
	if !ok {
		return fault.Of(fault.NotFound)
	}
	if c.Request().Method == http.MethodHead {
		setAttachment(c.Response().Header(), file)
		return c.NoContent(http.StatusOK)
	}
	content, err := h.c.Vault.OpenFile(ctx, vaultID, itemID, file.ID)
	if err != nil {
		return ofVault("open a file", err)
	}
	defer content.Close()
	reader := bufio.NewReaderSize(content, downloadBuffer)
	if _, err := reader.Peek(1); err != nil && !errors.Is(err, io.EOF) {
		return ofVault("read a file", err)
	}
	err = h.c.Recorder.Record(ctx, audit.Event{
		At: h.c.Clock(), Kind: audit.FileDownloaded, Actor: me.User.ID,
		Subject: vaultID + "/" + itemID, Detail: map[string]string{"file": file.Name},
	})
	if err != nil {
		return fault.Wrap("store the download's event", err)
	}
	setAttachment(c.Response().Header(), file)
	c.Response().WriteHeader(http.StatusOK)
	sent, err := reader.WriteTo(c.Response())
	if err == nil && sent != file.Size {
		err = fmt.Errorf("got %d bytes of %d", sent, file.Size)
	}
	return ofVault("send a file", err)
}

func fileOf(item vault.Item, id string) (vault.File, bool) {
	for _, f := range item.Files {
		if f.ID == id {
			return f, true
		}
	}
	return vault.File{}, false
}

// setAttachment sets the headers of a file, which browsers save and never show: in a page of this
// origin its content could act for the reader.
func setAttachment(header http.Header, file vault.File) {
	header.Set(policyHeader, attachmentPolicy)
	header.Set(echo.HeaderContentType, echo.MIMEOctetStream)
	header.Set(echo.HeaderContentLength, strconv.FormatInt(file.Size, 10))
	header.Set(echo.HeaderContentDisposition, disposition(vault.FileName(file.Name)))
}

// disposition names an attachment by RFC 6266, with a fallback in ASCII for old browsers.
func disposition(name string) string {
	plain := strings.Map(func(r rune) rune {
		if r > '~' {
			return '_'
		}
		return r
	}, name)
	value := mime.FormatMediaType("attachment", map[string]string{"filename": plain})
	if plain != name {
		value += "; filename*=UTF-8''" + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
	}
	return value
}

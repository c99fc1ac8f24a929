package handlers

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
	"itemshare/vault"
	"itemshare/views"
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
	file, ok := item.File(c.Param("file"))
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
	sent, err := reader.WriteTo(patientWriter{c.Response(), patienceWith(c)})
	if err == nil && sent != file.Size {
		err = fmt.Errorf("got %d bytes of %d", sent, file.Size)
	}
	return ofVault("send a file", err)
}

// setAttachment sets the headers of a file, which browsers save and never show: in a page of this
// origin its content could act for the reader.
func setAttachment(header http.Header, file vault.File) {
	header.Set(policyHeader, attachmentPolicy)
	header.Set(echo.HeaderContentType, echo.MIMEOctetStream)
	header.Set(echo.HeaderContentLength, strconv.FormatInt(file.Size, 10))
	header.Set(echo.HeaderContentDisposition, disposition(vault.FileName(file.Name)))
}

// uploadFiles adds the files of a form to an item, as they come.
func (h *Handlers) uploadFiles(c echo.Context, me account.Identity) error {
	editor, err := h.fileEditor()
	if err != nil {
		return err
	}
	form, leave, err := h.receive(c, me.User.ID)
	if err != nil {
		return err
	}
	defer leave()
	_, err = editor.AddFiles(
		c.Request().Context(), me.User.ID, c.Param("vault"), c.Param("item"), h.c.MaxFile,
		func() (vault.NewFile, error) { return nextFile(form) },
	)
	if err != nil {
		readRest(c)
	}
	return h.showFiles(c, me, err)
}

// deleteFile takes a file from an item.
func (h *Handlers) deleteFile(c echo.Context, me account.Identity) error {
	editor, err := h.fileEditor()
	if err != nil {
		return err
	}
	err = editor.RemoveFile(
		c.Request().Context(), me.User.ID, c.Param("vault"), c.Param("item"), c.Param("file"),
	)
	return h.showFiles(c, me, err)
}

// showFiles answers a change of an item's files, or what is wrong with it.
func (h *Handlers) showFiles(c echo.Context, me account.Identity, err error) error {
	problems := fault.ProblemsOf(err)
	if kind := fault.KindOf(err); err != nil && (kind != fault.Invalid && kind != fault.Conflict ||
		fault.CodeOf(err) == fault.CodeMalformed) {
		return ofVault("change an item's files", err)
	}
	if err == nil && !fragment(c) {
		return seeOther(c, h.FilesOnPage(c.Param("vault"), c.Param("item")))
	}
	status := http.StatusOK
	if err != nil {
		status, _ = statusOf(c, err)
	}
	props, err := h.itemProps(c, me)
	if err != nil {
		return err
	}
	props.FileProblems = problems
	return h.showEither(c, status, views.ItemFiles(props), views.ItemPage(props))
}

// fileEditor returns the vault, if its files can be changed here.
func (h *Handlers) fileEditor() (vault.FileEditor, error) {
	if editor, ok := h.c.Vault.(vault.FileEditor); ok {
		return editor, nil
	}
	_, err := vault.EditorOf(h.c.Vault) // says where they are changed
	return nil, err
}

// nextFile returns the next file of a form, io.EOF after the last. A control without a file is
// skipped.
func nextFile(form *multipart.Reader) (vault.NewFile, error) {
	for {
		part, err := form.NextRawPart()
		if errors.Is(err, io.EOF) {
			return vault.NewFile{}, io.EOF
		}
		if err != nil {
			return vault.NewFile{}, cutOff(err)
		}
		if isFile(part) && part.FileName() != "" {
			return fileOfPart(part), nil
		}
	}
}

// isFile reports whether a part of a form is a file, or a control without one.
func isFile(part *multipart.Part) bool { return part.FormName() == "file" }

func fileOfPart(part *multipart.Part) vault.NewFile {
	return vault.NewFile{
		Name: part.FileName(), Type: part.Header.Get(echo.HeaderContentType),
		Content: wholePart{part},
	}
}

// wholePart reads a part of a form, and tells its end from that of a form that was cut off.
type wholePart struct{ *multipart.Part }

func (p wholePart) Read(b []byte) (int, error) {
	n, err := p.Part.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = cutOff(err)
	}
	return n, err
}

// cutOff returns the error of a form that is longer than allowed, or that did not come whole.
func cutOff(err error) error {
	if tooLong := (*http.MaxBytesError)(nil); errors.As(err, &tooLong) {
		return fault.Field("file", fault.CodeTooLarge, "These files are too large to send at once.")
	}
	return fmt.Errorf("%w: %w", fault.Field("", fault.CodeMalformed,
		"The files didn't arrive whole, and nothing was changed. Send them again."), err)
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

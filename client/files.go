package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
)

// FileCreateParams is a file to attach. Content is read once, so the request is not sent again.
type FileCreateParams struct {
	Name    string
	Type    string // a media type, "" if it isn't known
	Content io.Reader
}

// Files returns the calls about the files of items.
func (i Items) Files() Files { return Files(i) }

// Files are the calls about the files of items.
type Files struct{ calls caller }

func filesPath(vaultID, itemID string) string { return itemPath(vaultID, itemID) + "/files" }

// Attach adds a file to an item, which gets its next version. It takes as long as the context allows.
func (f Files) Attach(
	ctx context.Context, vaultID, itemID string, params FileCreateParams,
) (ItemFile, error) {
	kind := params.Type
	if kind == "" {
		kind = "application/octet-stream"
	}
	var file ItemFile
	_, err := f.calls.send(ctx, call{
		method: http.MethodPost,
		path:   api + filesPath(vaultID, itemID) + "?name=" + url.QueryEscape(params.Name),
		stream: params.Content, kind: kind, into: &file,
	})
	return file, during("attach a file", err)
}

// Read returns the content of a file, which the caller closes. Content that breaks off ends in an
// error, never in io.EOF. The server records the download in its audit log.
func (f Files) Read(ctx context.Context, vaultID, itemID, fileID string) (io.ReadCloser, error) {
	request, err := f.calls.request(ctx, get(filesPath(vaultID, itemID)+"/"+segment(fileID), nil))
	if err != nil {
		return nil, during("read a file", err)
	}
	response, err := f.calls.http.Do(request)
	if err != nil {
		return nil, during("read a file", lostAnswer{fmt.Errorf("reach the server: %w", err)})
	}
	if response.StatusCode != http.StatusOK {
		defer response.Body.Close()
		text, _ := io.ReadAll(io.LimitReader(response.Body, maxProblem))
		err := newError(response.StatusCode, response.Header, text, f.calls.clock())
		return nil, during("read a file", err)
	}
	return response.Body, nil
}

// Delete takes a file from an item, which gets its next version.
func (f Files) Delete(ctx context.Context, vaultID, itemID, fileID string) error {
	return during("delete a file", f.calls.do(ctx, call{
		method: http.MethodDelete, path: api + filesPath(vaultID, itemID) + "/" + segment(fileID),
		patient: true,
	}))
}

// UnfiledShareParams are what is shared that is in no vault, and the terms of its link. An empty title
// becomes one that says what is shared.
type UnfiledShareParams struct {
	Title  string      `json:"title,omitempty"`
	Fields []ItemField `json:"fields,omitempty"`
	Notes  string      `json:"notes,omitempty"`

	Recipients  []string           `json:"recipients,omitempty"`  // empty: anyone with the link
	ExpireAfter *ItemShareDuration `json:"expireAfter,omitempty"` // nil is the policy's default
	OneTimeOnly bool               `json:"oneTimeOnly,omitempty"` // one view, for each recipient

	Files []FileCreateParams `json:"-"`
}

// CreateUnfiled shares what is in no vault and returns its link, which cannot be shown again. Files are
// read once, so the request is not sent again: an error that is [ErrNotKnown] reports that the
// connection failed and that there may be a share.
func (s ItemShares) CreateUnfiled(
	ctx context.Context, params UnfiledShareParams,
) (CreatedShare, error) {
	key, err := s.newKey()
	if err != nil {
		return CreatedShare{}, err
	}
	text, err := json.Marshal(params)
	if err != nil {
		return CreatedShare{}, fmt.Errorf("encode a request: %w", err)
	}
	from, to := io.Pipe()
	form := multipart.NewWriter(to)
	go func() { to.CloseWithError(writeForm(form, text, params.Files)) }()
	defer from.Close()
	var share CreatedShare
	_, err = s.calls.send(ctx, call{
		method: http.MethodPost, path: api + "/shares", key: key,
		stream: from, kind: form.FormDataContentType(), into: &share,
	})
	var lost lostAnswer
	if errors.As(err, &lost) {
		err = fmt.Errorf("%w: %w", ErrNotKnown, err)
	}
	return share, during("create a share", err)
}

func writeForm(form *multipart.Writer, text []byte, files []FileCreateParams) error {
	part, err := form.CreateFormField("share")
	if err == nil {
		_, err = part.Write(text)
	}
	for _, file := range files {
		if err != nil {
			return err
		}
		header := textproto.MIMEHeader{}
		header.Set("Content-Disposition", multipart.FileContentDisposition("file", file.Name))
		if file.Type != "" {
			header.Set("Content-Type", file.Type)
		}
		if part, err = form.CreatePart(header); err == nil {
			_, err = io.Copy(part, file.Content)
		}
	}
	return errors.Join(err, form.Close())
}

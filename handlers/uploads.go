package handlers

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"itemshare/fault"
)

const (
	uploadsAtOnce    = 32               // each holds about 4 MiB
	uploadsOfUser    = 4                // of them
	uploadWait       = 10 * time.Second // for one of the places
	filesOfUpload    = 20               // of the largest size
	uploadOverhead   = 1 << 20          // the other fields of a form with files, in bytes
	uploadTime       = 2 * time.Hour
	uploadStall      = time.Minute // without a byte, in either direction
	downloadsAtATime = 64 << 10    // bytes written under one deadline
)

// uploads bounds how many requests with files are read at once: in all, and for one person.
type uploads struct {
	all chan struct{}

	mu  sync.Mutex
	own map[string]int // requests in all or waiting, by user
}

func newUploads() *uploads {
	return &uploads{all: make(chan struct{}, uploadsAtOnce), own: map[string]int{}}
}

// enter waits for a place, which leave frees. If there is none in time, it is fault.Unavailable.
func (u *uploads) enter(ctx context.Context, userID string) (leave func(), err error) {
	if !u.add(userID) {
		return nil, fault.Wait(
			fault.CodeTooManyAttempts,
			"You are sending other files at the moment. Wait until they are done.", uploadWait,
		)
	}
	full := time.NewTimer(uploadWait)
	defer full.Stop()
	select {
	case u.all <- struct{}{}:
		return func() { <-u.all; u.remove(userID) }, nil
	case <-full.C:
	case <-ctx.Done():
	}
	u.remove(userID)
	return nil, fault.New(
		fault.Unavailable, fault.CodeUnavailable,
		"Many people are sending files right now. Try again in a moment.",
	)
}

func (u *uploads) add(userID string) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.own[userID] == uploadsOfUser {
		return false
	}
	u.own[userID]++
	return true
}

func (u *uploads) remove(userID string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.own[userID]--; u.own[userID] == 0 {
		delete(u.own, userID)
	}
}

// takesFiles reports whether the form of a route has files.
func takesFiles(r route) bool {
	return r.method == http.MethodPost &&
		(strings.HasSuffix(r.path, "/files") || r.path == newSharePath || r.path == apiPath+"/shares")
}

// hasFiles reports whether files are sent on a route, in either direction.
func hasFiles(r route) bool {
	return takesFiles(r) || takesImport(r) || strings.HasSuffix(r.path, "/files/:file")
}

// takesImport reports whether the form of a route has a file to import.
func takesImport(r route) bool { return r.method == http.MethodPost && r.path == "/import" }

// mostUploaded returns how many bytes a request with files may have.
func (h *Handlers) mostUploaded() int64 { return filesOfUpload*h.c.MaxFile + uploadOverhead }

// patient extends the deadlines of a connection while bytes flow, so that a large file has time and
// a connection that stalls is cut off.
type patient struct{ control *http.ResponseController }

func patienceWith(c echo.Context) patient {
	return patient{http.NewResponseController(c.Response().Writer)}
}

func (p patient) extend() error {
	now := time.Now() // the operating system's deadlines know no other clock
	err := errors.Join(
		p.control.SetReadDeadline(now.Add(uploadStall)),
		p.control.SetWriteDeadline(now.Add(uploadStall+defaultTime)),
	)
	if errors.Is(err, http.ErrNotSupported) {
		return nil
	}
	return fault.Wrap("extend the time of a connection", err)
}

// patientBody is a body that may come slowly.
type patientBody struct {
	io.ReadCloser
	patient
}

func (b patientBody) Read(p []byte) (int, error) {
	if err := b.extend(); err != nil {
		return 0, err
	}
	return b.ReadCloser.Read(p)
}

// patientWriter writes to a connection that may be slow.
type patientWriter struct {
	io.Writer
	patient
}

func (w patientWriter) Write(p []byte) (n int, err error) {
	for len(p) > 0 && err == nil {
		if err := w.extend(); err != nil {
			return n, err
		}
		var written int
		written, err = w.Writer.Write(p[:min(len(p), downloadsAtATime)])
		n, p = n+written, p[written:]
	}
	return n, err
}

// receive returns the parts of a form with files, which may come slowly. leave frees the place that
// the request takes.
func (h *Handlers) receive(
	c echo.Context, userID string,
) (form *multipart.Reader, leave func(), err error) {
	if leave, err = h.uploads.enter(c.Request().Context(), userID); err != nil {
		return nil, nil, err
	}
	if form, err = c.Request().MultipartReader(); err != nil {
		leave()
		return nil, nil, fault.Field("", fault.CodeMalformed, "")
	}
	return form, leave, nil
}

// readRest reads what is left of a form that was refused: browsers show no answer before they have
// sent everything.
func readRest(c echo.Context) {
	_, _ = io.Copy(io.Discard, c.Request().Body)
}

package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
)

// TestSlotsAreBounded asserts that neither one network nor all together get more than their
// number of slots, and that a freed slot goes to the next caller.
func TestSlotsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newAnswerSlots(8)
		var releases []func()
		acquire := func(network string) error {
			release, err := s.acquire(t.Context(), network)
			if err == nil {
				releases = append(releases, release)
			}
			return err
		}
		for n := range 2 {
			if err := acquire("one"); err != nil {
				t.Fatalf("slot %d of one network: %v", n, err)
			}
		}
		begun := time.Now()
		if err := acquire("one"); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("more than a quarter for one network: %v", err)
		}
		if waited := time.Since(begun); waited != slotTime {
			t.Errorf("waited %s", waited)
		}
		for n := range 6 {
			if err := acquire(fmt.Sprint("other ", n)); err != nil {
				t.Errorf("slot for network %d: %v", n, err)
			}
		}
		if err := acquire("last"); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("more than there are: %v", err)
		}
		time.AfterFunc(slotTime/2, releases[0])
		if err := acquire("last"); err != nil {
			t.Errorf("a slot that was freed in time: %v", err)
		}
		canceled, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.acquire(canceled, "gone"); err == nil {
			t.Error("a slot for a caller who hung up")
		}
		for _, release := range releases[1:] {
			release()
		}
		if len(s.networks) != 0 {
			t.Errorf("%d networks are remembered in the end", len(s.networks))
		}
		for n := range 8 {
			if err := acquire(fmt.Sprint(n)); err != nil {
				t.Errorf("after all were freed: %v", err)
			}
		}
	})
}

// TestASlotLastsAsLongAsItsAnswer asserts that a slot is freed after a response, an error and a
// panic.
func TestASlotLastsAsLongAsItsAnswer(t *testing.T) {
	a := &API{slots: newAnswerSlots(4)}
	for _, end := range []func() error{
		func() error { return nil },
		func() error { return fault.Of(fault.NotFound) },
		func() error { panic("test") },
	} {
		c := echo.New().NewContext(httptest.NewRequest("POST", "/s/file", nil), httptest.NewRecorder())
		answer := a.large(func(echo.Context, account.Identity) error {
			if len(a.slots.networks) != 1 {
				t.Error("an answer without a slot")
			}
			return end()
		})
		func() {
			defer func() { _ = recover() }()
			_ = answer(c, account.Identity{})
		}()
		if len(a.slots.networks) != 0 {
			t.Error("the slot is still taken")
		}
	}
}

// TestSealedAnswerIsOneObject asserts that what is written piece by piece is the JSON of the
// whole object.
func TestSealedAnswerIsOneObject(t *testing.T) {
	for _, size := range []int{0, 1, 2, 3, 1023, 1024, 1025, 100_000} {
		ciphertext := make([]byte, size)
		for i := range ciphertext {
			ciphertext[i] = byte(i * 7)
		}
		head := openAnswer{terms{Protocol: "itemshare/v1", MaxViews: 1}, bytes64("nonce")}
		want, err := json.Marshal(struct {
			openAnswer
			Ciphertext bytes64 `json:"ciphertext"`
		}{head, ciphertext})
		if err != nil {
			t.Fatal(err)
		}
		object, err := json.Marshal(head)
		if err != nil {
			t.Fatal(err)
		}
		got := httptest.NewRecorder()
		c := echo.New().NewContext(httptest.NewRequest("POST", "/s/open", nil), got)
		if err := sendSealed(c, object, ciphertext); err != nil || got.Body.String() != string(want) {
			t.Errorf("%d bytes: %v, %.100s", size, err, got.Body)
		}
		if length := got.Header().Get("Content-Length"); length != fmt.Sprint(len(want)) {
			t.Errorf("%d bytes: length %s of %d", size, length, len(want))
		}
	}
}

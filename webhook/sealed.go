package webhook

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Box seals what a webhook holds: the box of seal.Webhooks.
type Box interface {
	Seal(plaintext []byte, place ...string) ([]byte, error)
	Open(sealed []byte, place ...string) ([]byte, error)
}

// target is what is sealed of a webhook. Old is the secret before the last change, which signs too
// until OldUntil, in Unix seconds.
type target struct {
	URL      string `json:"url"`
	Secret   Secret `json:"secret"`
	Old      Secret `json:"old,omitempty"`
	OldUntil int64  `json:"oldUntil,omitempty"`
}

// secrets returns those that sign at a time, the newest first.
func (t target) secrets(now time.Time) []Secret {
	if t.Old != nil && now.Unix() < t.OldUntil {
		return []Secret{t.Secret, t.Old}
	}
	return []Secret{t.Secret}
}

func sealTarget(box Box, id string, t target) ([]byte, error) {
	text, err := json.Marshal(t)
	if err != nil {
		return nil, fmt.Errorf("seal a webhook: %w", err)
	}
	return box.Seal(pad(text), "webhooks", id)
}

func openTarget(box Box, w Stored) (t target, err error) {
	text, err := box.Open(w.Sealed, "webhooks", w.ID)
	if err != nil {
		return t, fmt.Errorf("open a webhook: %w", err)
	}
	if err := json.Unmarshal(text, &t); err != nil {
		return t, errors.New("open a webhook: it isn't one") // the cause may quote it
	}
	return t, nil
}

func sealBody(box Box, q Queued, body []byte) ([]byte, error) {
	return box.Seal(pad(body), "webhook_deliveries", q.WebhookID, q.ID)
}

// openBody returns the body as it is sent: the spaces at its end hid its length.
func openBody(box Box, q Queued) ([]byte, error) {
	return box.Open(q.Body, "webhook_deliveries", q.WebhookID, q.ID)
}

func sealAnswer(box Box, id, words string) ([]byte, error) {
	return box.Seal(pad([]byte(words)), "webhook_answers", id)
}

func openAnswer(box Box, q Queued) (string, error) {
	if q.Answer == nil {
		return "", nil
	}
	words, err := box.Open(q.Answer, "webhook_answers", q.ID)
	return string(words), err
}

// pad adds spaces up to a multiple of 128 bytes, so that a length tells little.
func pad(text []byte) []byte {
	for len(text)%128 != 0 {
		text = append(text, ' ')
	}
	return text
}

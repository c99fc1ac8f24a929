package mail

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"itemshare/seal"
)

// size is the length in bytes of every message before it is sealed.
const size = 2048

// Sealer seals messages, all to the same length.
type Sealer struct {
	box       seal.Box
	onPrepare func(Message)
}

// NewSealer returns a Sealer that seals with the box of the purpose seal.Mail.
func NewSealer(box seal.Box) *Sealer { return &Sealer{box: box, onPrepare: func(Message) {}} }

// OnPrepare has f called with every message before it is sealed. It is called before the
// Sealer is used.
func (s *Sealer) OnPrepare(f func(Message)) { s.onPrepare = f }

// Prepare seals a message for the queue row of that ID and until, which counts in whole
// seconds. A message of more than about 1900 bytes is rejected.
func (s *Sealer) Prepare(id string, m Message, until time.Time) ([]byte, error) {
	s.onPrepare(m)
	plain, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("prepare mail: %w", err)
	}
	if len(plain) > size {
		return nil, errors.New("prepare mail: the message is too long")
	}
	plain = append(plain, bytes.Repeat([]byte{' '}, size-len(plain))...)
	sealed, err := s.box.Seal(plain, place(id, until)...)
	if err != nil {
		return nil, fmt.Errorf("prepare mail: %w", err)
	}
	return sealed, nil
}

// PrepareCode is Prepare for callers that do not import this package.
func (s *Sealer) PrepareCode(
	id, shareID, to, subject, text string,
	drop bool,
	until time.Time,
) ([]byte, error) {
	m := Message{To: to, Subject: subject, Text: text, Drop: drop, ShareID: shareID}
	return s.Prepare(id, m, until)
}

// Open returns the message of a queue row.
func (s *Sealer) Open(q Queued) (Message, error) {
	plain, err := s.box.Open(q.Sealed, place(q.ID, q.Until)...)
	if err != nil {
		return Message{}, fmt.Errorf("open queued mail: %w", err)
	}
	var m Message
	if err := json.Unmarshal(plain, &m); err != nil {
		return Message{}, errors.New(
			"open queued mail: it is not a message",
		) // the cause may quote it
	}
	return m, nil
}

func place(id string, until time.Time) []string {
	return []string{"mail_queue", id, strconv.FormatInt(until.Unix(), 10)}
}

package mail_test

import (
	"testing"
	"time"

	"itemshare/mail"
)

// TestOutboxWaitsForPreparedMessages: a page that is loaded right after a code was requested
// shows its message.
func TestOutboxWaitsForPreparedMessages(t *testing.T) {
	f := newQueue(t)
	outbox := mail.NewOutbox(f.clock)
	f.OnPrepare(outbox.Expect)
	f.queue(t, "id", message(1))
	waited := make(chan []mail.Sent)
	go func() {
		outbox.Wait(t.Context())
		waited <- outbox.Sent()
	}()
	select {
	case sent := <-waited:
		t.Fatalf("did not wait, and has %v", sent)
	case <-time.After(50 * time.Millisecond):
	}
	f.run(t, f.db, outbox)
	if sent := <-waited; len(sent) != 1 || sent[0].To != message(1).To {
		t.Errorf("sent %v", sent)
	}
}

func TestOutboxDoesNotWaitForever(t *testing.T) {
	f := newQueue(t)
	outbox := mail.NewOutbox(f.clock)
	f.OnPrepare(outbox.Expect)
	dropped := message(1)
	dropped.Drop = true
	f.queue(t, "dropped", dropped)
	outbox.Wait(t.Context()) // which is never sent
	f.queue(t, "late", message(2))
	f.pass(2 * time.Second)
	outbox.Wait(t.Context())
	if sent := outbox.Sent(); len(sent) != 0 {
		t.Errorf("sent %v", sent)
	}
}

package mail_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"itemshare/db/dbtest"
	"itemshare/mail"
)

// sendFunc is a function as a Sender.
type sendFunc func(context.Context, mail.Message) error

func (f sendFunc) Send(ctx context.Context, m mail.Message) error { return f(ctx, m) }

func message(n int) mail.Message {
	return mail.Message{
		To:      fmt.Sprintf("eve%d@example.com", n),
		Subject: "Your code",
		Text:    "Your code is 12345678.",
	}
}

func TestWorkerSendsAndErases(t *testing.T) {
	f := newQueue(t)
	outbox := mail.NewOutbox(f.clock)
	for n := range 10 {
		m := message(n)
		m.Drop = n%2 == 1
		f.queue(t, fmt.Sprint("id", n), m)
	}
	f.run(t, f.db, outbox)
	f.wait(t, "1 = 1", 0)
	sent := outbox.Sent()
	if len(sent) != 5 {
		t.Errorf("%d sent, want the five that are not dropped", len(sent))
	}
	for _, m := range sent {
		if !strings.HasPrefix(m.To, "eve") || strings.ContainsAny(m.To, "13579") ||
			!m.At.Equal(at) {
			t.Errorf("sent %+v", m)
		}
	}
}

// TestRowsHaveOneLength: the queue shows neither which messages will be dropped nor their length.
func TestRowsHaveOneLength(t *testing.T) {
	f := newQueue(t)
	lengths := map[int]bool{}
	for _, m := range []mail.Message{
		{},
		message(1),
		{To: "a@b.example", Subject: "s", Text: "t", Drop: true},
		{
			To:      strings.Repeat("a", 242) + "@example.com",
			Subject: strings.Repeat("s", 100),
			Text:    strings.Repeat("ü", 500),
		},
	} {
		sealed, err := f.Prepare("id", m, at)
		if err != nil {
			t.Fatal(err)
		}
		lengths[len(sealed)] = true
	}
	if len(lengths) != 1 {
		t.Errorf("lengths %v", lengths)
	}
	if _, err := f.Prepare("id", mail.Message{Text: strings.Repeat("x", 2048)}, at); err == nil {
		t.Error("a message that is too long was accepted")
	}
}

func TestSealedMessageOpensOnlyInItsRow(t *testing.T) {
	f := newQueue(t)
	sealed, err := f.PrepareCode("id", "share", "eve@example.com", "Your code", "12345678", true, at)
	if err != nil {
		t.Fatal(err)
	}
	want := mail.Message{To: "eve@example.com", Subject: "Your code", Text: "12345678", Drop: true, ShareID: "share"}
	if m, err := f.Open(mail.Queued{ID: "id", Sealed: sealed, Until: at}); m != want || err != nil {
		t.Errorf("%+v, %v", m, err)
	}
	for why, q := range map[string]mail.Queued{
		"another row":  {ID: "other", Sealed: sealed, Until: at},
		"a later time": {ID: "id", Sealed: sealed, Until: at.Add(time.Second)},
		"cut":          {ID: "id", Sealed: sealed[:100], Until: at},
	} {
		if m, err := f.Open(q); err == nil || m != (mail.Message{}) {
			t.Errorf("%s: %+v", why, m)
		}
	}
}

// TestQueueIsSealed: the database holds no address and no code in clear.
func TestQueueIsSealed(t *testing.T) {
	f := newQueue(t)
	f.queue(t, "id", message(1))
	content := dbtest.Content(t, f.url)
	for _, secret := range []string{"eve1@example.com", "12345678", "Your code"} {
		if bytes.Contains(content, []byte(secret)) {
			t.Errorf("the database holds %s", secret)
		}
	}
	if !bytes.Contains(content, []byte("mail_queue")) {
		t.Error("this is not the queue")
	}
}

func TestWorkerGivesUp(t *testing.T) {
	tests := []struct {
		why    string
		change func(*testing.T, *queueFixture)
		err    error
		sends  int
		logged string
	}{
		{
			"rejected permanently",
			func(*testing.T, *queueFixture) {},
			fmt.Errorf("%w: 550", mail.ErrRejected),
			1,
			"rejected",
		},
		{
			"outdated without a worker",
			func(_ *testing.T, f *queueFixture) { f.pass(10 * time.Minute) },
			nil,
			0,
			"",
		},
		{"damaged", func(t *testing.T, f *queueFixture) {
			query := dbtest.Say(f.url, `UPDATE mail_queue SET sealed = ?`)
			if _, err := f.raw.Exec(query, make([]byte, 2076)); err != nil {
				t.Fatal(err)
			}
		}, nil, 0, "damaged"},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			f := newQueue(t)
			f.queue(t, "id", message(1))
			tt.change(t, f)
			sends := 0
			_, stop := f.run(
				t,
				f.db,
				sendFunc(func(context.Context, mail.Message) error { sends++; return tt.err }),
			)
			f.wait(t, "1 = 1", 0)
			stop()
			if sends != tt.sends {
				t.Errorf("%d sends, want %d", sends, tt.sends)
			}
			if log := f.log.String(); !strings.Contains(log, tt.logged) ||
				strings.Contains(log, "eve1") ||
				strings.Contains(log, "12345678") {
				t.Errorf("logged %q", log)
			}
		})
	}
}

// TestWorkerRetries: with growing pauses, until the message is outdated.
func TestWorkerRetries(t *testing.T) {
	f := newQueue(t)
	f.queue(t, "id", message(1))
	var mu sync.Mutex
	var sends []time.Duration
	worker, _ := f.run(t, f.db, sendFunc(func(context.Context, mail.Message) error {
		mu.Lock()
		defer mu.Unlock()
		sends = append(sends, f.clock().Sub(at))
		return errors.New("451")
	}))
	for tries := 1; f.count(t, "1 = 1") == 1; tries++ {
		f.wait(t, fmt.Sprintf("tries < %d", tries), 0)
		for due := f.due(t); f.clock().Before(due); {
			f.pass(time.Second)
		}
		worker.Poke()
	}
	if f.clock().Sub(at) < 8*time.Minute {
		t.Errorf("given up after %v", f.clock().Sub(at))
	}
	if len(sends) < 10 || len(sends) > 20 {
		t.Fatalf("%d tries in ten minutes: %v", len(sends), sends)
	}
	if first, last := sends[1]-sends[0], sends[len(sends)-1]-sends[len(sends)-2]; first > 8*time.Second ||
		last < 40*time.Second ||
		last > 80*time.Second {
		t.Errorf("pauses from %v to %v", first, last)
	}
	if sends[len(sends)-1] >= 10*time.Minute {
		t.Error("sent when it was outdated")
	}
}

func (f *queueFixture) due(t *testing.T) time.Time {
	t.Helper()
	var due int64
	if err := f.raw.QueryRow(`SELECT coalesce(max(due_at), 0) FROM mail_queue`).Scan(&due); err != nil {
		t.Fatal(err)
	}
	return time.Unix(due, 0)
}

// TestServerDownThenUp: a queued message survives an outage of the server and a restart.
func TestServerDownThenUp(t *testing.T) {
	f := newQueue(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().String()
	listener.Close()
	f.queue(t, "id", message(1))

	_, stop := f.run(t, f.db, sender(t, "smtp://"+addr, nil))
	f.wait(t, "tries = 1", 1)
	stop()
	f.db.Close()

	if listener, err = net.Listen("tcp", addr); err != nil {
		t.Fatal(err)
	}
	server := serveOn(t, listener, serverKind{})
	f.pass(10 * time.Second)
	f.run(t, f.open(t), sender(t, "smtp://"+addr, nil))
	f.wait(t, "1 = 1", 0)
	if got := server.got(); len(got) != 1 || got[0].to != "eve1@example.com" {
		t.Errorf("received %+v", got)
	}
	if log := f.log.String(); !strings.Contains(log, "tried again") ||
		strings.Contains(log, "eve1") {
		t.Errorf("logged %q", log)
	}
}

// TestTemporaryRejection: a real server answers 451 first, and then accepts the message.
func TestTemporaryRejection(t *testing.T) {
	f := newQueue(t)
	server := startServer(t, serverKind{})
	server.set(answer(451, "later, eve1@example.com"))
	f.queue(t, "id", message(1))
	worker, _ := f.run(t, f.db, sender(t, "smtp://"+server.addr, nil))
	f.wait(t, "tries = 1", 1)
	server.set(nil)
	f.pass(10 * time.Second)
	worker.Poke()
	f.wait(t, "1 = 1", 0)
	if len(server.got()) != 1 || strings.Contains(f.log.String(), "eve1") {
		t.Errorf("received %d, logged %q", len(server.got()), f.log.String())
	}
}

// TestWorkersAtOnce: several processes send each message once.
func TestWorkersAtOnce(t *testing.T) {
	f := newQueue(t)
	for n := range 40 {
		f.queue(t, fmt.Sprint("id", n), message(n))
	}
	outbox := mail.NewOutbox(f.clock)
	for range 3 {
		f.run(t, f.open(t), outbox)
	}
	f.wait(t, "1 = 1", 0)
	seen := map[string]int{}
	for _, m := range outbox.Sent() {
		seen[m.To]++
	}
	for to, times := range seen {
		if times != 1 {
			t.Errorf("%s got it %d times", to, times)
		}
	}
	if len(seen) != 40 {
		t.Errorf("%d of 40 sent", len(seen))
	}
}

// TestStopWhileSending: the message stays queued for the next start, and stopping is quick.
func TestStopWhileSending(t *testing.T) {
	f := newQueue(t)
	f.queue(t, "id", message(1))
	sending := make(chan struct{})
	_, stop := f.run(t, f.db, sendFunc(func(ctx context.Context, _ mail.Message) error {
		close(sending)
		<-ctx.Done()
		return ctx.Err()
	}))
	<-sending
	stop()
	if f.count(t, "tries = 0") != 1 {
		t.Error("the message is gone, or a stop counted as a try")
	}
	f.pass(2 * time.Minute)
	outbox := mail.NewOutbox(f.clock)
	f.run(t, f.db, outbox)
	f.wait(t, "1 = 1", 0)
	if len(outbox.Sent()) != 1 {
		t.Error("not sent after the next start")
	}
}

func TestOutbox(t *testing.T) {
	outbox := mail.NewOutbox(func() time.Time { return at })
	for n := range 150 {
		outbox.Send(t.Context(), message(n))
	}
	sent := outbox.Sent()
	if len(sent) != 100 || sent[0].To != "eve149@example.com" ||
		sent[99].To != "eve50@example.com" {
		t.Errorf("%d stored, from %s to %s", len(sent), sent[0].To, sent[len(sent)-1].To)
	}
	if sent[0] != (mail.Sent{To: "eve149@example.com", Subject: "Your code", Text: "Your code is 12345678.", At: at}) {
		t.Errorf("%+v", sent[0])
	}
}

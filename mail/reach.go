package mail

import (
	"context"
	"errors"
	"fmt"

	gomail "github.com/wneessen/go-mail"
)

// Reach connects and signs in to the server as Send does, and sends nothing. Its error is one of
// Send's: ReasonOf tells why.
func (s *SMTP) Reach(ctx context.Context) error {
	client, err := gomail.NewClient(s.host, s.options...)
	if err != nil {
		return errors.New("cannot create a mail client")
	}
	done := make(chan error, 1)
	go func() { done <- s.greet(ctx, client) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("reach the mail server: %w", ctx.Err())
	}
}

func (s *SMTP) greet(ctx context.Context, client *gomail.Client) error {
	conn, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return s.failed(err, false, Message{})
	}
	defer conn.Close()
	if err := conn.Noop(); err != nil {
		return s.failed(err, false, Message{})
	}
	_ = conn.Quit() // the server may close first
	return nil
}

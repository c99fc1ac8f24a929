// Command itemshare shares copies of vault items by link.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"itemshare/cli"
)

func main() {
	syscall.Umask(0o077) // new files are for their owner alone
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		first := <-signals
		signal.Reset(syscall.SIGTERM, syscall.SIGINT) // a second signal ends the program at once
		if first == syscall.SIGINT {
			cancel(cli.ErrInterrupted)
		}
		cancel(nil)
	}()
	os.Exit(cli.Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, cli.OnePassword()))
}

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
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	code := cli.Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, cli.OnePassword())
	stop()
	os.Exit(code)
}

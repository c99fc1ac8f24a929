// Command bench measures the built program against what it could cost at least, and against another
// program: every side works in turn, round after round, and what counts are the medians of ratios. It
// prints one Markdown table. make bench runs it.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/labstack/echo/v4"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	program, against, only string
	rounds                 int
	turn                   time.Duration
	rate                   float64
}

func run() (err error) {
	var o options
	flag.StringVar(&o.program, "program", "bin/itemshare", "the built program")
	flag.StringVar(&o.against, "against", "", "another build of it to compare with")
	flag.StringVar(&o.only, "only", "", "only scenarios whose name contains this")
	flag.IntVar(&o.rounds, "rounds", 5, "rounds")
	flag.DurationVar(&o.turn, "turn", time.Second, "how long each side works in each round")
	flag.Float64Var(&o.rate, "rate", 500, "requests a second of the scenarios with set times")
	constant := flag.Bool("constant", false, "serve a constant answer, as one of the sides")
	flag.Parse()
	if *constant {
		return serveConstant()
	}
	folder, err := os.MkdirTemp("", "itemshare-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	b := &bench{options: o, folder: folder, peer: peerOf(os.Getenv("PEER"))}
	defer b.stop()
	if err := b.start(); err != nil {
		return err
	}
	fmt.Printf("Rounds of %v: %d.\n\n%s", o.turn, o.rounds, tableHead)
	for _, s := range b.scenarios() {
		if !strings.Contains(s.name, o.only) {
			continue
		}
		if err := s.compare(os.Stdout, o.rounds, o.turn); err != nil {
			return err
		}
	}
	return nil
}

// bench has every side ready.
type bench struct {
	options
	folder   string
	servers  []*server
	raw      *rawRows
	peer     *peer
	constant *exec.Cmd
	address  string // of the constant answer
}

func (b *bench) start() error {
	for _, side := range []struct{ name, program string }{
		{"itemshare", b.program}, {"other build", b.against},
	} {
		if side.program == "" {
			continue
		}
		s, err := startServer(side.name, side.program, b.folder)
		if s != nil {
			b.servers = append(b.servers, s)
		}
		if err != nil {
			return err
		}
		// A page of the history is full.
		if _, _, err := s.creates(manyViews, &collected{find: linkOf}).run(8, b.turn); err != nil {
			return err
		}
	}
	return errors.Join(b.startRaw(), b.startConstant())
}

// startRaw lets the program create a share, whose rows are the pattern.
func (b *bench) startRaw() error {
	s, err := startServer("raw", b.program, b.folder)
	if err != nil {
		return err
	}
	created := s.creates(manyViews, &collected{find: linkOf})
	request, _ := created.next()
	created.next = each([][]byte{request})
	if _, _, err = created.run(1, time.Minute); err != nil {
		return errors.Join(err, s.stop())
	}
	if err := s.stop(); err != nil {
		return err
	}
	b.raw, err = newRawRows(s.data)
	return err
}

func (b *bench) startConstant() error {
	b.constant = exec.Command(os.Args[0], "-constant")
	b.constant.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := b.constant.StdoutPipe()
	if err != nil {
		return err
	}
	if err := b.constant.Start(); err != nil {
		return err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	b.address = strings.TrimSpace(line)
	return err
}

func (b *bench) stop() {
	for _, s := range b.servers {
		_ = s.stop()
	}
	if b.constant != nil && b.constant.Process != nil {
		_ = b.constant.Process.Kill()
	}
}

// serveConstant answers every request with 200 bytes, and prints its address.
func serveConstant() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	e := echo.New()
	text := strings.Repeat("x", 200)
	e.GET("/", func(c echo.Context) error { return c.String(http.StatusOK, text) })
	return (&http.Server{Handler: e, ReadHeaderTimeout: time.Second}).Serve(listener)
}

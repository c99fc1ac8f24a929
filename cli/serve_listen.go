package cli

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// lastConns stops a listener, and returns the connections that the kernel has accepted and the
// program has not. A proxy may have sent requests over them, which it doesn't repeat: closing the
// listener alone would reset them.
func lastConns(listener net.Listener) (conns []net.Conn, err error) {
	raw, ok := listener.(syscall.Conn)
	if !ok {
		return nil, listener.Close()
	}
	control, err := raw.SyscallConn()
	if err != nil {
		return nil, fmt.Errorf("stop listening: %w", err)
	}
	if err := control.Control(func(fd uintptr) { dropAttempts(int(fd)) }); err != nil {
		return nil, fmt.Errorf("stop listening: %w", err)
	}
	time.Sleep(handshakeTime) // the server accepts meanwhile
	var files []*os.File
	err = control.Control(func(fd uintptr) { files = acceptRest(int(fd)) })
	for _, file := range files {
		conn, failed := net.FileConn(file) // a copy
		if failed == nil {
			conns = append(conns, conn)
		}
		err = errors.Join(err, failed, file.Close())
	}
	return conns, err
}

// handshakeTime is long enough for connections that are being made.
const handshakeTime = 20 * time.Millisecond

// dropAttempts has the kernel drop attempts to connect. Their second try, a second later, finds no
// listener, and a proxy turns to another server. Without the filter some would connect and be reset.
func dropAttempts(listener int) {
	const flags, syn = 13, 0x02 // of a TCP header
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: flags},
		{Code: unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, K: syn, Jf: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: 0},
		{Code: unix.BPF_RET | unix.BPF_K, K: 1<<32 - 1},
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	_ = unix.SetsockoptSockFprog(listener, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &program)
}

// acceptRest accepts what waits, and stops the listener at the moment at which nothing does.
func acceptRest(listener int) (files []*os.File) {
	for {
		fd, _, err := syscall.Accept4(listener, syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK)
		switch {
		case err == nil:
			files = append(files, os.NewFile(uintptr(fd), "connection"))
		case !errors.Is(err, syscall.EINTR) && !errors.Is(err, syscall.ECONNABORTED):
			_ = syscall.Shutdown(listener, syscall.SHUT_RD) // it is closed later anyway
			return files
		}
	}
}

// serveLast has the server answer the last connections. It returns once the server knows them all,
// so that its Shutdown waits for them.
func serveLast(server *http.Server, conns []net.Conn) {
	if len(conns) == 0 {
		return
	}
	last := &lastListener{conns: conns, over: make(chan struct{}), known: make(chan struct{})}
	go server.Serve(last) // ends with an error when the server is shut down
	<-last.known
}

// lastListener accepts some connections, and then waits until it is closed.
type lastListener struct {
	conns []net.Conn
	known chan struct{} // closed once the last connection was taken over
	over  chan struct{}
	close sync.Once
}

func (l *lastListener) Accept() (net.Conn, error) {
	if len(l.conns) == 0 {
		close(l.known)
		<-l.over
		return nil, net.ErrClosed
	}
	conn := l.conns[0]
	l.conns = l.conns[1:]
	return conn, nil
}

func (l *lastListener) Close() error {
	l.close.Do(func() { close(l.over) })
	return nil
}

func (l *lastListener) Addr() net.Addr { return &net.TCPAddr{} }

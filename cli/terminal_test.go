package cli

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// terminal is a pseudoterminal, and what was written to it.
type terminal struct {
	*os.File // the end that a program uses
	keyboard *os.File

	mutex sync.Mutex
	shown bytes.Buffer
}

func newTerminal(t *testing.T) *terminal {
	t.Helper()
	keyboard, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	must(t, err)
	control := func(request uintptr, value *int32) {
		_, _, failed := syscall.Syscall(
			syscall.SYS_IOCTL, keyboard.Fd(), request, uintptr(unsafe.Pointer(value)),
		)
		if failed != 0 {
			t.Fatal(failed)
		}
	}
	var unlocked, number int32
	control(syscall.TIOCSPTLCK, &unlocked)
	control(syscall.TIOCGPTN, &number)
	file, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	must(t, err)
	term := &terminal{File: file, keyboard: keyboard}
	go func() {
		part := make([]byte, 1024)
		for {
			n, err := keyboard.Read(part)
			if err != nil {
				return
			}
			term.mutex.Lock()
			term.shown.Write(part[:n])
			term.mutex.Unlock()
		}
	}()
	t.Cleanup(func() {
		_ = file.Close()
		_ = keyboard.Close()
	})
	return term
}

// text returns what the terminal shows.
func (s *terminal) text() string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.shown.String()
}

// awaitText waits until the terminal shows a text.
func (s *terminal) awaitText(t *testing.T, text string) {
	t.Helper()
	for range 500 {
		if strings.Contains(s.text(), text) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("the terminal shows\n%s\nwithout %q", s.text(), text)
}

// run runs a command whose streams are the terminal.
func (s *terminal) run(t *testing.T, args ...string) int {
	t.Helper()
	return Run(t.Context(), args, s.File, s.File, s.File, OnePassword())
}

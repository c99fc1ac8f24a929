package address

import "testing"

func TestMailbox(t *testing.T) {
	for _, c := range []struct{ address, want string }{
		{"ann@corp.example", "ann@corp.example"},
		{"ann+work@corp.example", "ann@corp.example"},
		{"ann+a+b@corp.example", "ann@corp.example"},
		{"+ann@corp.example", "+ann@corp.example"},
		{"a.nn@corp.example", "a.nn@corp.example"},
		{"a.n.n+x@gmail.com", "ann@gmail.com"},
		{"a.nn@googlemail.com", "ann@gmail.com"},
		{"corp.example", "corp.example"},
	} {
		if got := Mailbox(c.address); got != c.want {
			t.Errorf("Mailbox(%q) is %q, want %q", c.address, got, c.want)
		}
	}
}

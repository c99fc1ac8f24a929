package cli

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"itemshare/account"
)

// service is a server and its workers, ready to start.
type service struct {
	handler http.Handler
	workers []func(context.Context)
	welcome func() error // prints how to use the demo, nil if this is none
	// setUpCode is the code with which the first admin is added, "" once there is a person.
	setUpCode account.Code
}

// announce says that the server accepts connections.
func (s service) announce(p *program, base *url.URL) {
	if s.welcome != nil {
		if err := s.welcome(); err != nil {
			p.log.Error("cannot print the welcome", "err", err)
		}
	}
	if s.setUpCode != "" {
		s.tellSetUpCode(p, base)
	}
	p.log.Info("listening", "url", base.String())
}

// tellSetUpCode prints and logs the code of an installation without people: whoever reads the
// server's terminal or its log is the one to set it up.
func (s service) tellSetUpCode(p *program, base *url.URL) {
	address, code := base.String()+"/setup", string(s.setUpCode)
	_, err := fmt.Fprintf(p.stdout, "\n  itemshare has no users yet\n    Open         %s\n"+
		"    set-up code  %s\n\n", address, code)
	if err != nil {
		p.log.Error("cannot print the set-up code", "err", err)
	}
	p.log.Warn("no users yet: open the address and enter the set-up code "+code, "url", address)
}

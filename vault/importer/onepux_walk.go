package importer

// visitor is called for the parts of an export, in their order.
type visitor struct {
	item  func(s *scanner, account, vault int) error
	attrs func(v *value, account, vault int) error // vault is -1 for an account's
	other func(name string)                        // of a member that the format doesn't have
}

// walk reads the data. Unless the visitor wants them, it skips attributes and other members.
func (x *onePUX) walk(s *scanner, visit visitor) error {
	account := -1
	return s.object(func(name string) error {
		if name != "accounts" {
			return x.other(s, visit, name)
		}
		return s.array(func() error {
			account++
			number := -1
			return s.object(func(name string) error {
				switch name {
				case "attrs":
					return x.attrs(s, visit, account, -1)
				case "vaults":
					return s.array(func() error {
						number++
						return x.vault(s, visit, account, number)
					})
				}
				return x.other(s, visit, "accounts."+name)
			})
		})
	})
}

func (x *onePUX) vault(s *scanner, visit visitor, account, number int) error {
	return s.object(func(name string) error {
		switch name {
		case "attrs":
			return x.attrs(s, visit, account, number)
		case "items":
			return s.array(func() error { return visit.item(s, account, number) })
		}
		return x.other(s, visit, "accounts.vaults."+name)
	})
}

func (x *onePUX) attrs(s *scanner, visit visitor, account, number int) error {
	if visit.attrs == nil {
		_, err := s.skip()
		return err
	}
	v, err := s.value(&budget{bytes: 64 << 10, values: 1000}, 0)
	if err != nil {
		return err
	}
	return visit.attrs(v, account, number)
}

func (x *onePUX) other(s *scanner, visit visitor, name string) error {
	filled, err := s.skip()
	if err == nil && filled && visit.other != nil {
		visit.other(name)
	}
	return err
}

// nameOfItem reads an item and returns its ID and title.
func nameOfItem(s *scanner) (id, title string, err error) {
	const longest = 300
	text := func(into *string) error {
		c, err := s.start()
		if err == nil && c == '"' {
			*into, _, err = s.text(longest)
			return err
		}
		if err == nil {
			_, err = s.skip()
		}
		return err
	}
	member := func(name string) error {
		c, err := s.start()
		switch {
		case err != nil:
			return err
		case name == "uuid":
			return text(&id)
		case name == "overview" && c == '{':
			return s.object(func(name string) error {
				if name == "title" {
					return text(&title)
				}
				_, err := s.skip()
				return err
			})
		}
		_, err = s.skip()
		return err
	}
	if c, err := s.start(); err != nil || c != '{' {
		if err == nil {
			_, err = s.skip()
		}
		return "", "", err
	}
	err = s.object(func(name string) error {
		if c, err := s.start(); err == nil && name == "item" && c == '{' {
			return s.object(member)
		}
		return member(name)
	})
	return id, title, err
}

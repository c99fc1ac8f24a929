//go:build !standin && !noonepassword

package main

import "itemshare/vault/onepassword"

// stoodFor tells whether a stand-in takes the account's place: in this build never.
func (p *program) stoodFor() bool { return false }

func (p *program) standIn() (onepassword.Connect, error) { return nil, nil }

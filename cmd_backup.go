package main

import "errors"

type backupCommand struct {
	File string `arg:"" help:"Where the copy goes. It must not be there yet."`
}

// Run copies the database.
func (c *backupCommand) Run(p *program) error { return errors.New("later") }

type restoreCommand struct {
	File string `arg:"" type:"existingfile" help:"The backup."`
}

// Run puts a backup in place of an empty database.
func (c *restoreCommand) Run(p *program) error { return errors.New("later") }

package db

import (
	"context"
	"slices"
	"strings"
)

// Only people have an address, until they are removed, and with it a mailbox and a domain.

// MemberMailboxes returns those of the mailboxes that belong to people who have an account or are
// invited.
func (db *DB) MemberMailboxes(ctx context.Context, mailboxes []string) ([]string, error) {
	found, err := db.inBatches(ctx, mailboxes, `SELECT mailbox FROM users
		WHERE mailbox IN (`+placeholders(partyBatch)+`)`)
	return found, db.wrap("look up members", err)
}

// MemberDomains returns those of the domains at which people have an account or are invited. Of each
// domain it reads one person.
func (db *DB) MemberDomains(ctx context.Context, domains []string) ([]string, error) {
	// The domain that comes next in the index: read in its order, whatever the engine knows of the values.
	found, err := db.inBatches(ctx, domains, `WITH wanted (domain) AS (VALUES (CAST(? AS TEXT))`+
		strings.Repeat(`, (?)`, partyBatch-1)+`),
		counts AS MATERIALIZED (SELECT domain, (SELECT users.domain FROM users
			WHERE users.domain >= wanted.domain ORDER BY users.domain LIMIT 1) AS next FROM wanted)
		SELECT domain FROM counts WHERE domain = next`)
	return found, db.wrap("look up members' domains", err)
}

// inBatches runs a query that looks up partyBatch texts, for as many as there are. It returns what it
// finds in order, each once.
func (db *DB) inBatches(ctx context.Context, values []string, query string) (all []string, err error) {
	for batch := range slices.Chunk(values, partyBatch) {
		found, err := collect(db.read(ctx), scanText, query, padded(batch, partyBatch)...)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

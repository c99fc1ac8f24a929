package db

import (
	"testing"

	"itemshare/db/dbtest"
	"itemshare/fault"
	"itemshare/share"
)

// TestLostCommitIsUnknown cuts the connection during COMMIT, before and after the server has
// received it: the caller sees no difference, and a view that was counted is counted once.
func TestLostCommitIsUnknown(t *testing.T) {
	wire := dbtest.NewWire(t, dbtest.Schema(t))
	db := openURL(t, wire.URL)
	addSharer(t, db, "ada")
	for n, c := range []struct {
		why   string
		cuts  []dbtest.Cut
		again share.Outcome // of the same view
	}{
		{"it never arrived", []dbtest.Cut{dbtest.BeforeCommit}, share.Opened},
		{"its answer was lost", []dbtest.Cut{dbtest.AfterCommit}, share.Repeated},
		{"lost twice", []dbtest.Cut{dbtest.AfterCommit, dbtest.BeforeCommit}, share.Repeated},
	} {
		id := createShare(t, db, n+1, views(1))
		wire.CutCommits(c.cuts...)
		for range c.cuts {
			_, err := tryClaim(db, id, n, morning, nil)
			if fault.CodeOf(err) != fault.CodeUnknownOutcome {
				t.Errorf("%s: %v", c.why, err)
			}
		}
		wantClaim(t, db, id, n, morning, nil, c.again)
		wantClaim(t, db, id, 100+n, morning, nil, share.ViewsUsedUp)
		if n := countRows(t, db, `share_views WHERE share_id = '`+id+`'`); n != 1 {
			t.Errorf("%s: %d views", c.why, n)
		}
	}
	if wire.Cut() != 4 {
		t.Errorf("%d commits were cut", wire.Cut())
	}
}

// TestLostCommitOfAShare asserts that a share that may have been created is not reported as
// missing, and that repeating its request finds out.
func TestLostCommitOfAShare(t *testing.T) {
	wire := dbtest.NewWire(t, dbtest.Schema(t))
	db := openURL(t, wire.URL)
	addSharer(t, db, "ada")
	d, again := draft(1), draft(2)
	d.RequestKey, again.RequestKey = hash("key"), hash("key")
	wire.CutCommits(dbtest.AfterCommit)
	if err := db.Create(t.Context(), d); fault.CodeOf(err) != fault.CodeUnknownOutcome {
		t.Errorf("the answer was lost: %v", err)
	}
	if err := db.Create(t.Context(), again); fault.CodeOf(err) != fault.CodeAlreadyCreated {
		t.Errorf("the same request again: %v", err)
	}
}

// TestRefusedCommitIsKnown asserts that a COMMIT that the server itself rejects is reported as
// not saved.
func TestRefusedCommitIsKnown(t *testing.T) {
	db := openURL(t, dbtest.Schema(t))
	addUser(t, db, "ada")
	for _, statement := range []string{
		`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
			$$BEGIN RAISE EXCEPTION USING ERRCODE = TG_ARGV[0]; END$$`,
		`CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON users DEFERRABLE INITIALLY DEFERRED
			FOR EACH ROW EXECUTE FUNCTION refuse('53100')`,
	} {
		if _, err := db.writers.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := rename(db); fault.CodeOf(err) != fault.CodeUnavailable {
		t.Errorf("the disk is full: %v", err)
	}
}

// TestEndedServerLeavesCommitUnknown asserts that the outcome is unknown if the server is shut
// down during COMMIT.
func TestEndedServerLeavesCommitUnknown(t *testing.T) {
	address := dbtest.Schema(t)
	db, admin := openURL(t, address), openURL(t, address)
	addUser(t, db, "ada")
	for _, statement := range []string{
		`CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS
			$$BEGIN PERFORM pg_sleep(60); RETURN NULL; END$$`,
		`CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON users DEFERRABLE INITIALLY DEFERRED
			FOR EACH ROW EXECUTE FUNCTION wait()`,
	} {
		if _, err := db.writers.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	done := make(chan error)
	go func() { done <- rename(db) }()
	for ended := 0; ended == 0; {
		row := admin.writers.QueryRow(`SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
			WHERE pid <> pg_backend_pid() AND wait_event = 'PgSleep' AND query ILIKE 'commit'`)
		if err := row.Scan(&ended); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-done; fault.CodeOf(err) != fault.CodeUnknownOutcome {
		t.Errorf("the connection was ended: %v", err)
	}
}

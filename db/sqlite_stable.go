package db

/*
typedef struct sqlite3 sqlite3;

// Both are in the SQLite that go-sqlite3 compiles. They are weak because cgo links this
// package once by itself, before it links it with go-sqlite3.
extern int sqlite3_db_config(sqlite3 *, int, ...) __attribute__((weak));
extern int sqlite3_auto_extension(void (*)(void)) __attribute__((weak));

// SQLITE_DBCONFIG_ENABLE_QPSG
static int stable(sqlite3 *db) { return sqlite3_db_config(db, 1007, 1, (int *)0); }
static int keepStable(void) { return sqlite3_auto_extension((void (*)(void))stable); }
*/
import "C"

import "fmt"

// keepPlans makes every connection opened later keep a statement's plan whatever its
// parameters are (SQLite's query planner stability guarantee). Without it SQLite would
// prepare most joins and every LIMIT ? again for each run, since go-sqlite3 clears the
// parameters between two runs, at several times the cost of running them. There is no
// pragma for it. Calling it again changes nothing.
func keepPlans() error {
	if code := C.keepStable(); code != 0 {
		return fmt.Errorf("SQLite refuses to keep plans: code %d", code)
	}
	return nil
}

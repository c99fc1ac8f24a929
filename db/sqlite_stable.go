package db

/*
typedef struct sqlite3 sqlite3;

// These are in the SQLite that go-sqlite3 compiles. Weak, since this package is linked
// by itself once, before it is linked with that one.
extern int sqlite3_db_config(sqlite3 *, int, ...) __attribute__((weak));
extern int sqlite3_auto_extension(void (*)(void)) __attribute__((weak));

// SQLITE_DBCONFIG_ENABLE_QPSG
static int stable(sqlite3 *db) { return sqlite3_db_config(db, 1007, 1, (int *)0); }
static int keepStable(void) { return sqlite3_auto_extension((void (*)(void))stable); }
*/
import "C"

import "fmt"

// keepPlans has every connection opened from now on keep the plan of a statement
// whatever is bound to it (SQLite's query planner stability guarantee). Without it go-sqlite3,
// which clears the bindings between two runs, has SQLite prepare most joins and every
// LIMIT ? anew each time, for several times the cost of running them. There is no
// pragma for it. Calling it again changes nothing.
func keepPlans() error {
	if code := C.keepStable(); code != 0 {
		return fmt.Errorf("SQLite refuses to keep plans: code %d", code)
	}
	return nil
}

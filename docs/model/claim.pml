/*
 * Who may open a share, and how often: the claim as db/share_claim.go makes it, in a model for spin.
 *
 * Two processes serve openings of a share with one view, somebody revokes it, it expires, and the
 * sweeper erases. Each opening is a transaction of several steps; any process may crash between two
 * of them, which rolls the transaction back. A recipient who got no answer repeats with the same view.
 *
 * Each guard of the program can be removed with -D, and spin then finds how that breaks a promise:
 *
 *   -DNO_ROW_LOCK      the share's row is not locked first
 *   -DNO_CONDITION     the view is counted without "while any is left"; the lock alone holds
 *                      that too, so it takes both to break it
 *   -DNO_STATE_CHECK   the claim does not look whether the share was revoked or has expired
 *   -DNO_VIEW_ID       a repeat is not known by its view
 *   -DANSWER_EARLY     the answer is given before the commit
 *   -DERASE_ACTIVE     the sweeper erases a share that has not ended
 */

#define OPENERS 2
#define VIEWS 1

mtype = { live, viewed, revoked, expired };

/* The rows, as committed. */
mtype state = live;
byte views = 0;
bool known[OPENERS];      /* share_views has the view of this opener */
bool content = true;

/* What happened, for the promises. */
byte opened = 0;          /* how many different views got the content */
bool got[OPENERS];
bool revokeDone = false;  /* a revoke has committed */
byte lock = 0;            /* who holds the row, 0 for nobody */

inline begin(who) {
#ifndef NO_ROW_LOCK
	atomic { lock == 0 -> lock = who }
#endif
	skip
}

inline end(who) {
#ifndef NO_ROW_LOCK
	lock = 0
#else
	skip
#endif
}

/* One recipient, with one view, who repeats after a crash. */
proctype Opener(byte me) {
	byte tries = 0, seen, mayBe;
	bool counts;
	do
	:: tries < 2 ->
		tries++;
		begin(me + 1);
		mayBe = 1;
#ifndef NO_STATE_CHECK
		if
		:: state == revoked || state == expired -> mayBe = 0
		:: else
		fi;
#endif
		seen = views;                      /* the row as this transaction reads it */
		counts = true;
#ifndef NO_VIEW_ID
		if
		:: known[me] -> counts = false     /* a repeat: nothing is counted */
		:: else
		fi;
#endif
		if
		:: mayBe && counts && seen >= VIEWS -> mayBe = 0
		:: else
		fi;
		if
		:: mayBe && !content -> mayBe = 0
		:: else
		fi;
#ifdef ANSWER_EARLY
		if
		:: mayBe -> atomic { if :: !got[me] -> got[me] = true; opened++ :: else fi }
		:: else
		fi;
#endif
		if
		:: end(me + 1); goto next          /* a crash before the commit: nothing of it is saved */
		:: skip
		fi;
		atomic {                           /* the commit */
			if
			:: mayBe && counts ->
#ifndef NO_CONDITION
				if
				:: views < VIEWS ->
					views++; known[me] = true;
					if
					:: views >= VIEWS && state == live -> state = viewed
					:: else
					fi
				:: else -> mayBe = 0
				fi
#else
				views = seen + 1; known[me] = true;
				if
				:: views >= VIEWS && state == live -> state = viewed
				:: else
				fi
#endif
			:: else
			fi;
			assert(!mayBe || !revokeDone);  /* no claim commits after a revoke did */
			/* a view that was counted can be repeated, whatever crashed */
			assert(mayBe || !known[me] || state == revoked || state == expired)
		}
		end(me + 1);
		if
		:: goto next                       /* a crash after it: no answer arrives */
		:: skip
		fi;
		atomic {
			if
			:: mayBe ->
				if
				:: !got[me] -> got[me] = true; opened++
				:: else
				fi;
				goto done
			:: else -> goto done
			fi
		}
next:
		skip
	:: else -> break
	od;
done:
	skip
}

proctype Revoker() {
	begin(9);
	atomic { if :: state == live || state == viewed -> state = revoked; revokeDone = true :: else fi }
	end(9)
}

proctype Clock() {
	begin(8);
	atomic { if :: state == live -> state = expired :: else fi }
	end(8)
}

proctype Sweeper() {
	begin(7);
	atomic {
#ifdef ERASE_ACTIVE
		content = false
#else
		if
		:: state == revoked || state == expired -> content = false
		:: else
		fi
#endif
	}
	assert(content || state != live);    /* what is active opens */
	end(7)
}

init {
	atomic {
		run Opener(0); run Opener(1); run Revoker(); run Clock(); run Sweeper()
	}
}

/* A share with one view opens for one view, and whoever was counted was counted once. */
ltl once { [] (opened <= VIEWS) }
ltl counted { [] (views <= VIEWS) }
/* Who got the content is in the rows: a crash does not give the view to somebody else. */
ltl recorded { [] ((got[0] -> known[0]) && (got[1] -> known[1])) }

package share

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"itemshare/fault"
	"itemshare/seal"
)

const (
	newsEvery   = time.Second    // how often the audit log is looked at
	newsBatch   = 50             // shares whose sharers are told in one transaction
	tellEvery   = time.Hour      // between two emails about one share
	tellWithin  = 24 * time.Hour // an email that can't be sent by then is dropped
	manyRefused = 5              // refusals that a sharer is told of
	remindMost  = 24 * time.Hour // before its end, or in its last quarter, a share is to be viewed
	remindShare = 4
)

// News is what a sharer has not been told of one share: its views and refusals since ToldAt, in Unix
// seconds. To is the sharer's address, "" if they want no email or can't sign in.
type News struct {
	ShareID string
	To      string
	Terms   Terms
	State   State
	Views   int // in all
	Viewed  int
	Refused int
	ToldAt  int64
}

// Told is what becomes of news: an email, nil for none yet, and when to look again, 0 for never: then
// it is erased.
type Told struct {
	Email *NewsEmail
	Next  int64
}

// NewsEmail is an email for the queue. It replaces one about the same share that still waits.
type NewsEmail struct {
	ID     string
	Topic  []byte
	Sealed []byte
	Until  time.Time
}

// Newsroom is the storage that telling sharers needs. Any number of processes share it.
type Newsroom interface {
	// GatherNews adds what the next audit events say about shares whose sharers want emails, and
	// reports whether there are more events.
	GatherNews(ctx context.Context, now time.Time) (more bool, err error)
	// TellNews has the news of at most limit shares judged that are due, and stores what becomes of
	// them with their emails. It returns how many there were.
	TellNews(
		ctx context.Context, now time.Time, limit int, judge func(News) (Told, error),
	) (int, error)
	// SetTell stores whether the owner of a share wants emails about it, else it is fault.NotFound.
	SetTell(ctx context.Context, id, ownerID string, tell bool, now time.Time) error
}

// RunNews emails sharers what became of their links until ctx ends. Several processes may run it.
func (s *Service) RunNews(ctx context.Context, log *slog.Logger) {
	if s.MailOff() {
		return
	}
	ticker := time.NewTicker(newsEvery)
	defer ticker.Stop()
	for failing := false; ; {
		err := s.tellAll(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			log.Error("sharers are not told about their links", "err", err)
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// tellAll reads all audit events that there are, and then tells all that is due.
func (s *Service) tellAll(ctx context.Context) error {
	for more := true; more; {
		var err error
		if more, err = s.store.GatherNews(ctx, s.clock()); err != nil {
			return fmt.Errorf("gather news of shares: %w", err)
		}
	}
	for told := newsBatch; told == newsBatch; {
		now := s.clock()
		var err error
		told, err = s.store.TellNews(ctx, now, newsBatch, func(n News) (Told, error) {
			return s.judgeNews(n, now)
		})
		if err != nil {
			return fmt.Errorf("tell news of shares: %w", err)
		}
	}
	return nil
}

// Tell sets whether a sharer wants emails about their own share.
func (s *Service) Tell(ctx context.Context, by Sharer, id string, tell bool) error {
	return fault.Wrap("set the emails about a share",
		s.store.SetTell(ctx, id, by.ID, tell, s.clock()))
}

// judgeNews returns what becomes of news at a time.
func (s *Service) judgeNews(n News, at time.Time) (told Told, err error) {
	const between = int64(tellEvery / time.Second)
	now, remind := at.Unix(), n.remindAt(at.Unix())
	worthy := n.Viewed > 0 || n.refusedOften() || remind > 0 && remind <= now
	switch worthy = worthy && n.To != ""; {
	case worthy && now < n.ToldAt+between:
		return Told{Next: n.ToldAt + between}, nil
	case worthy:
		told.Email, err = s.newsEmail(n, at)
		n.ToldAt = now
	}
	if told.Next = max(n.Terms.ExpiresAt, n.ToldAt) + between; told.Next <= now {
		told.Next = 0
	}
	if remind > now {
		told.Next = remind
	}
	return told, err
}

// refusedOften reports whether an opening was denied often, of a share that is not ended by intent.
func (n News) refusedOften() bool {
	return n.Refused >= manyRefused && (n.State == Active || n.State == Viewed)
}

// remindAt returns when the sharer is reminded that nobody has viewed the share, 0 for not at all:
// viewed, ended, or told since.
func (n News) remindAt(now int64) int64 {
	at := n.Terms.ExpiresAt - n.remindBefore()
	if n.Views > 0 || n.State != Active || n.Terms.ExpiresAt <= now || n.ToldAt >= at {
		return 0
	}
	return at
}

func (n News) remindBefore() int64 {
	return min(int64(remindMost/time.Second), (n.Terms.ExpiresAt-n.Terms.CreatedAt)/remindShare)
}

func (s *Service) newsEmail(n News, now time.Time) (*NewsEmail, error) {
	id, err := seal.NewID(now, s.random)
	if err != nil {
		return nil, fmt.Errorf("create an ID: %w", err)
	}
	topic := sha256.Sum256([]byte("itemshare news\n" + n.ShareID))
	email := &NewsEmail{ID: id, Topic: topic[:], Until: now.Add(tellWithin).Truncate(time.Second)}
	subject, text := n.words(s.baseURL, now.Unix())
	email.Sealed, err = s.mailer.PrepareCode(id, "", n.To, subject, text, false, email.Until)
	return email, fault.Wrap("prepare an email to a sharer", err)
}

// words returns the subject and the text of an email. They name neither the item nor a recipient: the
// page that the email leads to does, to whoever signs in.
func (n News) words(baseURL string, now int64) (subject, text string) {
	var said []string
	if remind := n.remindAt(now); remind != 0 && remind <= now {
		subject = "Nobody has viewed your link yet"
		said = append(said, "Nobody has viewed it yet, and it expires on "+newsTime(n.Terms.ExpiresAt)+".")
	}
	if n.refusedOften() {
		subject = "Views of your link were denied"
		said = append(said, fmt.Sprintf("A view was denied %d times, for example after a wrong code. "+
			"If you don't know why,\nask the people you sent it to, or revoke the link.", n.Refused))
	}
	if n.Viewed > 0 {
		subject = "Your link was viewed"
		said = append(said, "It was viewed: "+count(n.Views, "view")+" so far.")
	}
	return subject, fmt.Sprintf(`This is about the link that you created on %s.

%s

See who viewed it, revoke it, or turn these emails off:
%s/shares/%s

You get at most one email an hour about a link.
`, newsTime(n.Terms.CreatedAt), strings.Join(said, "\n\n"), baseURL, n.ShareID)
}

func newsTime(seconds int64) string {
	return moment(seconds).Format("2 January 2006 at 15:04") + " (UTC)"
}

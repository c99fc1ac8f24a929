package share

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/seal"
	"itemshare/share/link"
	"itemshare/vault"
)

const (
	vaultTime = 10 * time.Second // a vault answers within this, or it is unavailable
	dropTime  = 5 * time.Second  // for erasing what was staged, even after the request was canceled
)

// CreatedShare is a new share. Link is shown once and not stored.
type CreatedShare struct {
	ID   string // the history's own
	Link string `json:"-"`
	Terms
	Recipients  []Recipient
	Included    Included
	Title       string
	VaultID     string
	ItemID      string
	ItemVersion uint32
	Native      bool // the vault's own account created it
}

// Format prevents that the link is printed by accident.
func (c CreatedShare) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "[share %s]", c.ID) }

// prepared is a valid request with its item and terms.
type prepared struct {
	plan
	item     vault.Item
	terms    Terms
	content  Content
	included Included
	text     []byte // the content's JSON
	native   bool   // the vault's own account creates the link: there is no copy

	policyVersion string // of the stored policies that it was judged by
}

// Create creates a share. It returns every problem of the request at once, as fault.Invalid.
// Token used before: fault.Conflict already_created, its Subject the earlier share.
func (s *Service) Create(ctx context.Context, by Sharer, r Request) (CreatedShare, error) {
	linker, native, err := s.linker(ctx)
	if err != nil {
		return CreatedShare{}, err
	}
	if native {
		return s.createNative(ctx, linker, by, r)
	}
	now := s.clock()
	p, err := s.prepare(ctx, by, r, now)
	if err != nil {
		return CreatedShare{}, s.auditRefusal(ctx, now, by, r, err)
	}
	id, secret, err := s.identity(now)
	if err != nil {
		return CreatedShare{}, err
	}
	draft, err := s.draft(id, by, p, secret, now)
	if err != nil {
		return CreatedShare{}, err
	}
	draft.RequestKey = requestKey(by.ID, r.Token)
	if err := s.commit(ctx, draft, p, link.NewCipher(secret, p.terms), now); err != nil {
		return CreatedShare{}, err
	}
	return CreatedShare{
		ID: draft.Record.ID, Link: secret.URL(s.baseURL), Terms: p.terms, Recipients: p.recipients,
		Included: p.included, Title: p.item.Title,
		VaultID: r.VaultID, ItemID: r.ItemID, ItemVersion: p.item.Version,
	}, nil
}

// Preview is what a request would share, on which terms and with whom.
type Preview struct {
	Content    Content
	Terms      Terms
	Recipients []Recipient
	Included   Included
}

// Preview returns what a recipient would see, with the same problems as Create. It
// creates nothing. A native link has no preview: fault.Conflict.
func (s *Service) Preview(ctx context.Context, by Sharer, r Request) (Preview, error) {
	linker, native, err := s.linker(ctx)
	if err != nil {
		return Preview{}, err
	}
	if native {
		return Preview{}, fault.New(
			fault.Conflict,
			fault.CodeConflict,
			"There is no preview of a "+linker.Account()+" link. It shows the whole item.",
		)
	}
	p, err := s.prepare(ctx, by, r, s.clock())
	return Preview{p.content, p.terms, p.recipients, p.included}, err
}

// prepare loads the item once, then judges the whole request.
func (s *Service) prepare(
	ctx context.Context,
	by Sharer,
	r Request,
	now time.Time,
) (prepared, error) {
	item, err := s.item(ctx, r.VaultID, r.ItemID)
	if err != nil {
		return prepared{}, err
	}
	judged, err := s.judge(ctx, by, item, r)
	if err != nil {
		return prepared{}, err
	}
	problems, plan, policy := judged.problems, judged.plan, judged.policy
	content := snapshot(item, plan.choice, by, now.Unix())
	if err := number(content.Files, s.random); err != nil {
		return prepared{}, err
	}
	text, err := encode(content)
	if err != nil && fault.KindOf(err) != fault.Invalid {
		return prepared{}, err
	}
	problems = append(problems, fault.ProblemsOf(err)...)
	if err := fault.Fields(problems); err != nil {
		return prepared{}, err
	}
	return prepared{
		plan:          plan,
		item:          item,
		terms:         plan.terms(policy.Policy, now),
		content:       content,
		included:      plan.choice.included(item),
		text:          text,
		policyVersion: policy.version,
	}, nil
}

// item returns an item to share. An archived one is fault.Conflict.
func (s *Service) item(ctx context.Context, vaultID, itemID string) (vault.Item, error) {
	var item vault.Item
	err := withTimeout(ctx, vaultTime, func(ctx context.Context) (err error) {
		item, err = s.vault.Item(ctx, vaultID, itemID)
		return err
	})
	if err == nil && item.Archived() {
		err = vault.Archived()
	}
	return item, fault.Wrap("load the item", err)
}

// identity returns the id and the secret of a new share.
func (s *Service) identity(now time.Time) (id string, secret link.Secret, err error) {
	if id, err = seal.NewID(now, s.random); err != nil {
		return "", secret, err
	}
	secret, err = link.NewSecret(s.random)
	return id, secret, err
}

// draft returns the share without its sealed content.
func (s *Service) draft(
	id string, by Sharer, p prepared, secret link.Secret, now time.Time,
) (draft Draft, err error) {
	record := Record{
		ID: id, LinkID: secret.ID(), TokenHash: secret.Token().Hash(), Terms: p.terms,
		OwnerID: by.ID, OwnerName: by.Name, VaultID: p.item.VaultID, ItemID: p.item.ID, ItemVersion: p.item.Version,
		Files: len(p.content.Files) > 0, State: Active, Native: p.native, Tell: p.tell && !p.native,
	}
	for _, f := range p.content.Files {
		record.LargestFile = max(record.LargestFile, f.Size)
	}
	if record.Title, err = s.sealTitle(id, p.item.Title); err != nil {
		return Draft{}, err
	}
	if record.Included, err = s.sealIncluded(id, p.included); err != nil {
		return Draft{}, err
	}
	if record.Recipients, err = s.sealRecipients(id, p.recipients); err != nil {
		return Draft{}, err
	}
	draft = Draft{
		Record: record, EraseAt: p.terms.ExpiresAt + int64(eraseAfter/time.Second),
		PolicyVersion: p.policyVersion, Unseen: record.VaultID != "" && !by.Reveals,
	}
	draft.Entry, err = s.entry(now, audit.ShareCreated, by.ID, id, p.creation(draft.Unseen))
	return draft, err
}

// creation is what the audit log says of a new share.
func (p prepared) creation(unseen bool) map[string]string {
	detail := map[string]string{
		"item":       itemSubject(p.item.VaultID, p.item.ID),
		"audience":   string(p.terms.Audience),
		"recipients": addresses(p.recipients),
		"expires_at": time.Unix(p.terms.ExpiresAt, 0).UTC().Format(time.RFC3339),
		"max_views":  fmt.Sprint(p.terms.MaxViews),
		"included":   p.included.Words(),
	}
	if unseen {
		detail["unseen"] = "true"
	}
	if p.native {
		detail["native"] = "true"
	}
	return detail
}

// commit stages the files and then creates the share in one transaction. If that fails,
// it erases what was staged.
func (s *Service) commit(
	ctx context.Context,
	draft Draft,
	p prepared,
	cipher link.Cipher,
	now time.Time,
) (err error) {
	id := draft.Record.ID
	if len(p.content.Files) > 0 {
		defer func() {
			if err != nil {
				err = errors.Join(err, s.dropStage(ctx, id))
			}
		}()
	}
	staged, err := s.stageFiles(
		ctx, id, now, p.item, p.choice.filesOf(p.item), p.content.Files, cipher,
	)
	if err != nil {
		return err
	}
	if draft.Nonce, draft.Ciphertext, err = cipher.Seal(p.text, s.random); err != nil {
		return err
	}
	draft.Record.Bytes = staged + int64(len(draft.Ciphertext))
	return fault.Wrap("create the share", s.store.Create(ctx, draft))
}

func (s *Service) dropStage(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), dropTime)
	defer cancel()
	return fault.Wrap("drop staged files", s.store.DropStage(ctx, id))
}

// auditRefusal records an audit event if err is a violation of the policy, and returns err.
func (s *Service) auditRefusal(
	ctx context.Context,
	now time.Time,
	by Sharer,
	r Request,
	err error,
) error {
	var codes []string
	for _, p := range fault.ProblemsOf(err) {
		if strings.HasPrefix(string(p.Code), "policy_") || p.Code == fault.CodeRecipientMember {
			codes = append(codes, string(p.Code))
		}
	}
	if len(codes) == 0 {
		return err
	}
	entry, sealErr := s.entry(
		now,
		audit.ShareRefused,
		by.ID,
		itemSubject(r.VaultID, r.ItemID),
		map[string]string{"codes": strings.Join(codes, " ")},
	)
	if sealErr != nil {
		return errors.Join(sealErr, err)
	}
	return errors.Join(err, fault.Wrap("record a refusal", s.store.Record(ctx, entry)))
}

// itemSubject names an item in the audit log, "" for what is in no vault.
func itemSubject(vaultID, itemID string) string {
	if vaultID == "" {
		return ""
	}
	return vaultID + "/" + itemID
}

// CheckRecipients checks recipients as somebody types them: against the vault's policy, and
// against its own account where that creates the links.
func (s *Service) CheckRecipients(
	ctx context.Context,
	by Sharer,
	vaultID, itemID string,
	raw []string,
) ([]CheckedRecipient, error) {
	policy, err := s.PolicyFor(ctx, by, vaultID, itemID)
	if err != nil {
		return nil, err
	}
	all := checkRecipients(raw)
	good, _ := splitChecked(all)
	if policy, err = s.lookUp(ctx, policy, good); err != nil {
		return nil, err
	}
	for i, c := range all {
		if c.Problem != nil {
			continue
		}
		if problems := policy.checkRecipient(c.Recipient); len(problems) > 0 {
			all[i].Problem = &problems[0]
		}
	}
	whole := policy.checkAccess(proposal{audience: Recipients})
	linker, native, err := s.linkerOf(ctx, vaultID)
	switch {
	case err != nil:
		return nil, err
	case native:
		good, _ := splitChecked(all)
		refusals, err := askRecipients(ctx, linker, vaultID, itemID, good)
		if err != nil {
			return nil, err
		}
		markRefused(all, refusals)
	case s.MailOff():
		whole = append(whole, mailOffProblem())
	}
	for i := range whole {
		all = append(all, CheckedRecipient{Problem: &whole[i]})
	}
	return all, nil
}

// number sets the nonce prefix of each file.
func number(files []link.File, random io.Reader) (err error) {
	for i := range files {
		if files[i].NoncePrefix, err = link.NewNoncePrefix(random); err != nil {
			return err
		}
	}
	return nil
}

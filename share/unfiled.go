package share

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"itemshare/fault"
	"itemshare/share/link"
	"itemshare/vault"
)

// UnfiledRequest asks for a share of what is in no vault: a text, files, or an item that a program
// puts together. Item has no ID and no files; an empty title becomes one that says what is shared.
// The terms are those of Request, which selects no item and no parts.
type UnfiledRequest struct {
	Item vault.Item
	Request
}

// NewItem returns the item that shares a text, "" for none, with notes.
func NewItem(title, text, notes string) vault.Item {
	item := vault.Item{Title: title, Notes: notes}
	if text != "" {
		item.Fields = []vault.Field{
			{ID: "text", Title: "Text", Type: vault.FieldConcealed, Value: text},
		}
	}
	return item
}

const (
	untitled     = "Shared text"
	unfiledFiles = 20 // files of one share of what is in no vault
)

// CreateUnfiled creates a share of what is in no vault. Nothing of it is kept but the sealed share. It
// seals the files as they come: next returns the next file, and io.EOF after the last. Its errors are
// those of Create.
func (s *Service) CreateUnfiled(
	ctx context.Context, by Sharer, r UnfiledRequest, next func() (vault.NewFile, error),
) (CreatedShare, error) {
	now := s.clock()
	id, secret, err := s.identity(now)
	if err != nil {
		return CreatedShare{}, err
	}
	created, err := s.createUnfiled(ctx, by, r, next, id, secret, now)
	if err != nil {
		return CreatedShare{}, s.auditRefusal(ctx, now, by, Request{}, err)
	}
	return created, nil
}

func (s *Service) createUnfiled(
	ctx context.Context, by Sharer, r UnfiledRequest, next func() (vault.NewFile, error),
	id string, secret link.Secret, now time.Time,
) (created CreatedShare, err error) {
	judged, err := s.judgeUnfiled(ctx, by, r)
	if err != nil {
		return CreatedShare{}, err
	}
	terms := judged.plan.terms(judged.policy.Policy, now)
	files := incoming{
		stage: newStager(s.store, id, now), cipher: link.NewCipher(secret, terms),
		policy: judged.policy, problems: judged.problems, random: s.random,
	}
	defer func() {
		if err != nil && files.started {
			err = errors.Join(err, s.dropStage(ctx, id))
		}
	}()
	if err := files.receive(ctx, next); err != nil {
		return CreatedShare{}, err
	}
	p, err := s.prepareUnfiled(by, r, judged, files, now)
	if err != nil {
		return CreatedShare{}, err
	}
	draft, err := s.draft(id, by, p, secret, now)
	if err != nil {
		return CreatedShare{}, err
	}
	draft.RequestKey = requestKey(by.ID, r.Token)
	if draft.Nonce, draft.Ciphertext, err = files.cipher.Seal(p.text, s.random); err != nil {
		return CreatedShare{}, err
	}
	draft.Record.Bytes = files.sealed + int64(len(draft.Ciphertext))
	if err := s.store.Create(ctx, draft); err != nil {
		return CreatedShare{}, fault.Wrap("create the share", err)
	}
	return CreatedShare{
		ID: id, Link: secret.URL(s.baseURL), Terms: p.terms, Recipients: p.recipients,
		Included: p.included, Title: p.item.Title,
	}, nil
}

// judgeUnfiled judges a request by the account's policy, except for its files.
func (s *Service) judgeUnfiled(
	ctx context.Context, by Sharer, r UnfiledRequest,
) (judged, error) {
	terms := r.Request
	terms.TOTP, terms.Files = true, true // everything is included
	j, err := s.judge(ctx, by, vault.Item{Fields: r.Item.Fields, Notes: r.Item.Notes}, terms)
	if err == nil && len([]rune(r.Item.Title)) > vault.MaxTitle {
		j.problems = append(j.problems, fault.Problem{
			Code: fault.CodeInvalid, Field: "title",
			Detail: fmt.Sprintf("A title has at most %d characters.", vault.MaxTitle),
		})
	}
	return j, err
}

// prepareUnfiled returns the share's content, once its files are sealed, or every problem.
func (s *Service) prepareUnfiled(
	by Sharer, r UnfiledRequest, j judged, files incoming, now time.Time,
) (prepared, error) {
	item := r.Item
	item.ID, item.VaultID, item.Version, item.Files = "", "", 0, files.files
	if len(item.Files) > 0 && len(item.Fields) == 0 {
		item.Category = cmp.Or(item.Category, vault.Document)
		item.Title = cmp.Or(item.Title, item.Files[0].Name)
	}
	item.Category = cmp.Or(item.Category, vault.SecureNote)
	item.Title = cmp.Or(item.Title, untitled)
	content := snapshot(item, j.plan.choice, by, now.Unix())
	content.Files = files.entries
	text, err := encode(content)
	if err != nil && fault.KindOf(err) != fault.Invalid {
		return prepared{}, err
	}
	problems := append(files.problems, fault.ProblemsOf(err)...)
	if isEmpty(item) && !files.given {
		problems = append(problems, fault.Problem{
			Code: fault.CodeInvalid, Field: "text", Detail: "Enter text or add a file.",
		})
	}
	if err := fault.Fields(problems); err != nil {
		return prepared{}, err
	}
	return prepared{
		plan: j.plan, item: item, terms: j.plan.terms(j.policy.Policy, now), content: content,
		included: j.plan.choice.included(item), text: text, policyVersion: j.policy.version,
	}, nil
}

// isEmpty reports whether an item has nothing but a title.
func isEmpty(item vault.Item) bool {
	for _, field := range item.Fields {
		if field.Value != "" {
			return false
		}
	}
	return item.Notes == "" && len(item.Files) == 0 && len(item.Websites) == 0
}

// incoming seals the files of a share as they come. Once there is a problem, the rest is read and
// dropped, so that all problems are known at the end.
type incoming struct {
	stage    *stager
	cipher   link.Cipher
	policy   Effective
	random   io.Reader
	problems []fault.Problem

	files   []vault.File
	entries []link.File
	sealed  int64
	started bool // something may be staged
	given   bool // there was a file
}

func (in *incoming) receive(ctx context.Context, next func() (vault.NewFile, error)) error {
	for {
		file, err := next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := in.add(ctx, file); err != nil {
			return err
		}
	}
}

func (in *incoming) add(ctx context.Context, file vault.NewFile) error {
	in.given = true
	name, mediaType, err := file.Describe()
	in.problems = append(in.problems, fault.ProblemsOf(err)...)
	if !in.policy.FilesAllowed {
		in.refuse(fault.CodePolicyFiles, in.policy.filesReason([]int64{0}, false))
	}
	if len(in.files) == unfiledFiles {
		in.refuse(fault.CodeInvalid, fmt.Sprintf("A link can have up to %d files.", unfiledFiles))
	}
	if len(in.problems) > 0 {
		return drain(file.Content)
	}
	entry := link.File{Index: len(in.files), Name: name, Type: mediaType, ChunkSize: link.ChunkSize}
	if entry.NoncePrefix, err = link.NewNoncePrefix(in.random); err != nil {
		return err
	}
	in.started = true
	most := in.policy.FileLimit()
	entry, sealed, err := in.stage.stream(ctx, in.cipher, entry, file.Content, most)
	if errors.Is(err, errLarger) {
		reason := in.policy.filesReason([]int64{most + 1}, false)
		in.refuse(fault.CodePolicyFiles, "“"+name+"” is too large. "+reason)
		return drain(file.Content)
	}
	in.sealed += sealed
	in.entries = append(in.entries, entry)
	in.files = append(in.files, vault.File{
		ID: fmt.Sprint(entry.Index), Name: name, Type: mediaType, Size: entry.Size,
	})
	return err
}

// refuse adds a problem with the files, one of each code.
func (in *incoming) refuse(code fault.Code, reason string) {
	for _, p := range in.problems {
		if p.Code == code && p.Field == "file" {
			return
		}
	}
	in.problems = append(
		in.problems, fault.Problem{Code: code, Field: "file", Detail: reason},
	)
}

func drain(content io.Reader) error {
	_, err := io.Copy(io.Discard, content)
	return fault.Wrap("read a file", err)
}

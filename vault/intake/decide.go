package intake

import (
	"context"

	"itemshare/fault"
	"itemshare/vault"
)

// Decide stores what becomes of duplicates. Single replaces the decisions about the entries that it
// names.
func (s *Service) Decide(
	ctx context.Context, userID, id string, all vault.Duplicates, single map[int]vault.Duplicates,
) error {
	j, err := s.load(ctx, userID, id)
	if err != nil {
		return err
	}
	if err := j.decide(all, single); err != nil {
		return err
	}
	return s.set(ctx, j, vault.ImportReady, vault.ImportReady)
}

func (j *job) decide(all vault.Duplicates, single map[int]vault.Duplicates) error {
	if !all.Valid() {
		return fault.Field("duplicates", fault.CodeInvalid, "Choose what becomes of duplicates.")
	}
	if j.Choices.Single == nil {
		j.Choices.Single = map[int]vault.Duplicates{}
	}
	j.Choices.Duplicates = all
	for number, decision := range single {
		switch {
		case !decision.Valid() || number < 1 || j.Summary == nil || number > j.Summary.Entries:
			return fault.Field("duplicates", fault.CodeInvalid, "Choose what becomes of duplicates.")
		case decision == vault.UsualDuplicates:
			delete(j.Choices.Single, number)
		default:
			j.Choices.Single[number] = decision
		}
	}
	return nil
}

package standin

import (
	"context"
	"slices"
	"time"

	sdk "github.com/1password/onepassword-sdk-go"
)

// begin counts a call and applies its trouble.
func (a *Account) begin(ctx context.Context, call string) (end func(), err error) {
	a.mu.Lock()
	a.calls[call]++
	a.calls[""]++
	if a.busy > 0 {
		a.overlaps++
	}
	a.busy++
	trouble, ok := a.troubles[call]
	if !ok {
		trouble = a.troubles[""]
	}
	a.mu.Unlock()
	end = func() { a.mu.Lock(); a.busy--; a.mu.Unlock() }
	if err = trouble.apply(ctx); err != nil {
		end()
		return nil, err
	}
	return end, nil
}

func (t Trouble) apply(ctx context.Context) error {
	if t.Hang != nil {
		<-t.Hang
	}
	if t.Delay > 0 {
		select {
		case <-time.After(t.Delay):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if t.Panic {
		var nothing []int
		_ = nothing[len(t.Err.Error())]
	}
	return t.Err
}

// vaults implements the SDK's VaultsAPI. Methods that are not defined here panic: nothing is changed
// through the SDK.
type vaults struct {
	sdk.VaultsAPI
	account *Account
}

func (v *vaults) List(ctx context.Context, _ ...sdk.VaultListParams) ([]sdk.VaultOverview, error) {
	end, err := v.account.begin(ctx, "Vaults.List")
	if err != nil {
		return nil, err
	}
	defer end()
	v.account.mu.Lock()
	defer v.account.mu.Unlock()
	var all []sdk.VaultOverview
	for _, b := range v.account.vaults {
		all = append(all, b.VaultOverview)
	}
	return all, nil
}

// items implements the SDK's ItemsAPI.
type items struct {
	sdk.ItemsAPI
	account *Account
}

func (i *items) Shares() sdk.ItemsSharesAPI { return &shares{i.account} }

func (i *items) Files() sdk.ItemsFilesAPI { return &files{account: i.account} }

// List returns active items, and archived ones where a filter asks for them.
func (i *items) List(
	ctx context.Context,
	vaultID string,
	filters ...sdk.ItemListFilter,
) ([]sdk.ItemOverview, error) {
	end, err := i.account.begin(ctx, "Items.List")
	if err != nil {
		return nil, err
	}
	defer end()
	i.account.mu.Lock()
	defer i.account.mu.Unlock()
	b, err := i.account.readable(vaultID)
	if err != nil {
		return nil, err
	}
	wanted := sdk.ItemListFilterByStateInner{Active: true}
	if len(filters) > 0 {
		wanted = *filters[0].ByState()
	}
	var all []sdk.ItemOverview
	for _, item := range b.items {
		state := sdk.ItemStateActive
		if b.archived[item.ID] {
			state = sdk.ItemStateArchived
		}
		if (state == sdk.ItemStateActive && wanted.Active) ||
			(state == sdk.ItemStateArchived && wanted.Archived) {
			all = append(all, sdk.ItemOverview{
				ID: item.ID, Title: item.Title, Category: item.Category, VaultID: vaultID, Websites: item.Websites,
				Tags: item.Tags, CreatedAt: item.CreatedAt, UpdatedAt: item.UpdatedAt, State: state,
			})
		}
	}
	return all, nil
}

func (i *items) Get(ctx context.Context, vaultID, itemID string) (sdk.Item, error) {
	end, err := i.account.begin(ctx, "Items.Get")
	if err != nil {
		return sdk.Item{}, err
	}
	defer end()
	i.account.mu.Lock()
	defer i.account.mu.Unlock()
	i.account.requested = append(i.account.requested, itemID)
	_, item, err := i.account.find(vaultID, itemID)
	if err != nil {
		return sdk.Item{}, err
	}
	return *item, nil
}

func (a *Account) readable(vaultID string) (*box, error) {
	n := slices.IndexFunc(a.vaults, func(b *box) bool { return b.ID == vaultID })
	switch {
	case n < 0:
		return nil, errNoVault
	case a.vaults[n].hidden:
		return nil, ErrDenied
	}
	return a.vaults[n], nil
}

func (a *Account) find(vaultID, itemID string) (*box, *sdk.Item, error) {
	b, err := a.readable(vaultID)
	if err != nil {
		return nil, nil, err
	}
	n := slices.IndexFunc(b.items, func(item *sdk.Item) bool { return item.ID == itemID })
	switch {
	case n < 0:
		return nil, nil, errNoItem
	case b.archived[itemID]:
		return nil, nil, errArchived
	}
	return b, b.items[n], nil
}

// files implements the SDK's ItemsFilesAPI.
type files struct {
	sdk.ItemsFilesAPI
	account *Account
}

func (f *files) Read(
	ctx context.Context,
	vaultID, itemID string,
	attr sdk.FileAttributes,
) ([]byte, error) {
	end, err := f.account.begin(ctx, "Files.Read")
	if err != nil {
		return nil, err
	}
	defer end()
	f.account.mu.Lock()
	defer f.account.mu.Unlock()
	_, item, err := f.account.find(vaultID, itemID)
	if err != nil {
		return nil, err
	}
	for _, file := range filesOf(*item) {
		if file.ID == attr.ID {
			return slices.Clone(f.account.files[file.ID]), nil
		}
	}
	return nil, errNoFile
}

-- +goose Up

-- An admin's lists of everybody's shares: as those of one owner, without the owner.
CREATE INDEX shares_vault_all ON shares (vault_id, state, id);
CREATE INDEX shares_item_all ON shares (item_id, state, id);
CREATE INDEX share_recipients_mac_all ON share_recipients (mac, state, share_id);
-- The audit log by person and kind.
CREATE INDEX audit_events_actor_kind ON audit_events (actor, kind, id);

-- +goose Down
DROP INDEX audit_events_actor_kind;
DROP INDEX share_recipients_mac_all;
DROP INDEX shares_item_all;
DROP INDEX shares_vault_all;

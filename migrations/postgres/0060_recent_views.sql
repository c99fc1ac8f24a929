-- +goose Up

-- A view has one slot. SQLite reads an index that it knows to be unique; the other it left for all of a
-- share's slots, a thousand rows for each view.
DELETE FROM share_recent_views WHERE (share_id, slot) NOT IN
    (SELECT share_id, max(slot) FROM share_recent_views GROUP BY share_id, view);
DROP INDEX share_recent_views_view;
CREATE UNIQUE INDEX share_recent_views_view ON share_recent_views (share_id, view);

-- +goose Down
DROP INDEX share_recent_views_view;
CREATE INDEX share_recent_views_view ON share_recent_views (share_id, view);

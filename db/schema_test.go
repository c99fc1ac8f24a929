package db

import (
	"slices"
	"strings"
	"testing"

	"itemshare/db/dbtest"
)

// TestSchemasAreAlike compares the schemas that the migrations create on both engines.
func TestSchemasAreAlike(t *testing.T) {
	lite := schemaOf(t, openURL(t, "sqlite:"+t.TempDir()+"/itemshare.db"), sqliteFacts)
	post := schemaOf(t, openURL(t, dbtest.Schema(t)), postgresFacts)
	for _, kind := range []string{"column ", "key ", "unique ", "index ", "refers "} {
		if !slices.ContainsFunc(
			lite,
			func(fact string) bool { return strings.HasPrefix(fact, kind) },
		) {
			t.Errorf("nothing is known of any %s", kind)
		}
	}
	for _, fact := range lite {
		if !slices.Contains(post, fact) {
			t.Errorf("SQLite alone: %s", fact)
		}
	}
	for _, fact := range post {
		if !slices.Contains(lite, fact) {
			t.Errorf("PostgreSQL alone: %s", fact)
		}
	}
}

// TestPreparedSchema compares the schema that the tests' databases are copied with and the one
// that the program creates.
func TestPreparedSchema(t *testing.T) {
	facts := []string{
		`SELECT type || name || coalesce(sql, '') FROM sqlite_master ORDER BY name`,
		`SELECT 'version ' || max(version_id) FROM goose_db_version`,
		`SELECT name || ' ' || seq FROM sqlite_sequence WHERE name != 'goose_db_version' ORDER BY name`,
	}
	for _, pragma := range []string{"journal_mode", "page_size", "auto_vacuum", "encoding", "user_version"} {
		facts = append(facts, `SELECT '`+pragma+` ' || `+pragma+` FROM pragma_`+pragma)
	}
	created := schemaOf(t, openURL(t, "sqlite:"+t.TempDir()+"/itemshare.db"), facts)
	if copied := schemaOf(t, openURL(t, dbtest.File(t)), facts); !slices.Equal(created, copied) {
		t.Errorf("tests run on\n%s\nand the program creates\n%s", copied, created)
	}
}

// schemaOf returns the lines of the queries, without those of goose's own table.
func schemaOf(t *testing.T, db *DB, queries []string) (all []string) {
	t.Helper()
	for _, query := range queries {
		rows, err := db.readers.QueryContext(t.Context(), query)
		if err != nil {
			t.Fatal(query, err)
		}
		for rows.Next() {
			var fact string
			if err := rows.Scan(&fact); err != nil {
				t.Fatal(query, err)
			}
			if !strings.Contains(fact, "goose") {
				all = append(all, fact)
			}
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

var sqliteFacts = []string{
	`SELECT 'column ' || t.name || '.' || c.name || ' ' || c.type || CASE c."notnull" WHEN 1 THEN ' not null'
		ELSE '' END || coalesce(' default ' || c.dflt_value, '')
	   FROM sqlite_master t, pragma_table_xinfo(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'`,
	`SELECT 'key ' || name || ' (' || group_concat(col) || ')'
	   FROM (SELECT t.name, c.name AS col FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type =
	   	'table' AND c.pk > 0 ORDER BY t.name, c.pk)
	  GROUP BY name`,
	`SELECT CASE "unique" WHEN 1 THEN 'unique ' ELSE 'index ' END || name || ' (' || group_concat(col) || ')'
		|| CASE partial WHEN 1 THEN ' partial' ELSE '' END
	   FROM (SELECT t.name, i.name AS of_index, i."unique", i.partial, c.name AS col
	           FROM sqlite_master t, pragma_index_list(t.name) i, pragma_index_info(i.name) c
	          WHERE t.type = 'table' AND i.origin <> 'pk' ORDER BY t.name, i.name, c.seqno)
	  GROUP BY name, of_index`,
	`SELECT 'refers ' || t.name || '.' || f."from" || ' to ' || f."table" || '.' || f."to" || ' on delete ' ||
		lower(f.on_delete)
	   FROM sqlite_master t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table'`,
}

var postgresFacts = []string{
	`SELECT 'column ' || table_name || '.' || column_name || ' ' ||
	        CASE data_type WHEN 'bigint' THEN 'INTEGER' WHEN 'smallint' THEN 'INTEGER' WHEN 'bytea' THEN
	        	'BLOB' WHEN 'text' THEN 'TEXT' ELSE data_type END ||
	        CASE WHEN data_type = 'text' AND collation_name IS DISTINCT FROM 'C' THEN ' not by bytes' ELSE '' END ||
	        CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END || coalesce(' default ' ||
	        	replace(column_default, '::text', ''), '')
	   FROM information_schema.columns WHERE table_schema = current_schema()`,
	`SELECT CASE WHEN i.indisprimary THEN 'key ' WHEN i.indisunique THEN 'unique ' ELSE 'index ' END ||
		t.relname || ' (' ||
	        (SELECT string_agg(a.attname, ',' ORDER BY k.place) FROM unnest(i.indkey) WITH ORDINALITY k (number, place)
	           JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number) || ')' ||
	        CASE WHEN i.indpred IS NOT NULL THEN ' partial' ELSE '' END
	   FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid WHERE t.relnamespace = current_schema()::regnamespace`,
	`SELECT 'refers ' || t.relname || '.' || a.attname || ' to ' || o.relname || '.' || b.attname || ' on delete ' ||
	        CASE f.confdeltype WHEN 'a' THEN 'no action' WHEN 'c' THEN 'cascade' ELSE f.confdeltype::text END
	   FROM pg_constraint f JOIN pg_class t ON t.oid = f.conrelid JOIN pg_class o ON o.oid = f.confrelid
	   JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = f.conkey[1] JOIN pg_attribute b ON b.attrelid
	   	= o.oid AND b.attnum = f.confkey[1]
	  WHERE f.contype = 'f' AND t.relnamespace = current_schema()::regnamespace`,
}

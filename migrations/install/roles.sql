-- Two roles for one database: an owner, which migrates, and the application's, which can neither own nor alter anything.
--
-- Run by psql as a superuser, any number of times, also on a database that is in use (docs/operations.md):
--   psql -d postgres -v database=wangge -v owner=wangge_owner -v owner_password=… \
--        -v application=wangge_app -v application_password=… -f migrations/install/roles.sql
-- What the application may do with each table is granted by `wangge migrate` (migrations/application_role.py).
\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = warning;

SELECT format('CREATE ROLE %I LOGIN', name)
FROM unnest(ARRAY[:'owner', :'application']) name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
SELECT format('ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD %L', name, word)
FROM (VALUES (:'owner', :'owner_password'), (:'application', :'application_password')) role (name, word) \gexec
SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'owner')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec

\connect :"database"
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

BEGIN;
ALTER DATABASE :"database" OWNER TO :"owner";
ALTER DATABASE :"database" SET wangge.application_role = :'application';
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE :"database" TO :"application";
ALTER SCHEMA public OWNER TO :"owner";
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO :"application";

-- What another role made before, but for what belongs to an extension: tables and what goes with them, functions, types.
SELECT format('ALTER %s %s OWNER TO %I', kind, name, :'owner')
FROM (
    SELECT n.nspowner AS owned_by, 'SCHEMA' AS kind, quote_ident(n.nspname) AS name, n.oid
    FROM pg_namespace n WHERE n.nspname = 'archive'
    UNION ALL
    SELECT c.relowner, CASE c.relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END,
        c.oid::regclass::text, c.oid
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('public', 'archive') AND c.relkind IN ('r', 'p', 'v', 'S')
        -- a sequence of a column follows its table
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.refclassid = 'pg_class'::regclass
            AND d.deptype IN ('a', 'i') AND c.relkind = 'S')
    UNION ALL
    SELECT p.proowner, 'ROUTINE', p.oid::regprocedure::text, p.oid
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public'
    UNION ALL
    SELECT t.typowner, 'TYPE', t.oid::regtype::text, t.oid
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
    WHERE n.nspname = 'public' AND (t.typtype IN ('e', 'd') OR (t.typtype = 'c' AND c.relkind = 'c'))
) made
WHERE owned_by <> (SELECT oid FROM pg_roles WHERE rolname = :'owner')
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = made.oid AND d.deptype = 'e')
ORDER BY kind = 'SCHEMA' DESC, kind = 'TABLE' DESC \gexec
COMMIT;

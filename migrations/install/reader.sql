-- A role for tools of business intelligence: it reads the views of the schema `bi`, and nothing else.
--
-- Run by psql as a superuser, after `wangge migrate`, any number of times (docs/guides/tables.md):
--   psql -d postgres -v database=wangge -v reader=wangge_reader -v reader_password=… -f migrations/install/reader.sql
\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = warning;

SELECT format('CREATE ROLE %I LOGIN', :'reader') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'reader') \gexec
SELECT format('ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 10
    PASSWORD %L', :'reader', :'reader_password') \gexec
SELECT format('ALTER ROLE %I SET default_transaction_read_only = on', :'reader') \gexec
SELECT format('ALTER ROLE %I SET statement_timeout = ''5min''', :'reader') \gexec

\connect :"database"
SET client_min_messages = warning;
GRANT CONNECT ON DATABASE :"database" TO :"reader";
GRANT USAGE ON SCHEMA bi TO :"reader";
GRANT SELECT ON ALL TABLES IN SCHEMA bi TO :"reader";
SELECT format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA bi GRANT SELECT ON TABLES TO %I',
    (SELECT r.rolname FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner WHERE n.nspname = 'bi'), :'reader') \gexec

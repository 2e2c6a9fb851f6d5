#!/bin/sh
# In the container of the composed database: make the two roles. The image runs it when the volume is new; on a volume
# of before, run it once: docker compose exec db sh /docker-entrypoint-initdb.d/roles.sh
set -eu
psql -X -U "$POSTGRES_USER" -d postgres -v "database=$POSTGRES_DB" \
    -v owner=wangge_owner -v "owner_password=$OWNER_PASSWORD" \
    -v application=wangge_app -v "application_password=$APP_PASSWORD" -f /install/roles.sql

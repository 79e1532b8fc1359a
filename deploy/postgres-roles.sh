#!/bin/sh
# Runs once, when the image of Postgres makes its database: the role of the running product, which owns no tables.
set -eu
psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
  --set "password=$POSTGRES_APP_PASSWORD" <<'SQL'
create role batchyard_app login password :'password';
SQL

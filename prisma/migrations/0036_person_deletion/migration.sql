-- CreateTable
CREATE TABLE "person_deletion" (
    "user_id" TEXT NOT NULL,
    "alias" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "row_ids" TEXT[],
    "requested_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "organization_ids" TEXT[],
    "names" TEXT[],
    "collected_at" TIMESTAMPTZ(3),
    "counts" JSON NOT NULL DEFAULT '{}',

    CONSTRAINT "person_deletion_pkey" PRIMARY KEY ("user_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "person_deletion_alias_key" ON "person_deletion"("alias");

-- Entries stay append-only with one exception: what names a deleted person is erased. What was done, to what, and when stays.
CREATE OR REPLACE FUNCTION "audit_keeps_entries"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD."at" < now() - interval '30 days' THEN
      RETURN OLD;
    END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    IF current_setting('batchyard.erasing', true) = 'on'
      AND (NEW."id", NEW."at", NEW."organization_id", NEW."actor_kind", NEW."action", NEW."target_kind", NEW."request_id")
        IS NOT DISTINCT FROM
        (OLD."id", OLD."at", OLD."organization_id", OLD."actor_kind", OLD."action", OLD."target_kind", OLD."request_id")
      AND NEW."actor" IN (OLD."actor", 'deleted person')
      AND (NEW."target_name" IS NOT DISTINCT FROM OLD."target_name" OR NEW."target_name" = 'deleted person')
      AND (NEW."address" IS NULL OR NEW."address" = OLD."address")
      AND (NEW."credential_id" IS NULL OR NEW."credential_id" = OLD."credential_id") THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'Audit entries are never changed, and not deleted within 30 days.' USING ERRCODE = 'insufficient_privilege';
END $$;

-- Returns JSON without a person: names and the e-mail address are replaced where they are values, the id everywhere.
CREATE FUNCTION "audit_without"("change" json, "gone" "person_deletion", "names" text[]) RETURNS json
LANGUAGE plpgsql IMMUTABLE SET search_path = public, pg_temp AS $$
DECLARE
  word text;
  result text := "change"::text;
BEGIN
  FOREACH word IN ARRAY "names" LOOP
    result := replace(result, ':' || to_json(word)::text, ':"deleted person"');
  END LOOP;
  result := regexp_replace(result, '(?<![A-Za-z0-9._%+-])' || regexp_replace("gone"."email", '([^A-Za-z0-9@])', '\\\1', 'g')
    || '(?![A-Za-z0-9-]|\.[A-Za-z0-9])', 'deleted person', 'gi');
  RETURN replace(result, "gone"."user_id", "gone"."alias")::json;
END $$;

-- Erases a person whose account was deleted from the next entries, with the rights of the table's owner, and adds an entry
-- that says so. Names that somebody else has too are erased only where the entry is about this person.
CREATE FUNCTION "audit_erase"("person" text, "after_id" bigint, "most" integer, OUT "last" bigint, OUT "erased" integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  gone "person_deletion";
  alone text[];
  until timestamptz;
BEGIN
  SELECT * INTO gone FROM "person_deletion" d WHERE d."user_id" = "person";
  IF NOT FOUND OR EXISTS (SELECT FROM "user" u WHERE u."id" = "person") THEN
    RAISE EXCEPTION 'Only a person whose account was deleted is erased from the audit log.' USING ERRCODE = 'insufficient_privilege';
  END IF;
  "erased" := 0;
  SELECT max(p."id") INTO "last" FROM (SELECT a."id" FROM "audit" a WHERE a."id" > "after_id" ORDER BY a."id" LIMIT "most") p;
  IF "last" IS NULL THEN
    RETURN;
  END IF;
  -- Somebody else may have the name or the address from then on.
  until := gone."requested_at" + interval '1 minute';
  alone := ARRAY(SELECT n FROM unnest(gone."names") n WHERE NOT EXISTS (SELECT FROM "user" u WHERE u."name" = n));
  -- Not as an attribute of the function: only a superuser may give one a parameter that Postgres does not know.
  PERFORM set_config('batchyard.erasing', 'on', true);
  WITH page AS (
    SELECT a.*, concat(a."before"::text, a."after"::text) AS texts,
      a."actor_id" = gone."user_id"
        OR (a."actor_kind" = 'user' AND a."at" <= until AND (lower(a."actor") = gone."email"
          OR (a."actor_id" IS NULL AND a."actor" = ANY (gone."names") AND a."organization_id" = ANY (gone."organization_ids")))) AS by_person,
      a."target_id" = gone."user_id" OR a."target_id" = ANY (gone."row_ids")
        OR (a."at" <= until AND (lower(a."target_name") = gone."email"
          OR (a."target_kind" IN ('user', 'member') AND a."target_name" = ANY (alone)))) AS of_person
    FROM "audit" a WHERE a."id" > "after_id" AND a."id" <= "last"
  ), found AS (
    SELECT p.*, CASE WHEN p.by_person OR p.of_person OR strpos(p.texts, gone."user_id") > 0 THEN gone."names"
        WHEN p."at" <= until AND p."target_kind" IN ('user', 'member', 'invitation', 'organization') THEN alone ELSE '{}' END AS names
    FROM page p
  ), changed AS (
    UPDATE "audit" a SET
      "actor" = CASE WHEN f.by_person THEN 'deleted person' ELSE a."actor" END,
      "actor_id" = CASE WHEN a."actor_id" = gone."user_id" THEN gone."alias" ELSE a."actor_id" END,
      "credential_id" = CASE WHEN f.by_person THEN NULL ELSE a."credential_id" END,
      "address" = CASE WHEN f.by_person THEN NULL ELSE a."address" END,
      "target_id" = CASE WHEN a."target_id" = gone."user_id" THEN gone."alias" ELSE a."target_id" END,
      "target_name" = CASE WHEN f.of_person AND a."target_name" IS NOT NULL THEN 'deleted person' ELSE a."target_name" END,
      "before" = "audit_without"(a."before", gone, f.names),
      "after" = "audit_without"(a."after", gone, f.names)
    FROM found f
    WHERE a."id" = f."id" AND (f.by_person OR f.of_person OR strpos(f.texts, gone."user_id") > 0
      OR strpos(lower(f.texts), gone."email") > 0
      OR EXISTS (SELECT FROM unnest(f.names) n WHERE strpos(f.texts, ':' || to_json(n)::text) > 0))
    RETURNING 1
  ) SELECT count(*) INTO "erased" FROM changed;
  PERFORM set_config('batchyard.erasing', '', true);
  IF "erased" > 0 THEN
    INSERT INTO "audit" ("actor_kind", "actor_id", "actor", "action", "target_kind", "target_id", "target_name", "after")
    VALUES ('system', 'system', 'system', 'audit.erase', 'user', gone."alias", 'deleted person', json_build_object('entries', "erased"));
  END IF;
END $$;

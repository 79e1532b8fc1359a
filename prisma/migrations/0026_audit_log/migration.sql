-- DropIndex
DROP INDEX "audit_organization_id_id_idx";

-- CreateIndex
CREATE INDEX "audit_organization_id_at_id_idx" ON "audit"("organization_id", "at", "id");

-- CreateIndex
CREATE INDEX "audit_organization_id_actor_id_at_id_idx" ON "audit"("organization_id", "actor_id", "at", "id");

-- CreateIndex
CREATE INDEX "audit_organization_id_target_id_at_id_idx" ON "audit"("organization_id", "target_id", "at", "id");

-- CreateIndex
CREATE INDEX "audit_organization_id_action_at_id_idx" ON "audit"("organization_id", "action", "at", "id");

-- CreateIndex
CREATE INDEX "audit_at_idx" ON "audit" USING BRIN ("at");

-- Entries are only added, whatever the rights of the role: nothing changes one, and nothing deletes one within 30 days.
CREATE FUNCTION "audit_keeps_entries"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD."at" < now() - interval '30 days' THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'Audit entries are never changed, and not deleted within 30 days.' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER "audit_keeps_rows" BEFORE UPDATE OR DELETE ON "audit"
  FOR EACH ROW EXECUTE FUNCTION "audit_keeps_entries"();
CREATE TRIGGER "audit_keeps_table" BEFORE TRUNCATE ON "audit"
  FOR EACH STATEMENT EXECUTE FUNCTION "audit_keeps_entries"();

-- The retention of a product whose role may only read and add entries: it deletes with the rights of the table's owner,
-- the oldest entries first, and none that is younger than 30 days.
CREATE FUNCTION "audit_expire"("days" integer, "most" integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  deleted integer;
BEGIN
  DELETE FROM "audit" WHERE "id" IN (
    SELECT "id" FROM "audit" WHERE "at" < now() - make_interval(days => greatest("days", 30)) ORDER BY "at" LIMIT "most");
  GET DIAGNOSTICS deleted = ROW_COUNT;
  RETURN deleted;
END $$;

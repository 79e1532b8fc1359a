-- AlterTable
ALTER TABLE "batch" ADD COLUMN     "reopening" JSON;

-- AlterTable
ALTER TABLE "audit" ADD COLUMN     "parent_id" TEXT;

CREATE INDEX "audit_parent_idx" ON "audit"("organization_id", "parent_id", "at", "id") WHERE "parent_id" IS NOT NULL;

-- As before, and an erasure does not change the parent.
CREATE OR REPLACE FUNCTION "audit_keeps_entries"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD."at" < now() - interval '30 days' THEN
      RETURN OLD;
    END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    IF current_setting('batchyard.erasing', true) = 'on'
      AND (NEW."id", NEW."at", NEW."organization_id", NEW."actor_kind", NEW."action", NEW."target_kind", NEW."parent_id", NEW."request_id")
        IS NOT DISTINCT FROM
        (OLD."id", OLD."at", OLD."organization_id", OLD."actor_kind", OLD."action", OLD."target_kind", OLD."parent_id", OLD."request_id")
      AND NEW."actor" IN (OLD."actor", 'deleted person')
      AND (NEW."target_name" IS NOT DISTINCT FROM OLD."target_name" OR NEW."target_name" = 'deleted person')
      AND (NEW."address" IS NULL OR NEW."address" = OLD."address")
      AND (NEW."credential_id" IS NULL OR NEW."credential_id" = OLD."credential_id") THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'Audit entries are never changed, and not deleted within 30 days.' USING ERRCODE = 'insufficient_privilege';
END $$;

-- All actions of an entity (`batch.*`) are a range of the index, which needs the order of bytes.
DROP INDEX "audit_organization_id_action_at_id_idx";
CREATE INDEX "audit_action_idx" ON "audit"("organization_id", "action" COLLATE "C", "at", "id");

-- DropIndex
DROP INDEX "document_chunk_organization_id_model_batch_id_idx";

-- CreateIndex
CREATE INDEX "document_chunk_organization_id_model_id_idx" ON "document_chunk"("organization_id", "model", "id");

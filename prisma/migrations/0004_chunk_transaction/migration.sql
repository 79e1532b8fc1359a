-- DropIndex
DROP INDEX "document_chunk_organization_id_model_id_idx";

-- AlterTable
ALTER TABLE "document_chunk" ADD COLUMN     "tx" BIGINT NOT NULL DEFAULT 0;

-- CreateIndex
CREATE INDEX "document_chunk_organization_id_model_tx_id_idx" ON "document_chunk"("organization_id", "model", "tx", "id");

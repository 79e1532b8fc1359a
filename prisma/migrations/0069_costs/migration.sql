-- AlterTable
ALTER TABLE "batch" ADD COLUMN     "cost_tokens" BIGINT,
ADD COLUMN     "cost_usd" DECIMAL;

-- AlterTable
ALTER TABLE "job" ADD COLUMN     "cost_tokens" BIGINT,
ADD COLUMN     "cost_usd" DECIMAL;

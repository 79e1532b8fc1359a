-- AlterTable
ALTER TABLE "organization" ADD COLUMN     "deleting_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "session" ADD COLUMN     "last_seen_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "invitation" ADD COLUMN     "sees_payloads" BOOLEAN NOT NULL DEFAULT true;

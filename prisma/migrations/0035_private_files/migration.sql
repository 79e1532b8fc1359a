-- AlterTable
ALTER TABLE "file" ADD COLUMN     "only_for" TEXT;

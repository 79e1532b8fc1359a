-- AlterTable
ALTER TABLE "organization" ADD COLUMN     "deletion_counts" JSON;

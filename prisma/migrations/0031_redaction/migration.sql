-- AlterTable
ALTER TABLE "organization" ADD COLUMN     "redaction" JSON;

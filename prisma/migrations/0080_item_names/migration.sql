-- AlterTable
ALTER TABLE "batch" ADD COLUMN     "name_by" TEXT;

-- AlterTable
ALTER TABLE "import" ADD COLUMN     "name_by" TEXT;

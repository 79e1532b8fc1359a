-- Which code a consumer has: the product's version, and the versions of own types. Consumers with the same code share a row.
-- CreateTable
CREATE TABLE "code_set" (
    "hash" TEXT NOT NULL,
    "product" TEXT NOT NULL,
    "own" JSONB NOT NULL,

    CONSTRAINT "code_set_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "consumer_code" (
    "consumer_id" INTEGER NOT NULL,
    "code" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "consumer_code_pkey" PRIMARY KEY ("consumer_id")
);

-- AlterTable: a finished job keeps the consumer of its last attempt in its own row.
ALTER TABLE "attempt" ADD COLUMN "consumer_id" INTEGER;

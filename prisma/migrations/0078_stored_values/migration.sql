-- CreateTable
CREATE TABLE "stored_value" (
    "organization_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "value" JSON NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "stored_value_pkey" PRIMARY KEY ("organization_id","type","key")
);

-- CreateIndex
CREATE INDEX "stored_value_expires_at_idx" ON "stored_value"("expires_at");

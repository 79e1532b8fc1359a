-- CreateTable
CREATE TABLE "secret" (
    "id" UUID NOT NULL,
    "organization_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "sealed" BYTEA NOT NULL,
    "hosts" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "created_by" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "secret_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outbound_pace" (
    "organization_id" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "next_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "outbound_pace_pkey" PRIMARY KEY ("organization_id","host")
);

-- CreateTable
CREATE TABLE "outbound_call" (
    "job_id" UUID NOT NULL,
    "organization_id" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "leased_until" TIMESTAMPTZ(3),

    CONSTRAINT "outbound_call_pkey" PRIMARY KEY ("job_id")
);

-- CreateTable
CREATE TABLE "document" (
    "organization_id" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "job_id" UUID NOT NULL,

    CONSTRAINT "document_pkey" PRIMARY KEY ("organization_id","model","fingerprint")
);

-- CreateIndex
CREATE UNIQUE INDEX "secret_organization_id_name_key" ON "secret"("organization_id", "name");

-- CreateIndex
CREATE INDEX "outbound_call_organization_id_host_idx" ON "outbound_call"("organization_id", "host");

-- CreateIndex
CREATE UNIQUE INDEX "document_job_id_key" ON "document"("job_id");

-- AddForeignKey
ALTER TABLE "secret" ADD CONSTRAINT "secret_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

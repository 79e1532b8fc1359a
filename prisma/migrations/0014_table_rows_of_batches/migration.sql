-- CreateTable
CREATE TABLE "import_taken" (
    "import_id" UUID NOT NULL,
    "rows" BYTEA NOT NULL,

    CONSTRAINT "import_taken_pkey" PRIMARY KEY ("import_id")
);

-- CreateTable
CREATE TABLE "import_edit" (
    "import_id" UUID NOT NULL,
    "row" INTEGER NOT NULL,
    "cells" JSON NOT NULL,

    CONSTRAINT "import_edit_pkey" PRIMARY KEY ("import_id","row")
);

-- AddForeignKey
ALTER TABLE "import_taken" ADD CONSTRAINT "import_taken_import_id_fkey" FOREIGN KEY ("import_id") REFERENCES "import"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "import_edit" ADD CONSTRAINT "import_edit_import_id_fkey" FOREIGN KEY ("import_id") REFERENCES "import"("id") ON DELETE CASCADE ON UPDATE CASCADE;

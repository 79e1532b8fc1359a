/** Rows below the header that a spreadsheet (XLSX) can hold. */
export const MAX_SHEET_ROWS = 1_048_575;

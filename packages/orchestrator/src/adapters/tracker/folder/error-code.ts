/** `ENOENT` and the like; otherwise the error's own words. */
export const errorCode = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
};

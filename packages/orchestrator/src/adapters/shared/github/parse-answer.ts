import type { z } from "zod";
import { VendorError } from "../../../ports/vendor-error.ts";

/** @param what was asked for, as a message names it: `the pull requests of acme/tally` @throws VendorError `malformed` */
export const parseAnswer = <Answer>(what: string, json: unknown, schema: z.ZodType<Answer>): Answer => {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new VendorError(
    "malformed",
    `GitHub's answer about ${what} is not what its documentation says (${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}).`,
    { cause: parsed.error },
  );
};

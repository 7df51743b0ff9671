import { type ResultRequest, resultRequestSchema } from "@ai-implement/contracts";
import { z } from "zod";

/** A result, or in a few words what is there instead. */
export type UnpackedResult =
  | { readonly kind: "result"; readonly result: ResultRequest }
  | { readonly kind: "none"; readonly problem: string }
  /** Something was left that is no result: the same run would leave the same again. */
  | { readonly kind: "unusable"; readonly problem: string };

/** What a runner leaves beside itself, wherever its executor keeps it (§8.4). */
export const resultFile = "result.json";
export const maxResultBytes = 4 * 1024 * 1024;

/** The content of a file that anybody's code may have written. */
export const parseResult = (bytes: Uint8Array): UnpackedResult => {
  const value = jsonOf(bytes);
  if (value === undefined) return { kind: "unusable", problem: `${resultFile} is not JSON` };
  const parsed = resultRequestSchema.safeParse(value);
  if (parsed.success) return { kind: "result", result: parsed.data };
  const [issue] = parsed.error.issues;
  const where = issue === undefined ? "" : ` (${z.core.toDotPath(issue.path)}: ${issue.message})`;
  return { kind: "unusable", problem: `${resultFile} is not a result${where}` };
};

/** Undefined: it is none. */
const jsonOf = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8")) as unknown;
  } catch {
    return undefined;
  }
};

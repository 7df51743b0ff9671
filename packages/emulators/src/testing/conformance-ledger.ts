import { appendFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Conformance } from "../shared/conformance.ts";

/** One line of JSON for each emulator that was closed; `npm test` adds them up when all is done. */
export const conformanceLedger = (): string => join(tmpdir(), "conformance.jsonl");

/**
 * Writes down how many requests were held against the vendor's schema.
 * @throws Error that names what the schema does not allow: the test that sent it fails
 */
export const requireConformance = ({ vendor, validated, violations }: Conformance): void => {
  appendFileSync(
    conformanceLedger(),
    `${JSON.stringify({ vendor, validated, violations: violations.length })}\n`,
  );
  if (violations.length > 0)
    throw new Error(
      `${vendor}'s schema does not allow ${violations.length} request(s):\n${violations.join("\n")}`,
    );
};

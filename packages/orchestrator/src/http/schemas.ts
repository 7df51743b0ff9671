import { errorSchema } from "@ai-implement/contracts";
import { z } from "zod";

/** The error answers of a route, for the OpenAPI document. */
export const refusals = <const Status extends number>(
  ...statuses: readonly Status[]
): Record<Status, typeof errorSchema> =>
  Object.fromEntries(statuses.map((status) => [status, errorSchema])) as Record<Status, typeof errorSchema>;

export const noContent = z.undefined().describe("Done; there is nothing to say.");

/** A name out of a URL. Control characters name nothing, and PostgreSQL refuses a NUL in a parameter. */
const nameInUrl = (maxLength: number) =>
  z
    .string()
    .min(1)
    .max(maxLength)
    .regex(/^\P{Cc}*$/u, "may not contain control characters");

/** Ticket ids contain `:` and `/`, so they arrive escaped; the router has unescaped them. */
export const ticketParams = z.object({ ticketId: nameInUrl(1_000) });
export const teamKeyParams = z.object({ teamKey: nameInUrl(100) });
export const jobParams = z.object({ id: nameInUrl(100) });
export const pullParams = z.object({
  owner: nameInUrl(100),
  repo: nameInUrl(100),
  number: z.coerce.number().int().min(1).max(2_147_483_647),
});

import { readFileSync } from "node:fs";
import { z } from "zod";
import { vendorSchema } from "../../testing/schemas.ts";
import type { LinearEmulator, LinearEmulatorOptions } from "../api.ts";
import { startLinearEmulator } from "../emulator.ts";

const path = vendorSchema("linear.schema.graphql");

/** Null: the vendor's schema is not there, and what needs it is skipped. */
export const linearSchema = path === null ? null : readFileSync(path, "utf8");

/** With two teams, ENG and OPS. */
export const startLinear = async (options: Partial<LinearEmulatorOptions> = {}): Promise<LinearEmulator> => {
  const emulator = await startLinearEmulator({ schema: linearSchema ?? "", ...options });
  emulator.workspace.addTeam({ key: "ENG", name: "Engineering" });
  emulator.workspace.addTeam({ key: "OPS" });
  return emulator;
};

const answerSchema = z.object({
  data: z.json().optional(),
  errors: z
    .array(
      z.object({
        message: z.string(),
        path: z.array(z.union([z.string(), z.number()])).optional(),
        extensions: z.looseObject({ type: z.string(), code: z.string() }).optional(),
      }),
    )
    .default([]),
});

export interface LinearAnswer extends z.infer<typeof answerSchema> {
  readonly status: number;
  readonly headers: Headers;
}

/** @throws where no whole answer arrives */
export const send = async (
  url: string,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
  key = "lin_api_emulator",
): Promise<LinearAnswer> => {
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: key, "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(5_000),
  });
  const answer = answerSchema.parse(await response.json());
  return { ...answer, status: response.status, headers: response.headers };
};

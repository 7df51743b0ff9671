import { readFileSync } from "node:fs";
import { createOpenApiValidator } from "../../openapi/validator.ts";
import { requireConformance } from "../../testing/conformance-ledger.ts";
import type { JiraEmulator, JiraEmulatorOptions } from "../api.ts";
import { startJiraEmulator } from "../emulator.ts";

export interface JiraAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; null without a body. */
  readonly body: unknown;
}

export interface OpenJira {
  readonly emulator: JiraEmulator;
  /** Below `/rest/api/3`. Each answer is held against the vendor's schema. */
  call(method: string, path: string, body?: unknown): Promise<JiraAnswer>;
  /** Closes it, and throws where a request or an answer was not what the vendor's schema allows. */
  close(): Promise<void>;
}

/** An emulator with the project ACME, the select `Stage` (Ready, Working, Very Done) and the text field `Notes`. */
export const openJira = async (
  schemaFile: string,
  options: Omit<JiraEmulatorOptions, "openApi"> = {},
): Promise<OpenJira> => {
  const openApi: unknown = JSON.parse(readFileSync(schemaFile, "utf8"));
  const emulator = await startJiraEmulator({ openApi, ...options });
  const validator = createOpenApiValidator(openApi);
  const answerProblems: string[] = [];
  emulator.site.addProject({ key: "ACME", name: "Acme Inc" });
  emulator.site.addField({ name: "Stage", type: "select", options: ["Ready", "Working", "Very Done"] });
  emulator.site.addField({ name: "Notes", type: "text" });
  return {
    emulator,
    async call(method, path, body) {
      const response = await fetch(`${emulator.url}/ex/jira/cloud-1/rest/api/3${path}`, {
        method,
        headers: { authorization: "Bearer jira-token", "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(10_000),
      });
      const text = await response.text();
      const answer: unknown = text === "" ? null : JSON.parse(text);
      const { pathname, searchParams: query } = new URL(`/rest/api/3${path}`, "http://loopback");
      const verdict = validator.checkRequest({ method, path: pathname, query, body });
      if (verdict.kind === "valid")
        answerProblems.push(...validator.checkResponse(verdict.operation, response.status, answer));
      return { status: response.status, headers: response.headers, body: answer };
    },
    async close() {
      await emulator.close();
      if (answerProblems.length > 0)
        throw new Error(`The emulator answers what the vendor would not:\n${answerProblems.join("\n")}`);
      requireConformance(emulator.conformance());
    },
  };
};

/** A document of one paragraph. */
export const paragraph = (text: string): unknown => ({
  type: "doc",
  version: 1,
  content: [{ type: "paragraph", content: [{ type: "text", text }] }],
});

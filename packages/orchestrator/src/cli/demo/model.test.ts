import { describe, expect, it } from "vitest";
import { demoModelOf } from "./model.ts";

describe("who does the demo's work", () => {
  it.each([
    [{}, "Claude Code", true],
    [{ ANTHROPIC_API_KEY: "key" }, "Claude Code", false],
    [{ CLAUDE_CODE_OAUTH_TOKEN: "token" }, "Claude Code", false],
    [{ OPENAI_API_KEY: "key", MODEL_PRICES: "{}" }, "Claude Code", true],
    [{ AGENT: "codex", ANTHROPIC_API_KEY: "key" }, "Codex", true],
    [{ AGENT: "codex", OPENAI_API_KEY: "key", MODEL_PRICES: "{}" }, "Codex", false],
  ])("with %j is %s; a rehearsal: %s", (environment, agent, rehearsal) => {
    expect(demoModelOf(environment)).toMatchObject({ agent, rehearsal });
  });

  it("is nobody whose cost could not be held to what the demo says", () => {
    expect(() => demoModelOf({ AGENT: "codex", OPENAI_API_KEY: "key" })).toThrow(/set MODEL_PRICES/);
  });

  it("gets the model's settings and no others", () => {
    const { settings } = demoModelOf({ AGENT: "codex", GITHUB_APP_ID: "1", AGENT_MODEL: "gpt" });
    expect(settings).toMatchObject({ AGENT: "codex", AGENT_MODEL: "gpt" });
    expect(settings).not.toHaveProperty("GITHUB_APP_ID");
  });
});

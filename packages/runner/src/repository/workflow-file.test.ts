import { describe, expect, it } from "vitest";
import { StepFailure } from "../pipeline/step-failure.ts";
import { matching } from "../testing/matchers.ts";
import { defaultGapAnalysisModel, defaultModel, defaultModelsOf, modelFor } from "./models.ts";
import { parseWorkflowFile } from "./workflow-file.ts";

const parse = (source: string) => parseWorkflowFile(source, "WORKFLOW.md");

describe("WORKFLOW.md and PLANNING.md (§10.2)", () => {
  it("has front matter and a prompt body", () => {
    expect(
      parse(
        "---\r\nmodel: claude-opus-4-6\r\ngap_analysis_model: tiny\r\nsetup: npm test\r\nunknown: 1\r\n---\r\nBe kind.\r\n",
      ),
    ).toEqual({ model: "claude-opus-4-6", gapAnalysisModel: "tiny", setup: "npm test", body: "Be kind." });
  });

  it("may have either alone, or nothing", () => {
    expect(parse("Just a prompt.").body).toBe("Just a prompt.");
    expect(parse("---\nsetup: x\n---").setup).toBe("x");
    expect(parse("").body).toBe("");
    expect(parse("a\n---\nb").body).toBe("a\n---\nb");
  });

  it("strips HTML comments, and leaves one that is never closed", () => {
    expect(parse("a <!-- x\n --> b <!-- y --> c").body).toBe("a  b  c");
    expect(parse("a <!-- b").body).toBe("a <!-- b");
  });

  it.each([
    ["---\nmodel: a\nsetup: [\n---\n", /^WORKFLOW\.md, line [34]: /],
    ["---\nmodel: a\nverify:\n  nested: true\n---\n", /^WORKFLOW\.md, line 4: verify: /],
    ["---\nmodel: --dangerous\n---\n", /^WORKFLOW\.md, line 2: model: /],
    ["---\nsetup: x\n", /^WORKFLOW\.md, line 1: .*closing/],
    ["---\n- a\n---\n", /^WORKFLOW\.md, line 2: /],
    [
      `---\na: &a [x, x, x]\nb: &b [${"*a, ".repeat(60)}]\nc: [${"*b, ".repeat(60)}]\n---\n`,
      /^WORKFLOW\.md, line 2: .*alias/i,
    ],
  ])("names file and line of malformed front matter: %j", (source, message) => {
    let thrown: unknown;
    try {
      parse(source);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(StepFailure);
    expect(thrown).toMatchObject({ reason: "setup-failed", message: matching(message) });
  });

  it("chooses models: the repository's own, or the defaults", () => {
    const none = { models: {} };
    const anthropic = defaultModelsOf({ kind: "claude-code" });
    expect(modelFor("implement", { body: "" }, none, anthropic)).toBe(defaultModel);
    expect(modelFor("gap-analysis", { body: "", model: "big" }, none, anthropic)).toBe(
      defaultGapAnalysisModel,
    );
    expect(modelFor("plan", { body: "", model: "big" }, none, anthropic)).toBe("big");
    const settings = { models: { implement: "strong", review: "strict" } };
    expect(modelFor("implement", { body: "", model: "big" }, settings, anthropic)).toBe("strong");
    expect(modelFor("review", { body: "", model: "big" }, settings, anthropic)).toBe("strict");
  });

  it("§10.4 chooses an agent's own models, and the operator's before them", () => {
    const none = { models: {} };
    const own = defaultModelsOf({ kind: "codex" });
    expect(modelFor("implement", { body: "" }, none, own)).toBe("gpt-6.1-sol");
    expect(modelFor("gap-analysis", { body: "" }, none, own)).toBe("gpt-6-luna");
    const operators = defaultModelsOf({ kind: "codex", model: "theirs" });
    expect(modelFor("review", { body: "" }, none, operators)).toBe("theirs");
    expect(modelFor("gap-analysis", { body: "" }, none, operators)).toBe("theirs");
    expect(modelFor("plan", { body: "", model: "repository's" }, none, operators)).toBe("repository's");
    const bedrock = defaultModelsOf({ kind: "claude-code", provider: "bedrock" });
    expect(modelFor("plan", { body: "" }, none, bedrock)).toBeNull();
    expect(modelFor("gap-analysis", { body: "" }, { models: { implement: "profile" } }, bedrock)).toBe(
      "profile",
    );
  });
});

import { describe, expect, it } from "vitest";
import { runScript, type ScriptResult } from "./testing/run-script.ts";

const attempt = "0199c0de-0000-7000-8000-000000000001";

describe("the job that checks the inputs and the image (§8.4)", () => {
  const inputs = {
    ATTEMPT: attempt,
    PHASE: "implement",
    IDENTIFIER: "ACME-12",
    PROVIDER: "anthropic",
    MINUTES: "90",
    IMAGE: "ghcr.io/ai-implement/runner:0.1.0",
    PREFIXES: "ghcr.io/ai-implement/",
    ADDRESS: "https://ai-implement.acme.example",
    PINNED: "",
    MEMORY: "0",
  };
  const check = (changes: Partial<typeof inputs>): Promise<ScriptResult> =>
    runScript("claude-implement.yml", "image", { ...inputs, ...changes });

  it("hands over image and time limit", async () => {
    expect(await check({})).toMatchObject({
      status: 0,
      outputs: {
        image: "ghcr.io/ai-implement/runner:0.1.0",
        provider: "anthropic",
        timeout: "100",
        memory: "0",
      },
    });
  });

  it.each([
    ["ghcr.io/acme/", "ghcr.io/acme/team/runner"],
    ["ghcr.io/acme", "ghcr.io/acme/runner:1"],
    ["ghcr.io/acme/runner", "ghcr.io/acme/runner:1"],
    ["ghcr.io/acme/runner:", "ghcr.io/acme/runner:1"],
    ["ghcr.io/acme/runner", "ghcr.io/acme/runner"],
    ["ghcr.io/acme/runner", `ghcr.io/acme/runner@sha256:${"0a".repeat(32)}`],
    ["ghcr.io/other/, localhost:5000/acme/", "localhost:5000/acme/runner:1"],
    ["ghcr.io/other/\nghcr.io/acme/", "ghcr.io/acme/runner"],
    ["ghcr.io/other/\r\nghcr.io/acme/\r\n", "ghcr.io/acme/runner"],
  ])("with the prefixes %j allows %s", async (PREFIXES, IMAGE) => {
    expect(await check({ PREFIXES, IMAGE })).toMatchObject({ status: 0, outputs: { image: IMAGE } });
  });

  it.each([
    ["ghcr.io/ai-implement", "ghcr.io/ai-implementevil/runner"],
    ["ghcr.io/ai-implement/", "ghcr.io/ai-implementevil/runner"],
    ["ghcr.io/acme/runner", "ghcr.io/acme/runner-evil"],
    ["ghcr.io/acme/runner:v1", "ghcr.io/acme/runner:v1.evil"],
    ["localhost:5/acme/", "localhost:5000/acme/runner"],
    ["ghcr.io/acme/", "evil.example/ghcr.io/acme/runner"],
    ["*/", "evil.example/runner"],
    ["ghcr.io/*/", "ghcr.io/evil/runner"],
    ["ghcr.io/acme/r?nner", "ghcr.io/acme/runner"],
    ["ghcr.io/acme/$(id)", "ghcr.io/acme/runner"],
    ["GHCR.IO/acme/", "ghcr.io/acme/runner"],
    ["ghcr.io/acme/", "ghcr.io:5000/acme/runner"],
    ["ghcr.io/acme/", "acme/runner"],
    ["acme/", "acme.example/runner"],
    [", ,", "evil.example/runner"],
  ])("with the prefixes %j refuses %s", async (PREFIXES, IMAGE) => {
    const result = await check({ PREFIXES, IMAGE });
    expect(result).toMatchObject({ status: 1, outputs: {} });
    expect(result.output).toContain("AI_IMPLEMENT_ALLOWED_RUNNER_IMAGE_PREFIXES");
  });

  it("refuses a prefix without a slash, which would be another registry too", async () => {
    const result = await check({ PREFIXES: "ghcr", IMAGE: "ghcr:5000/evil" });
    expect(result).toMatchObject({ status: 1, outputs: {} });
    expect(result.output).toContain("needs a slash");
  });

  it.each([
    "ghcr.io/ai-implement/../evil/runner",
    "ghcr.io/ai-implement/runner --privileged",
    "ghcr.io/ai-implement/runner\nminutes=360",
    "ghcr.io/ai-implement/$(id)",
    `ghcr.io/ai-implement/${"a".repeat(300)}`,
    `ghcr.io/ai-implement/${"a-".repeat(5_000)}`,
    "ghcr.io/ai-implement/Runner",
    "GHCR.IO/ai-implement/runner",
    "ghcr.io/ai-implement/r\u00fcnner",
    "ghcr.io/ai-implement/\u0440unner",
    "ghcr.io/ai-implement/runner\uff0fevil",
    "ghcr.io/ai-implement/runner@evil.example/x",
    "ghcr.io/ai-implement/@evil.example/x",
    "ghcr.io/ai-implement/runner@sha256:0a",
    `ghcr.io/ai-implement/runner@sha512:${"0a".repeat(64)}`,
    "ghcr.io/ai-implement/runner:1:2",
    "ghcr.io/ai-implement/runner:5000/evil",
    "https://ghcr.io/ai-implement/runner",
    "user@ghcr.io/ai-implement/runner",
    "ghcr.io/ai-implement/",
    "ghcr.io//ai-implement/runner",
    "-v/:/host",
    "ghcr.io/ai-implement/runner\r",
    "ghcr.io/ai-implement/runner\t",
    "::set-output name=image::evil",
    "",
  ])("refuses %j, which is no image", async (IMAGE) => {
    const result = await check({ IMAGE });
    expect(result).toMatchObject({ status: 1, outputs: {} });
    expect(result.output).toContain("not the name of an image");
  });

  it.each([
    { ATTEMPT: "1" },
    { ATTEMPT: `${attempt}\n${attempt}` },
    { PHASE: "plan" },
    { MINUTES: "0" },
    { MINUTES: "361" },
    { MINUTES: "a[$(id)]" },
    { MINUTES: "1.5" },
    { MINUTES: "090" },
    { MINUTES: "-5" },
    { MINUTES: "0x10" },
    { MINUTES: "90\nimage=evil.example/x" },
    { ATTEMPT: attempt.toUpperCase() },
    { ATTEMPT: `ACME-1 \u00b7 ${attempt}` },
    { ATTEMPT: `\${{ github.token }}` },
    { PHASE: "implement\nimage=evil.example/x" },
    { PHASE: "Implement" },
    { PHASE: `\${{ 'implement' }}` },
    { IDENTIFIER: "" },
    { IDENTIFIER: "ACME-1\nimage=evil.example/x" },
    { IDENTIFIER: "ACME-1\u001b[2J" },
    { PROVIDER: "Bedrock" },
    { PROVIDER: "anthropic\nimage=evil.example/x" },
    { PROVIDER: "" },
    { MEMORY: "" },
    { MEMORY: "6gb" },
    { MEMORY: "0 --privileged" },
    { MEMORY: "6g\nimage=evil.example/x" },
  ])("refuses %j", async (changes) => {
    const result = await check(changes);
    expect(result).toMatchObject({ status: 1, outputs: {} });
    expect(result.output).toContain("::error title=AI-Implement::");
  });

  it.each(["1", "45", "360"])(
    "gives GitHub's limit ten minutes more than the agent's %s",
    async (MINUTES) => {
      expect((await check({ MINUTES })).outputs["timeout"]).toBe(String(Number(MINUTES) + 10));
    },
  );

  it.each(["ACME-12", "Grüße an \u65e5\u672c", "a $(id) `id` ' \"; id #"])(
    "takes a ticket that is called %j, and makes nothing of it",
    async (IDENTIFIER) => {
      const result = await check({ IDENTIFIER });
      expect([result.status, result.output]).toEqual([0, ""]);
    },
  );

  it.each([
    "https://ai-implement.acme.example",
    "https://ai-implement.acme.example/below/",
    "http://127.0.0.1:8080",
    "",
  ])("takes any orchestrator that is reached safely where none is pinned: %j", async (ADDRESS) => {
    expect((await check({ ADDRESS })).status).toBe(0);
  });

  it.each([
    "http://ai-implement.acme.example",
    "http://127.0.0.1.evil.example",
    "https://user@evil.example",
    "https://evil.example?x",
    "https://evil.example/$(id)",
    "https://evil.example\nimage=evil.example/x",
    "file:///etc/passwd",
    "ai-implement.acme.example",
  ])("refuses %j as the orchestrator's address, given or pinned (§11.8)", async (address) => {
    for (const changes of [{ ADDRESS: address }, { PINNED: address }]) {
      const result = await check(changes);
      expect(result).toMatchObject({ status: 1, outputs: {} });
      expect(result.output).toContain("have to be addresses with https://");
    }
  });

  it.each([
    ["https://ai-implement.acme.example", 0],
    ["https://ai-implement.acme.example/", 0],
    ["https://ai-implement.acme.example.evil.example", 1],
    ["https://evil.example", 1],
    ["https://ai-implement.acme.example/other", 1],
    ["", 1],
  ])("with a pinned orchestrator, a run of %j ends with %i", async (ADDRESS, status) => {
    for (const PINNED of ["https://ai-implement.acme.example", "https://ai-implement.acme.example/"]) {
      const result = await check({ ADDRESS, PINNED });
      expect(result.status).toBe(status);
      expect(result.output.includes("AI_IMPLEMENT_ORCHESTRATOR_URL")).toBe(status === 1);
    }
  });

  it("hands over how much memory the container may have", async () => {
    expect((await check({ MEMORY: "6g" })).outputs["memory"]).toBe("6g");
  });

  it("lets the plan workflow plan and nothing else", async () => {
    const plan = (PHASE: string): Promise<ScriptResult> =>
      runScript("claude-plan.yml", "image", { ...inputs, PHASE });
    expect([(await plan("plan")).status, (await plan("implement")).status]).toEqual([0, 1]);
  });
});

import { createHmac } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compose, type Orchestrator } from "./compose.ts";
import { describeProblems, parseConfig } from "./config.ts";
import { createRecordingLogger } from "./services/testing/recording-logger.ts";

const secret = "a signing secret of Linear's";

describe("the service as it is put together", () => {
  let folder: string;
  let orchestrator: Orchestrator;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "ai-implement-compose-"));
    for (const name of ["forge", "tickets"]) await mkdir(join(folder, name));
    const env = {
      LOCAL_FORGE_DIR: join(folder, "forge"),
      TICKETS_DIR: join(folder, "tickets"),
      DEDUP_DB_PATH: join(folder, "dedup.sqlite"),
      LINEAR_WEBHOOK_SECRET: secret,
    };
    const result = parseConfig(env, { production: false, interactive: false });
    if (!result.ok) throw new Error(describeProblems(result.problems));
    orchestrator = await compose({ config: result.config, logger: createRecordingLogger(), path: "" });
  });
  afterEach(async () => {
    await orchestrator.close();
    await rm(folder, { recursive: true, force: true });
  });

  const post = async (url: string, signature: (hmac: string) => Record<string, string>) => {
    const payload = JSON.stringify({ type: "Project", webhookTimestamp: Date.now() });
    const headers = signature(createHmac("sha256", secret).update(payload).digest("hex"));
    return (await orchestrator.app.inject({ method: "POST", url, headers, payload })).statusCode;
  };
  const toLinear = () => post("/api/linear/webhook", (hmac) => ({ "linear-signature": hmac }));

  it("§4.1 takes the webhook whose secret is set, and refuses every request to the other one", async () => {
    expect(await toLinear()).toBe(200);
    const toJira = post("/api/jira/webhook", (hmac) => ({ "x-hub-signature": `sha256=${hmac}` }));
    expect(await toJira).toBe(401);
  });

  it("§7.2 takes no webhook any more once it is stopping: the vendor delivers it again", async () => {
    await orchestrator.start("http://127.0.0.1:8080");
    expect(await toLinear()).toBe(200);
    await orchestrator.stop();
    expect(await toLinear()).toBe(503);
  });
});

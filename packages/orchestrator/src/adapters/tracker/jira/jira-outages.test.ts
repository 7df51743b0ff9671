import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isFailure } from "../../../ports/vendor-error.ts";
import { type JiraScene, jiraOpenApi, openJiraScene } from "./testing/jira-scene.ts";

describe.skipIf(jiraOpenApi === null)("§9 a failure of Jira is told apart", () => {
  let scene: JiraScene;
  beforeEach(async () => {
    scene = await openJiraScene();
  });
  afterEach(async () => {
    await scene.close();
  });

  const look = () => scene.tracker.listMarked([scene.project]);

  test.each([
    [{ kind: "server-error" }, "unavailable"],
    [{ kind: "server-error", status: 500 }, "unavailable"],
    [{ kind: "reset-before" }, "unreachable"],
    [{ kind: "reset-after" }, "unreachable"],
    [{ kind: "empty" }, "malformed"],
    [{ kind: "cut-off" }, "malformed"],
    [{ kind: "rate-limited", resetMs: 60_000 }, "rate-limited"],
  ] as const)("%j is %s", async (fault, failure) => {
    scene.emulator.setFaults(() => fault);
    await expect(look()).rejects.toSatisfy((error) => isFailure(error, failure));
  });

  test("a hang is a timeout", async () => {
    scene.emulator.setFaults(() => ({ kind: "hang" }));
    const tracker = scene.restarted({ gate: { timeoutMs: 50, retries: 0 } });
    await expect(tracker.listMarked([scene.project])).rejects.toMatchObject({ failure: "timeout" });
  });

  test("a wrong token, a wrong site and no connection name their settings, and never the token", async () => {
    const token = "jira-secret-token";
    const failureOf = async (options: Parameters<JiraScene["restarted"]>[0]): Promise<string> => {
      const error: unknown = await scene
        .restarted({ gate: { retries: 0 }, ...options })
        .listMarked([scene.project])
        .catch((thrown: unknown) => thrown);
      expect(String(error)).not.toContain(token);
      return String(error);
    };
    expect(await failureOf({ token })).toMatch(/JIRA_TOKEN is not accepted/);
    expect(await failureOf({ token: `${token}\n` })).toMatch(/JIRA_TOKEN has a character/);
    expect(await failureOf({ cloudId: "cloud-2" })).toMatch(/JIRA_CLOUD_ID/);
    expect(await failureOf({ token, apiUrl: "http://127.0.0.1:1" })).toMatch(/cannot be reached/);
  });

  test("an outage of a moment is not seen", async () => {
    scene.addIssue();
    let failures = 2;
    scene.emulator.setFaults(({ path }) =>
      path.endsWith("/search/jql") && failures-- > 0 ? { kind: "server-error" } : null,
    );
    expect((await look()).tickets).toHaveLength(1);
  });

  test("nothing is sent before the reset", async () => {
    scene.emulator.setFaults(() => ({ kind: "rate-limited", resetMs: 60_000 }));
    await expect(look()).rejects.toMatchObject({ failure: "rate-limited" });
    const before = scene.requests().length;
    await expect(look()).rejects.toMatchObject({ failure: "rate-limited" });
    expect(scene.requests()).toHaveLength(before);
    expect(scene.requests().filter(({ early }) => early)).toEqual([]);
  });
});

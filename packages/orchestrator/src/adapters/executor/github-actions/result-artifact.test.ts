import { startLoopbackServer } from "@ai-implement/emulators/shared/loopback-server.ts";
import { strToU8, zipSync } from "fflate";
import { afterEach, describe, expect, it } from "vitest";
import { GithubError } from "../../shared/github/github-client.ts";
import { createVendorGate } from "../../shared/vendor-gate.ts";
import { readResult } from "./result-artifact.ts";
import { result } from "./testing/a-result.ts";
import { answeringClient, githubAnswer } from "./testing/answering-client.ts";

const archive = Buffer.from(zipSync({ "result.json": strToU8(JSON.stringify(result)) }));
const artifact = { id: 1, name: "ai-implement-result", size_in_bytes: 500, expired: false };
const repository = { forge: "github", owner: "acme", name: "tally", defaultBranch: "main" } as const;
const clock = { now: () => Date.now() };

describe("§8.4 the result artifact", () => {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  /** Where artifacts are kept. @returns its URL, and what it was asked */
  const store = async (status: number, body: Buffer | string, headers: Record<string, string> = {}) => {
    const asked: Readonly<Record<string, string>>[] = [];
    const server = await startLoopbackServer({
      receive: ({ headers: sent }) => {
        asked.push(sent);
        return {
          fault: null,
          act: () => ({ status, headers, body }),
          rateLimited: () => ({ status, body: "" }),
        };
      },
    });
    closing.push(server.close);
    return { url: server.url, asked };
  };
  const read = (location: string | null, artifacts: readonly object[] = [artifact]) =>
    readResult(
      answeringClient({
        read: ({ path }) =>
          path.endsWith("/zip")
            ? githubAnswer(302, undefined, location === null ? {} : { location })
            : githubAnswer(200, { total_count: artifacts.length, artifacts }),
      }),
      createVendorGate({ vendor: "the store", clock, concurrency: 1, retries: 0, timeoutMs: 2_000 }),
      repository,
      "4711",
    );
  const problemOf = async (reading: ReturnType<typeof read>): Promise<string> => {
    const unpacked = await reading;
    return unpacked.kind === "result" ? "" : unpacked.problem;
  };

  it("is fetched where GitHub says that it lies, without our token", async () => {
    const { url, asked } = await store(200, archive);
    expect(await read(`${url}/blob?sig=1`)).toEqual({ kind: "result", result });
    expect(asked).toHaveLength(1);
    expect(asked[0]).not.toHaveProperty("authorization");
  });

  it("is not fetched over plain http from elsewhere, nor with a password, nor from a file", async () => {
    for (const location of [
      "http://store.example/blob",
      "http://169.254.169.254/latest/meta-data",
      "https://user:secret@store.example/blob",
      "file:///etc/passwd",
      "/blob",
      null,
    ])
      await expect(read(location), String(location)).rejects.toMatchObject({ failure: "malformed" });
  });

  it("is not looked for where a second redirect leads", async () => {
    const target = await store(200, archive);
    const { url } = await store(302, "", { location: target.url });
    await expect(read(url)).rejects.toMatchObject({ failure: "unreachable" });
    expect(target.asked).toHaveLength(0);
  });

  it("that is larger than 8 MiB is not fetched, or not to its end", async () => {
    const tooLarge = "it is larger than 8388608 bytes";
    const { url, asked } = await store(200, Buffer.alloc(9 * 1024 * 1024));
    expect(await problemOf(read(url, [{ ...artifact, size_in_bytes: 9_000_000 }]))).toContain(tooLarge);
    expect(asked).toHaveLength(0);
    expect(await problemOf(read(url))).toContain(tooLarge);
  });

  it("that has expired is none", async () => {
    expect(await problemOf(read("https://x.example", [{ ...artifact, expired: true }]))).toContain("expired");
  });

  it("is the newest where a person started the run again", async () => {
    const asked: string[] = [];
    const client = answeringClient({
      read: ({ path }) => {
        asked.push(path);
        if (path.endsWith("/zip")) throw new GithubError("not-found", "gone", { status: 410 });
        return githubAnswer(200, { artifacts: [7, 9, 8].map((id) => ({ ...artifact, id })) });
      },
    });
    const gate = createVendorGate({ vendor: "the store", clock, concurrency: 1 });
    expect(await problemOf(readResult(client, gate, repository, "4711"))).toContain("expired");
    expect(asked.at(-1)).toBe("/repos/acme/tally/actions/artifacts/9/zip");
  });

  it("that its store cannot hand out is an outage, and its address is in no message", async () => {
    const { url } = await store(500, "no");
    await expect(read(`${url}/blob?sig=secret`)).rejects.toMatchObject({ failure: "unavailable" });
    const gone = await read("http://127.0.0.1:9/blob?sig=secret").catch((error: unknown) => error);
    expect(gone).toMatchObject({ failure: "unreachable" });
    expect(String(gone)).not.toContain("secret");
  });
});

import { createHmac } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { vendorSchema } from "../testing/schemas.ts";
import { type OpenGithub, openGithub } from "./testing/open-github.ts";

const schemaFile = vendorSchema("github.openapi.json");
const tally = { owner: "acme", name: "tally" };
const secret = "webhook-secret";

describe.skipIf(schemaFile === null)("webhooks", () => {
  let github: OpenGithub;
  let receiver: Server;
  const received: { readonly headers: Readonly<Record<string, unknown>>; readonly body: string }[] = [];
  beforeEach(async () => {
    received.length = 0;
    receiver = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        received.push({ headers: request.headers, body: Buffer.concat(chunks).toString("utf8") });
        response.writeHead(202).end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    github = await openGithub(schemaFile ?? "");
    const { port } = receiver.address() as AddressInfo;
    github.emulator.setWebhook({ url: `http://127.0.0.1:${port}/hook`, secret });
  });
  afterEach(async () => {
    await github.close();
    await new Promise((resolve) => receiver.close(resolve));
  });

  const openPullRequest = async (): Promise<number> => {
    await github.emulator.site.commit(tally, "topic", { "a.txt": "\u00e4" });
    return github.emulator.site.openPullRequest(tally, {
      head: "topic",
      title: "T\u00e4st",
      author: "octocat",
    });
  };
  const events = (): readonly unknown[] => received.map(({ headers }) => headers["x-github-event"]);

  test("are signed over their bytes, and tell repository, installation and sender", async () => {
    const number = await openPullRequest();
    await expect.poll(events).toEqual(["pull_request"]);
    const [{ headers, body } = { headers: {}, body: "" }] = received;
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "x-github-delivery": expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
      "x-github-hook-id": expect.stringMatching(/^\d+$/) as unknown,
      "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(Buffer.from(body)).digest("hex")}`,
    });
    const installation = await github.call("GET", "/repos/acme/tally/installation", {
      token: await github.jwt(),
    });
    expect(JSON.parse(body)).toMatchObject({
      action: "opened",
      number,
      repository: {
        name: "tally",
        full_name: "acme/tally",
        owner: { login: "acme", type: "Organization" },
        default_branch: "main",
        private: true,
        fork: false,
      },
      installation: { id: (installation.body as { id: number }).id },
      sender: { login: "octocat", type: "User" },
    });
    expect(github.emulator.deliveries()).toMatchObject([{ status: 202, body }]);
  });

  test("are not sent for a repository without the App, nor while it is suspended", async () => {
    github.emulator.site.install("acme", { repositories: ["other"] });
    await openPullRequest();
    github.emulator.site.install("acme");
    github.emulator.site.suspend("acme");
    github.emulator.site.comment(tally, 1, "octocat", "Nobody hears this");
    await expect.poll(events).toEqual(["installation"]);
  });

  test("tell of the installation itself", async () => {
    github.emulator.site.install("beta");
    github.emulator.site.uninstall("acme");
    await expect.poll(events).toEqual(["installation", "installation"]);
    expect(received.map(({ body }) => JSON.parse(body) as unknown)).toMatchObject([
      { action: "created", installation: { account: { login: "beta" } }, repositories: [] },
      { action: "deleted", repositories: [{ full_name: "acme/tally" }, { full_name: "acme/other" }] },
    ]);
  });

  test("what is given while they are paused is lost, and seen as not delivered", async () => {
    github.emulator.pauseWebhooks(true);
    await openPullRequest();
    github.emulator.pauseWebhooks(false);
    expect(github.emulator.deliveries()).toMatchObject([{ status: null }]);
    expect(received).toEqual([]);
  });
});

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { answering, cutting, inTurn } from "../testing/scripted-vendor.ts";
import { json, type ScriptedGithub, startScriptedGithub } from "./testing/scripted-github.ts";

const tally = { owner: "acme", name: "tally" };

let github: ScriptedGithub;
beforeEach(async () => {
  github = await startScriptedGithub();
});
afterEach(async () => {
  await github.close();
});

const read = () => github.client.read(tally, "review", { path: "/repos/acme/tally" });
const write = () =>
  github.client.write(tally, "work", { method: "POST", path: "/repos/x", body: { a: 1 }, counts: "plain" });

describe("answers", () => {
  test("that are known are asked for under their ETag, and a 304 is the answer of before", async () => {
    github.answer = json({ page: 1 }, { etag: '"one"', link: "x" });
    const first = await read();
    github.answer = (request, response) => {
      const matches = request.headers["if-none-match"] === '"one"';
      response.writeHead(matches ? 304 : 500).end();
    };
    const again = await read();
    expect(again.json).toEqual({ page: 1 });
    expect(again.headers.get("link")).toBe("x");
    expect(again.status).toBe(first.status);
    github.answer = json({ page: 2 }, { etag: '"two"' });
    expect((await read()).json).toEqual({ page: 2 });
  });

  test("§11 of another repository, or of one that a token may not see any more, are GitHub's to give", async () => {
    github.answer = json({ secret: true }, { etag: '"one"' });
    await read();
    const seen: (string | undefined)[] = [];
    github.answer = (request, response) => {
      seen.push(request.headers["if-none-match"]);
      answering(404)(request, response);
    };
    const other = { path: "/repos/acme/other" };
    await expect(github.client.read({ owner: "acme", name: "other" }, "review", other)).rejects.toMatchObject(
      {
        failure: "not-found",
      },
    );
    await expect(github.client.read(tally, "work", { path: "/repos/acme/tally" })).rejects.toMatchObject({
      failure: "not-found",
    });
    expect(seen).toEqual([undefined, '"one"']);
  });

  test("that a 304 stands for are still there when others have taken their place meanwhile", async () => {
    github.answer = json({ page: 1 }, { etag: '"one"' });
    await read();
    let release = (): void => undefined;
    const isHeld = new Promise<void>((resolve) => {
      github.answer = (_request, response) => {
        release = () => response.writeHead(304).end();
        resolve();
      };
    });
    const held = read();
    await isHeld;
    github.answer = json({}, { etag: '"x"' });
    for (let other = 0; other < 500; other += 1)
      await github.client.read(tally, "review", { path: `/repos/acme/tally/pulls/${other}` });
    release();
    expect((await held).json).toEqual({ page: 1 });
  });

  test("that say nothing has changed of what was never told are none", async () => {
    github.answer = answering(304, "");
    await expect(read()).rejects.toMatchObject({ failure: "malformed" });
  });

  test("in another form are other answers", async () => {
    github.answer = json({}, { etag: '"one"' });
    await read();
    const seen: (string | undefined)[] = [];
    github.answer = (request, response) => {
      seen.push(request.headers["if-none-match"]);
      response.end("diff");
    };
    const { text } = await github.client.read(tally, "review", {
      path: "/repos/acme/tally",
      accept: "application/vnd.github.diff",
    });
    expect([text, seen]).toEqual(["diff", [undefined]]);
  });

  test("that are large are not kept", async () => {
    const seen: (string | undefined)[] = [];
    github.answer = (request, response) => {
      seen.push(request.headers["if-none-match"]);
      response.writeHead(200, { etag: '"big"' }).end(JSON.stringify("x".repeat(300_000)));
    };
    await read();
    await read();
    expect(seen).toEqual([undefined, undefined]);
  });

  test("that are cut off are asked for again, and a write is not", async () => {
    github.answer = inTurn(answering(200, '{"a":'), cutting, answering(200, ""), json({ whole: true }));
    await expect(read()).rejects.toMatchObject({ failure: "malformed" });
    expect((await read()).json).toEqual({ whole: true });
    github.answer = inTurn(answering(201, '{"a":'), json({}));
    const sent = github.tokens().length;
    await expect(write()).rejects.toMatchObject({ failure: "malformed", nothingDone: false });
    expect(github.tokens()).toHaveLength(sent + 1);
  });

  test("that lead elsewhere are answers, and are not followed", async () => {
    const { port } = new URL(github.vendor.url);
    github.answer = answering(302, "", { location: `http://localhost:${port}/stolen` });
    const { status, headers } = await read();
    expect([status, headers.get("location")]).toEqual([302, `http://localhost:${port}/stolen`]);
    expect(github.paths(/stolen/)).toEqual([]);
  });

  test("of several pages are read to their end, or to the bound", async () => {
    github.answer = (request, response) => {
      const page = Number(new URL(request.url ?? "", "http://x").searchParams.get("page") ?? "1");
      const link = `<http://elsewhere.example/secret?page=${page + 1}>; rel="next"`;
      response.writeHead(200, page < 5 ? { link } : {}).end(JSON.stringify([page, page]));
    };
    const items = (body: unknown) => body as readonly unknown[];
    const path = "/repos/acme/tally/pulls";
    expect(await github.client.readAll(tally, "review", { path }, items)).toEqual([
      1, 1, 2, 2, 3, 3, 4, 4, 5, 5,
    ]);
    expect(await github.client.readAll(tally, "review", { path }, items, 3)).toEqual([1, 1, 2]);
    expect(github.paths(/secret/)).toEqual([]);
    github.answer = json([1], { link: `<http://x.example/?page=1>; rel="next"` });
    await expect(github.client.readAll(tally, "review", { path }, () => [])).rejects.toMatchObject({
      failure: "malformed",
    });
  });
});

test("GraphQL's refusals are refusals, though they come as 200", async () => {
  const ask = () => github.client.graphql(tally, "templates", "mutation { x }", {});
  github.answer = json({ data: { x: 1 } });
  expect(await ask()).toEqual({ x: 1 });
  github.answer = json({ data: null, errors: [{ type: "NOT_FOUND", message: "Could not resolve" }] });
  await expect(ask()).rejects.toMatchObject({ failure: "not-found" });
  github.answer = json({
    errors: [{ type: "FORBIDDEN", message: "Resource not accessible by integration" }],
  });
  await expect(ask()).rejects.toThrow("lacks the permission");
  expect(github.paths(/graphql/)).toHaveLength(3);
});

import { sessionSchema } from "@ai-implement/contracts";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { hours, minutes } from "../../core/time.ts";
import { createMemorySessions, type SessionStore } from "../auth/session-store.ts";
import { accessCode, createTestApp, type TestApp } from "../testing/test-app.ts";

const documentSchema = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });

let test: TestApp;
afterEach(() => test.app.close());

const signIn = (code: unknown, remoteAddress = "192.0.2.1") =>
  test.app.inject({ method: "POST", url: "/api/auth", payload: { code }, remoteAddress });

const statusWith = async (authorization: string) =>
  (await test.app.inject({ url: "/api/log", headers: { authorization } })).statusCode;

describe("POST /api/auth (§13, §11.9)", () => {
  it("gives a bearer for the access code that opens the API for 24 hours", async () => {
    test = await createTestApp();
    const answer = await signIn(accessCode);
    expect(answer.statusCode).toBe(200);
    const { token, expiresAt } = sessionSchema.parse(answer.json());
    expect(expiresAt).toBe("2026-11-23T09:00:00.000Z");
    expect(Buffer.from(token, "base64url")).toHaveLength(32);
    expect(await statusWith(`Bearer ${token}`)).toBe(200);
    test.wait(hours(24) - 1);
    expect(await statusWith(`bearer ${token}`)).toBe(200);
    test.wait(1);
    expect(await statusWith(`Bearer ${token}`)).toBe(401);
  });

  it("keeps only a hash of the bearer", async () => {
    const kept: string[] = [];
    const memory = createMemorySessions();
    const sessions: SessionStore = {
      ...memory,
      put: async (hash, expiresAt) => {
        kept.push(hash);
        await memory.put(hash, expiresAt);
      },
    };
    test = await createTestApp({ sessions });
    const token = await test.signIn();
    expect(kept).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    expect(await statusWith(`Bearer ${kept[0]}`)).toBe(401);
    expect(await statusWith(`Bearer ${token}`)).toBe(200);
  });

  it("ends a bearer with DELETE /api/auth, and no other one", async () => {
    test = await createTestApp();
    const [mine, other] = [await test.signIn(), await test.signIn()];
    const headers = { authorization: `Bearer ${mine}` };
    expect((await test.app.inject({ method: "DELETE", url: "/api/auth", headers })).statusCode).toBe(204);
    expect(await statusWith(`Bearer ${mine}`)).toBe(401);
    expect(await statusWith(`Bearer ${other}`)).toBe(200);
  });

  it.each([undefined, "", 7, "x".repeat(1_001)])("refuses %s as a code with 400", async (code) => {
    test = await createTestApp();
    expect((await signIn(code)).statusCode).toBe(400);
  });
});

describe("The login throttle (§11.9)", () => {
  it("lets an address fail 10 times in 15 minutes, then answers 429 to a right code as well", async () => {
    test = await createTestApp();
    for (let failure = 0; failure < 10; failure += 1) expect((await signIn("wrong")).statusCode).toBe(401);
    test.wait(minutes(5));
    const answer = await signIn(accessCode);
    expect(answer.statusCode).toBe(429);
    expect(answer.headers["retry-after"]).toBe("600");
    expect((await signIn(accessCode, "192.0.2.2")).statusCode).toBe(200);
    test.wait(minutes(10));
    expect((await signIn(accessCode)).statusCode).toBe(200);
  });

  it("lets all addresses together fail 100 times in 15 minutes", async () => {
    test = await createTestApp();
    for (let failure = 0; failure < 100; failure += 1)
      expect((await signIn("wrong", `198.51.100.${failure}`)).statusCode).toBe(401);
    const answer = await signIn(accessCode, "192.0.2.1");
    expect(answer.statusCode).toBe(429);
    expect(answer.headers["retry-after"]).toBe("900");
    test.wait(minutes(15));
    expect((await signIn(accessCode, "192.0.2.1")).statusCode).toBe(200);
  });

  it("goes by the socket's address, not by a header that anybody can write", async () => {
    test = await createTestApp();
    const attempt = (forwarded: string) =>
      test.app.inject({
        method: "POST",
        url: "/api/auth",
        payload: { code: "wrong" },
        headers: { "x-forwarded-for": forwarded },
      });
    for (let failure = 0; failure < 10; failure += 1) await attempt(`203.0.113.${failure}`);
    expect((await attempt("203.0.113.200")).statusCode).toBe(429);
  });
});

describe("Who may ask (§13, §4.1)", () => {
  const adminRoutes = async (): Promise<readonly { method: "GET"; url: string }[]> => {
    const { body } = await test.ask("GET", "/api/openapi.json");
    // A tracker proves itself by a signature: its webhook is under /api and not of the admin API.
    const paths = Object.entries(documentSchema.parse(body).paths).filter(
      ([path]) => !path.endsWith("/webhook"),
    );
    return paths.flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({
        // `inject` wants a literal type; the value is any method of the document.
        method: method.toUpperCase() as "GET",
        url: path.replace("{number}", "1").replaceAll(/\{\w+\}/g, "demo"),
      })),
    );
  };

  it("answers 401 to everything under /api but POST /api/auth without a bearer or with a wrong one", async () => {
    test = await createTestApp();
    const routes = (await adminRoutes()).filter(
      ({ method, url }) => url.startsWith("/api/") && !(String(method) === "POST" && url === "/api/auth"),
    );
    expect(routes.length).toBeGreaterThan(15);
    for (const route of routes)
      for (const authorization of ["", "Basic b3BlbjpzZXNhbWU=", "Bearer wrong", `Bearer ${accessCode}`]) {
        const answer = await test.app.inject({ ...route, headers: { authorization } });
        expect([route.method, route.url, answer.statusCode]).toEqual([route.method, route.url, 401]);
        expect(answer.headers["www-authenticate"]).toBe("Bearer");
      }
  });

  it("has no /admin and no /api at all without an access code: 404, whatever is sent", async () => {
    test = await createTestApp();
    const routes = await adminRoutes();
    await test.app.close();
    test = await createTestApp({ accessCode: null });
    const admin = routes.filter(({ url }) => url.startsWith("/api/"));
    for (const route of [...admin, { method: "GET" as const, url: "/admin" }]) {
      const answer = await test.app.inject({ ...route, headers: { "content-type": "text/plain" } });
      expect([route.url, answer.statusCode]).toEqual([route.url, 404]);
    }
    expect((await signIn("")).statusCode).toBe(404);
    expect((await test.app.inject("/livez")).statusCode).toBe(200);
  });
});

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { createTestApp, type TestApp } from "./testing/test-app.ts";

const operationSchema = z.object({
  summary: z.string().min(1),
  tags: z.array(z.string()).min(1),
  responses: z.record(z.string(), z.unknown()),
  security: z.array(z.unknown()).optional(),
});
const documentSchema = z.object({
  openapi: z.literal("3.1.0"),
  info: z.object({ title: z.literal("AI-Implement"), version: z.literal("1.2.3") }),
  components: z.object({ securitySchemes: z.object({ bearer: z.object({ scheme: z.literal("bearer") }) }) }),
  security: z.array(z.object({ bearer: z.array(z.string()) })).length(1),
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
});

let test: TestApp;
beforeEach(async () => {
  test = await createTestApp();
});
afterEach(() => test.app.close());

/** Every route that the server really has, from its own routing table. */
const registeredRoutes = (): readonly string[] => {
  const routes: string[] = [];
  const parents: string[] = [];
  for (const line of test.app.printRoutes({ commonPrefix: false }).split("\n")) {
    const [, indent = "", path = "", methods = ""] = /^([│ ]*)[├└]── (\S+?)(?: \((.*)\))?$/.exec(line) ?? [];
    const depth = indent.length / 4;
    parents.splice(depth, parents.length, path);
    for (const method of methods.split(", "))
      if (method !== "" && method !== "HEAD")
        routes.push(`${method} ${parents.slice(0, depth + 1).join("")}`);
  }
  return routes;
};

describe("GET /api/openapi.json (§13)", () => {
  it("describes every route that is registered, and no other", async () => {
    const { paths } = documentSchema.parse((await test.ask("GET", "/api/openapi.json")).body);
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`),
    );
    expect(registeredRoutes()).toContain("POST /api/pulls/:owner/:repo/:number/merge");
    expect([...described].sort()).toEqual([...registeredRoutes()].sort());
  });

  it("gives every route its answers, and the admin ones the bearer", async () => {
    const { paths } = documentSchema.parse((await test.ask("GET", "/api/openapi.json")).body);
    for (const [path, methods] of Object.entries(paths))
      for (const [method, { responses, security }] of Object.entries(methods)) {
        const statuses = Object.keys(responses);
        expect([path, method, statuses.some((status) => status.startsWith("2"))]).toEqual([
          path,
          method,
          true,
        ]);
        const isOpen = !path.startsWith("/api/") || (path === "/api/auth" && method === "post");
        const isSigned = path.endsWith("/webhook");
        expect([path, method, security !== undefined]).toEqual([path, method, isOpen || isSigned]);
        if (!isOpen) expect(statuses).toContain("401");
      }
  });
});

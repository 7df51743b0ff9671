import { describe, expect, test } from "vitest";
import { createOpenApiValidator, type OpenApiRequest } from "./validator.ts";

const json = (schema: unknown) => ({ content: { "application/json": { schema } } });

/** A vendor's description in the forms that vendors use. */
const document = {
  openapi: "3.0.1",
  paths: {
    "/things/{id}": {
      parameters: [{ $ref: "#/components/parameters/Id" }],
      get: {
        operationId: "getThing",
        parameters: [
          {
            name: "expand",
            in: "query",
            schema: { type: "array", items: { type: "string", enum: ["a", "b"] } },
          },
          { name: "ids", in: "query", explode: false, schema: { $ref: "#/components/schemas/Ids" } },
          { name: "deep", in: "query", schema: { type: "boolean" } },
          { name: "limit", in: "query", schema: { type: "integer", minimum: 0, exclusiveMinimum: true } },
        ],
        responses: { "200": json({ $ref: "#/components/schemas/Thing" }), "4XX": json({ type: "string" }) },
      },
      put: {
        requestBody: { $ref: "#/components/requestBodies/Thing" },
        responses: { default: json({ type: "object" }) },
      },
    },
    "/things/{name}": { delete: { operationId: "deleteThing", responses: { "204": {} } } },
    "/things/mine": { get: { operationId: "getMine", responses: {} } },
    "/search": {
      get: {
        parameters: [{ name: "q", in: "query", required: true, schema: { type: "string" } }],
        responses: {},
      },
    },
  },
  components: {
    parameters: { Id: { name: "id", in: "path", required: true, schema: { type: "integer" } } },
    requestBodies: { Thing: { required: true, ...json({ $ref: "#/components/schemas/Thing" }) } },
    schemas: {
      Ids: { type: "array", items: { type: "integer" } },
      Thing: {
        type: "object",
        additionalProperties: false,
        required: ["name"],
        properties: {
          name: { type: "string" },
          toString: { type: "string" },
          size: { type: "string", nullable: true, enum: ["small", "large"] },
          owner: { nullable: true, allOf: [{ $ref: "#/components/schemas/Owner" }] },
          parts: { type: "array", items: { $ref: "#/components/schemas/Thing" } },
        },
      },
      Owner: {
        type: "object",
        required: ["email"],
        properties: { email: { type: "string", format: "email" } },
      },
    },
  },
};

describe("the OpenAPI validator", () => {
  const validator = createOpenApiValidator(document);
  const check = (method: string, target: string, body?: unknown) => {
    const { pathname: path, searchParams: query } = new URL(target, "http://loopback");
    return validator.checkRequest({ method, path, query, body } satisfies OpenApiRequest);
  };
  const violations = (...request: Parameters<typeof check>): readonly string[] => {
    const verdict = check(...request);
    return verdict.kind === "invalid" ? verdict.violations : [];
  };

  test("finds the operation of a path, the literal one before one with placeholders", () => {
    expect(check("GET", "/things/mine")).toMatchObject({ kind: "valid", operation: { id: "getMine" } });
    expect(check("GET", "/things/7")).toMatchObject({
      kind: "valid",
      operation: { id: "getThing", template: "/things/{id}" },
      pathParameters: { id: "7" },
    });
  });

  test("a nullable list of values takes null, though it does not list it", () => {
    expect(check("PUT", "/things/7", { name: "a", size: null })).toMatchObject({ kind: "valid" });
    expect(violations("PUT", "/things/7", { name: "a", size: "middle" })).toHaveLength(1);
  });

  test("finds a method on the template that has it, when two differ in a placeholder's name", () => {
    expect(check("DELETE", "/things/a%20b")).toMatchObject({
      kind: "valid",
      operation: { id: "deleteThing" },
      pathParameters: { name: "a b" },
    });
  });

  test("names an operation by method and path where the document does not", () => {
    expect(check("GET", "/search?q=x")).toMatchObject({ operation: { id: "get /search" } });
  });

  test.each([
    ["GET", "/nothing", "there is no such path"],
    ["GET", "/things/", "there is no such path"],
    ["GET", "/things/%E0%A4%A", "there is no such path"],
    ["PATCH", "/things/7", "the path has no such method"],
  ])("%s %s is unknown: %s", (method, target, why) => {
    expect(check(method, target)).toEqual({
      kind: "unknown",
      violation: expect.stringContaining(why) as unknown,
    });
  });

  test.each([
    "/things/7",
    "/things/7?expand=a&expand=b",
    "/things/7?expand=a",
    "/things/7?ids=1,2",
    "/things/7?deep=true&limit=5",
  ])("allows %s", (target) => {
    expect(check("GET", target).kind).toBe("valid");
  });

  test.each([
    ["/things/seven", "path parameter id must be integer"],
    ["/things/7?colour=red", "query parameter colour is unknown"],
    ["/things/7?expand=c", "query parameter expand/0 must be equal to one of the allowed values"],
    ["/things/7?ids=1,x", "query parameter ids/1 must be integer"],
    ["/things/7?deep=yes", "query parameter deep must be boolean"],
    ["/things/7?deep=true&deep=false", "query parameter deep is given 2 times"],
    ["/things/7?limit=0", "query parameter limit must be > 0"],
    ["/search", "query parameter q is required"],
  ])("refuses %s: %s", (target, violation) => {
    expect(violations("GET", target)).toEqual([expect.stringContaining(violation)]);
  });

  test.each([
    [{ name: "a" }],
    [{ name: "a", owner: null, parts: [{ name: "b", owner: { email: "a@b.example" } }] }],
  ])("allows the body %j", (body) => {
    expect(check("PUT", "/things/7", body).kind).toBe("valid");
  });

  test.each([
    [undefined, "a body is required"],
    ["text", "body must be object"],
    [{}, "body must have required property 'name' (name)"],
    [{ name: 5 }, "body/name must be string"],
    [{ name: "a", colour: "red" }, "body must NOT have additional properties (colour)"],
    [
      { name: "a", parts: [{ name: "b", owner: { email: "x" } }] },
      'body/parts/0/owner/email must match format "email"',
    ],
  ])("refuses the body %j: %s", (body, violation) => {
    expect(violations("PUT", "/things/7", body)).toContainEqual(expect.stringContaining(violation));
  });

  test("refuses a body where the operation takes none", () => {
    expect(violations("DELETE", "/things/a", {})).toEqual(["there is a body, and the operation takes none"]);
  });

  test("checks an answer against the schema of its status, of its range, or the default one", () => {
    const get = check("GET", "/things/7");
    const put = check("PUT", "/things/7", { name: "a" });
    if (get.kind !== "valid" || put.kind !== "valid") throw new Error("the requests are valid");
    expect(validator.checkResponse(get.operation, 200, { name: "a" })).toEqual([]);
    expect(validator.checkResponse(get.operation, 200, { colour: "red" })).toHaveLength(2);
    expect(validator.checkResponse(get.operation, 404, 5)).toEqual(["response 404 must be string (string)"]);
    expect(validator.checkResponse(get.operation, 500, 5)).toEqual([]);
    expect(validator.checkResponse(put.operation, 500, [])).toEqual(["response 500 must be object (object)"]);
  });

  test("what is no OpenAPI document is refused at once", () => {
    expect(() => createOpenApiValidator({ paths: 5 })).toThrow();
  });
});

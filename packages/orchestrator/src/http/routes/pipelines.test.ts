import { expect, it } from "vitest";
import { builtInPipelinesDirectory } from "../../services/customization/folders.ts";
import { readCustomization } from "../../services/customization/read-customization.ts";
import { createTestApp } from "../testing/test-app.ts";

it("GET /api/pipelines shows whose each pipeline and step is, to who is signed in (§10.1)", async () => {
  const { pipelines } = await readCustomization({ custom: null, builtIn: builtInPipelinesDirectory() });
  const test = await createTestApp({ pipelines });
  expect(await test.ask("GET", "/api/pipelines")).toMatchObject({
    status: 200,
    body: {
      pipelines: [
        {
          phase: "plan",
          status: "built-in",
          steps: ["clone", "explore", "plan", "guard"],
          always: ["teardown"],
        },
        { phase: "implement", status: "built-in" },
        { phase: "revise", status: "built-in" },
      ],
    },
  });
  expect((await test.app.inject({ method: "GET", url: "/api/pipelines" })).statusCode).toBe(401);
  await test.app.close();
});

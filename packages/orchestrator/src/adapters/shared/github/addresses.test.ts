import { expect, test } from "vitest";
import { addressesOf } from "./addresses.ts";

test.each([
  ["https://api.github.com", "https://api.github.com/graphql", "https://github.com"],
  [
    "https://github.acme.example/api/v3",
    "https://github.acme.example/api/graphql",
    "https://github.acme.example",
  ],
  [
    "https://acme.example/github/api/v3/",
    "https://acme.example/github/api/graphql",
    "https://acme.example/github",
  ],
  ["http://127.0.0.1:8081/api/v3", "http://127.0.0.1:8081/api/graphql", "http://127.0.0.1:8081"],
  ["https://api.acme.ghe.com", "https://api.acme.ghe.com/graphql", "https://acme.ghe.com"],
  ["https://proxy.acme.example/github", "https://proxy.acme.example/github/graphql", "https://github.com"],
])("§4.1 GITHUB_API_URL %s has its GraphQL at %s and its pages at %s", (apiUrl, graphql, web) => {
  expect(addressesOf(apiUrl)).toEqual({ rest: apiUrl.replace(/\/$/, ""), graphql, web });
});
